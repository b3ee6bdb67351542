//! The files: scanned at the counter, or spared by a register or a licence.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_cases::Attach;
use tongban_catalogue::{Material, Necessity};
use tongban_web::{
    Flash, Form, OnceKey, Pairs, Sentence, Upload, Visitor, WebError,
    forms::{ErrorLink, FieldError},
    layers::body_limit,
    local_path::see_other,
    once,
    upload::{UploadRules, UploadedFile},
};

use super::{draft::Draft, steps};
use crate::{
    StaffState,
    case::{send_file, words::Tag},
    parts::{Crumb, act, frame, id, path, refusal, render, render_with},
    told::Told,
};

/// Bytes of one posted form with all its files.
const LARGEST_FORM: usize = 64 * 1024 * 1024;
const MEGABYTE: u64 = 1024 * 1024;

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route(
            "/desk/file/{case}/materials",
            get(show).post(take).layer(body_limit(LARGEST_FORM)),
        )
        .route(
            "/desk/file/{case}/materials/{material}/remove",
            get(ask_remove).post(remove),
        )
        .route("/desk/file/{case}/files/{material}", get(look))
}

#[derive(Serialize)]
struct MaterialsPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    applicant: String,
    address: String,
    rows: Vec<Row>,
    links: Vec<ErrorLink>,
    supplement: Option<String>,
    /// The case is filed: only what may follow is asked for.
    follows: bool,
}

/// The page of a case that takes no files any more.
fn shut(draft: &Draft) -> Option<Response> {
    draft.closed().filter(|_| !draft.follows())
}

/// One material.
#[derive(Serialize)]
struct Row {
    field: String,
    name: String,
    required: bool,
    hint: Option<String>,
    /// What spares it.
    tag: Option<Tag>,
    /// What spared it and does so no longer.
    lapsed: Option<Sentence>,
    files: Vec<FileRow>,
    accept: String,
    limit: u64,
    error: Option<Sentence>,
}

#[derive(Serialize)]
struct FileRow {
    href: String,
    remove_href: String,
    name: String,
    kilobytes: i64,
}

/// The name of the file input of a material.
fn field(material: &Material) -> String {
    format!("m-{}", material.code)
}

fn row(draft: &Draft, material: &Material, errors: &[FieldError]) -> Row {
    let there = || {
        draft
            .view
            .materials
            .iter()
            .filter(|there| there.code == material.code)
    };
    let field = field(material);
    Row {
        name: material.name.clone(),
        required: material.necessity == Necessity::Required && there().next().is_none(),
        hint: material.hint.clone(),
        tag: there()
            .find(|there| !there.has_file)
            .map(|there| Tag::of(&there.origin)),
        lapsed: draft
            .view
            .lapsed
            .iter()
            .find(|lapsed| lapsed.code == material.code)
            .map(|lapsed| {
                Sentence::key("portal-material-lapsed").with("licence", lapsed.origin.label.clone())
            }),
        files: there()
            .filter(|there| there.has_file)
            .map(|there| FileRow {
                href: format!("{}/files/{}", draft.address(), there.id),
                remove_href: format!("{}/materials/{}/remove", draft.address(), there.id),
                name: there.file_name.clone().unwrap_or_default(),
                kilobytes: (there.size.unwrap_or_default() + 1023) / 1024,
            })
            .collect(),
        accept: material.media.join(","),
        limit: material.max_bytes / MEGABYTE,
        error: errors
            .iter()
            .find(|error| error.field == field)
            .map(FieldError::sentence),
        field,
    }
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    draft: &Draft,
    errors: &[FieldError],
) -> Result<Response, WebError> {
    let materials = &draft.item.content.materials;
    let link = |error: &FieldError| {
        let about = materials.iter().find(|material| field(material) == error.field);
        ErrorLink {
            id: about.map(|_| format!("f-{}", error.field)),
            label: about.map(|material| material.name.clone()),
            sentence: error.sentence(),
        }
    };
    let data = MaterialsPage {
        crumbs: draft.crumbs("desk-file-step-materials"),
        steps: steps(),
        name: draft.view.item_name.clone(),
        applicant: draft.view.applicant_name.clone(),
        address: draft.address(),
        rows: draft
            .view
            .asked(&draft.item)
            .filter(|material| draft.is_open() || material.necessity == Necessity::Deferred)
            .map(|material| row(draft, material, errors))
            .collect(),
        follows: !draft.is_open(),
        links: errors.iter().map(link).collect(),
        supplement: draft.supplement(),
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/file_materials.html",
        &data,
        status,
    )
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    match shut(&draft) {
        Some(elsewhere) => Ok(elsewhere),
        None => page(&state, &visitor, &draft, &[]),
    }
}

/// Takes the chosen files; goes on when nothing is missing and the clerk wants to.
async fn take(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    upload: Upload,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    let largest = draft
        .item
        .content
        .materials
        .iter()
        .map(|material| material.max_bytes)
        .max()
        .unwrap_or(MEGABYTE);
    let largest_file = usize::try_from(largest).unwrap_or(LARGEST_FORM);
    let received = upload
        .read(&UploadRules {
            largest_file,
            ..UploadRules::default()
        })
        .await?;
    if let Some(elsewhere) = shut(&draft) {
        return Ok(elsewhere);
    }
    let mut errors = received.errors;
    for (place, file) in received.files.into_iter().enumerate() {
        errors.extend(keep(&state, &draft, file, &received.pairs, place).await?);
    }
    let draft = Draft::load(&state, &visitor, &case).await?;
    if received.pairs.get("then") == Some("stay") && errors.is_empty() {
        let here = path(&format!("{}/materials", draft.address()));
        return Ok(Flash::good(&state.kit, "desk-files-taken").redirect(&here));
    }
    if !draft.is_open() && errors.is_empty() {
        let case = path(&format!("/desk/cases/{}", draft.id()));
        return Ok(Flash::good(&state.kit, "desk-followed").redirect(&case));
    }
    let missing = draft.missing();
    for material in &draft.item.content.materials {
        if missing.contains(&material.name) && errors.iter().all(|error| error.field != field(material)) {
            errors.push(FieldError::new(field(material), "error-file-required"));
        }
    }
    if !errors.is_empty() {
        return page(&state, &visitor, &draft, &errors);
    }
    Ok(see_other(&path(&format!("{}/confirm", draft.address()))).into_response())
}

/// Puts one file into the file store, then into the case: once for its place in the form. Answers what can be put right.
async fn keep(
    state: &StaffState,
    draft: &Draft,
    file: UploadedFile,
    posted: &Pairs,
    place: usize,
) -> Result<Option<FieldError>, WebError> {
    let materials = &draft.item.content.materials;
    let Some(material) = materials.iter().find(|material| field(material) == file.field) else {
        return Ok(None);
    };
    let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    let media = file.kind.media_type();
    let kept = match tongban_cases::takes(&draft.item, &material.code, media, size) {
        Err(error) => Err(error).told(),
        Ok(()) => {
            let blob = state.store.blobs().put(&file.bytes).await.told()?;
            let thing = (draft.id(), place, &material.code, &file.name, blob.as_str());
            let key = OnceKey::of_form(
                &state.kit,
                &draft.actor,
                "POST /desk/file/materials",
                &thing,
                posted,
            )?;
            let input = Attach {
                case: draft.id(),
                item: draft.item.clone(),
                material: material.code.clone(),
                blob,
                file_name: file.name,
                media: media.to_owned(),
                size,
            };
            once(
                &state.store,
                &draft.actor,
                key,
                input,
                |tx, by, input| async move { tongban_cases::attach(&tx, &by, input).await.told() },
            )
            .await
        }
    };
    let Err(error) = kept else {
        // an equal file of a draft that was thrown away may have been erased between the two steps: then it comes back
        state.store.blobs().put(&file.bytes).await.told()?;
        return Ok(None);
    };
    match refusal(&error, state.kit.pages.texts()) {
        Some(Sentence::Key { key, args }) => Ok(Some(FieldError {
            field: file.field,
            key,
            args,
        })),
        _ => Err(error),
    }
}

/// The question before a file is taken off.
#[derive(Serialize)]
struct RemovePage {
    name: String,
    action: String,
    back: String,
}

async fn ask_remove(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    let material = id(&material)?;
    let file = draft
        .view
        .materials
        .iter()
        .find(|there| there.id == material && there.has_file)
        .ok_or_else(WebError::not_found)?;
    let data = RemovePage {
        name: file.file_name.clone().unwrap_or_else(|| file.name.clone()),
        action: format!("{}/materials/{material}/remove", draft.address()),
        back: format!("{}/materials", draft.address()),
    };
    render(&state, &frame(&state, &visitor), "desk/file_remove.html", &data)
}

async fn remove(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    let input = (draft.id(), id(&material)?);
    let removed: Result<(), tongban_cases::Error> = act(
        &state,
        &draft.actor,
        input,
        |tx, by, (case, material)| async move { tongban_cases::detach(&tx, &by, case, material).await },
    )
    .await;
    match removed {
        // a second click finds it gone, which is what was wanted
        Ok(()) | Err(tongban_cases::Error::NotFound) => {
            let here = path(&format!("{}/materials", draft.address()));
            Ok(Flash::good(&state.kit, "desk-file-removed").redirect(&here))
        }
        Err(error) => Err(error).told(),
    }
}

async fn look(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    send_file(&state, &draft.actor, draft.id(), id(&material)?).await
}
