//! The materials of a draft or of a supplement: what is spared, what is uploaded, what is still to come.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_cases::Attach;
use tongban_catalogue::{Material, Necessity, Replacement};
use tongban_procedure::State as CaseState;
use tongban_web::{
    Flash, Form, OnceKey, Pairs, Sentence, Upload, Visitor, WebError,
    forms::{ErrorLink, FieldError, OriginTone},
    layers::body_limit,
    local_path::see_other,
    once,
    upload::{UploadRules, UploadedFile},
};

use super::{
    context,
    draft::{Own, origin_tag},
    form::{closed, crumbs},
};
use crate::{
    PortalState,
    apply::steps,
    elements::{FileLink, material_files},
    files,
    guide::necessity,
    parts::{Crumb, id, path},
    told::{Told, answer},
};

/// Bytes of one posted form with all its files.
const LARGEST_FORM: usize = 64 * 1024 * 1024;
const MEGABYTE: u64 = 1024 * 1024;

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route(
            "/my/cases/{case}/materials",
            get(show).post(take).layer(body_limit(LARGEST_FORM)),
        )
        .route(
            "/my/cases/{case}/materials/{material}/remove",
            get(ask_remove).post(remove),
        )
        .route("/my/cases/{case}/files/{material}", get(files::case_file))
}

#[derive(Serialize)]
struct MaterialsPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    address: String,
    rows: Vec<Row>,
    links: Vec<ErrorLink>,
    supplement: Option<String>,
    /// The case is filed: only what may follow is asked for.
    follows: bool,
}

/// The page of a case that takes no files any more.
fn shut(own: &Own) -> Option<Response> {
    closed(own).filter(|_| own.to_follow().is_empty())
}

/// Whether a material is on this page: of a filed case, what may follow.
fn is_asked(own: &Own, material: &Material) -> bool {
    own.is_open() || material.necessity == Necessity::Deferred
}

/// One material.
#[derive(Serialize)]
struct Row {
    field: String,
    name: String,
    necessity: &'static str,
    hint: Option<String>,
    tone: Option<OriginTone>,
    origin: Option<Sentence>,
    files: Vec<FileRow>,
    accept: String,
    limit: u64,
    /// Whether a file has to be chosen before going on.
    required: bool,
    /// Whether files may be chosen at all: not when somebody else supplies it.
    open: bool,
    error: Option<Sentence>,
    /// The blank form and the sample.
    forms: Vec<FileLink>,
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

fn row(own: &Own, material: &Material, errors: &[FieldError]) -> Row {
    let there: Vec<_> = own
        .view
        .materials
        .iter()
        .filter(|there| there.code == material.code)
        .collect();
    let spared = there.iter().find(|there| !there.has_file);
    let files: Vec<FileRow> = there
        .iter()
        .filter(|there| there.has_file)
        .map(|there| FileRow {
            href: format!("{}/files/{}", own.address(), there.id),
            remove_href: format!("{}/materials/{}/remove", own.address(), there.id),
            name: there.file_name.clone().unwrap_or_default(),
            kilobytes: (there.size.unwrap_or_default() + 1023) / 1024,
        })
        .collect();
    let tag = spared
        .and_then(|there| origin_tag(&there.origin))
        .or_else(|| lapsed_licence(own, material))
        .or_else(|| silent_source(own, material));
    let field = field(material);
    Row {
        name: material.name.clone(),
        necessity: necessity(material.necessity),
        hint: material.hint.clone(),
        open: spared.is_none(),
        required: material.necessity == Necessity::Required && there.is_empty(),
        forms: material_files(own.item.item, material),
        accept: material.media.join(","),
        limit: material.max_bytes / MEGABYTE,
        error: errors
            .iter()
            .find(|error| error.field == field)
            .map(FieldError::sentence),
        tone: tag.as_ref().map(|(tone, _)| *tone),
        origin: tag.map(|(_, sentence)| sentence),
        files,
        field,
    }
}

/// A licence that spared the material when the draft was filled, and is in force no longer.
fn lapsed_licence(own: &Own, material: &Material) -> Option<(OriginTone, Sentence)> {
    let lapsed = own.view.lapsed.iter().find(|there| there.code == material.code)?;
    Some((
        OriginTone::Wait,
        Sentence::key("portal-material-lapsed").with("licence", lapsed.origin.label.clone()),
    ))
}

/// A register that should have spared the material and did not answer.
fn silent_source(own: &Own, material: &Material) -> Option<(OriginTone, Sentence)> {
    let Some(Replacement::Resource { resource, .. }) = &material.replaced_by else {
        return None;
    };
    let fact = own.view.facts.iter().find(|fact| fact.resource == *resource)?;
    let key = match fact.outcome.as_str() {
        "unavailable" | "wrong_subject" => "portal-material-waits",
        "not_found" => "portal-material-not-found",
        _ => return None,
    };
    Some((
        OriginTone::Wait,
        Sentence::key(key).with("source", fact.source.clone()),
    ))
}

fn render(
    state: &PortalState,
    visitor: &Visitor,
    own: &Own,
    errors: &[FieldError],
) -> Result<Response, WebError> {
    let materials = &own.item.content.materials;
    let links = errors
        .iter()
        .map(|error| {
            let about = materials.iter().find(|material| field(material) == error.field);
            ErrorLink {
                id: about.map(|_| format!("f-{}", error.field)),
                label: about.map(|material| material.name.clone()),
                sentence: error.sentence(),
            }
        })
        .collect();
    let data = MaterialsPage {
        crumbs: crumbs(own, "portal-step-materials"),
        steps: steps(&own.item.content),
        name: own.view.item_name.clone(),
        address: own.address(),
        rows: own
            .view
            .asked(&own.item)
            .filter(|material| is_asked(own, material))
            .map(|material| row(own, material, errors))
            .collect(),
        follows: !own.is_open(),
        links,
        supplement: own
            .view
            .supplement_text
            .clone()
            .filter(|_| own.view.state == CaseState::Supplement),
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/materials.html", &data)?
        .with_status(status)
        .into_response())
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    match shut(&own) {
        Some(elsewhere) => Ok(elsewhere),
        None => render(&state, &visitor, &own, &[]),
    }
}

/// Takes the chosen files and goes on when nothing is missing.
async fn take(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    upload: Upload,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    let largest = own
        .item
        .content
        .materials
        .iter()
        .map(|material| material.max_bytes)
        .max()
        .unwrap_or(MEGABYTE);
    let rules = UploadRules {
        largest_file: usize::try_from(largest).unwrap_or(LARGEST_FORM),
        ..UploadRules::default()
    };
    let received = upload.read(&rules).await?;
    if let Some(elsewhere) = shut(&own) {
        return Ok(elsewhere);
    }
    let mut errors = received.errors;
    for (place, file) in received.files.into_iter().enumerate() {
        errors.extend(store_file(&state, &own, file, &received.pairs, place).await?);
    }
    let own = Own::load(&state, &session.actor, &case).await?;
    if received.pairs.get("then").is_some_and(|word| word == "later") && errors.is_empty() {
        return Ok(Flash::good(&state.kit, "portal-draft-saved").redirect(&path("/my/cases")));
    }
    if received.pairs.get("then").is_some_and(|word| word == "stay") && errors.is_empty() {
        return Ok(Flash::good(&state.kit, "portal-files-taken")
            .redirect(&path(&format!("{}/materials", own.address()))));
    }
    if !own.is_open() && errors.is_empty() {
        return Ok(Flash::good(&state.kit, "portal-followed").redirect(&path(&own.address())));
    }
    let missing = own.missing_materials();
    for material in &own.item.content.materials {
        let named =
            missing.contains(&material.name) && errors.iter().all(|error| error.field != field(material));
        if named {
            errors.push(FieldError::new(field(material), "error-file-required"));
        }
    }
    if !errors.is_empty() {
        return render(&state, &visitor, &own, &errors);
    }
    Ok(see_other(&path(&format!("{}/confirm", own.address()))).into_response())
}

/// Puts one file into the file store, then into the case: once for its place in the form. Answers what the person can put right.
async fn store_file(
    state: &PortalState,
    own: &Own,
    file: UploadedFile,
    posted: &Pairs,
    place: usize,
) -> Result<Option<FieldError>, WebError> {
    let Some(material) = own
        .item
        .content
        .materials
        .iter()
        .find(|material| field(material) == file.field)
    else {
        return Ok(None);
    };
    let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    let media = file.kind.media_type();
    if let Err(error) = tongban_cases::takes(&own.item, &material.code, media, size) {
        return beside(state, &file.field, answer(error)).map(Some);
    }
    let blob = state.store.blobs().put(&file.bytes).await.told()?;
    let thing = (own.id(), place, &material.code, &file.name, blob.as_str());
    let key = OnceKey::of_form(&state.kit, &own.actor, "POST /my/cases/materials", &thing, posted)?;
    let input = Attach {
        case: own.id(),
        item: own.item.clone(),
        material: material.code.clone(),
        blob,
        file_name: file.name,
        media: media.to_owned(),
        size,
    };
    let attached = once(&state.store, &own.actor, key, input, |tx, by, input| async move {
        tongban_cases::attach(&tx, &by, input).await.told()
    });
    match attached.await {
        Ok(_) => {
            // an equal file of a draft that was thrown away may have been erased between the two steps: then it comes back
            state.store.blobs().put(&file.bytes).await.told()?;
            Ok(None)
        }
        Err(error) => beside(state, &file.field, error).map(Some),
    }
}

/// A refusal as an error beside its field; everything else is told by a page of its own.
fn beside(state: &PortalState, field: &str, error: WebError) -> Result<FieldError, WebError> {
    match error.sentence(state.kit.pages.texts()) {
        Sentence::Key { key, args } if error.status() == StatusCode::UNPROCESSABLE_ENTITY => Ok(FieldError {
            field: field.to_owned(),
            key,
            args,
        }),
        _ => Err(error),
    }
}

#[derive(Serialize)]
struct RemovePage {
    name: String,
    action: String,
    back: String,
}

async fn ask_remove(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    if let Some(elsewhere) = closed(&own) {
        return Ok(elsewhere);
    }
    let material = id(&material)?;
    let file = own
        .view
        .materials
        .iter()
        .find(|there| there.id == material && there.has_file)
        .ok_or_else(WebError::not_found)?;
    let data = RemovePage {
        name: file.file_name.clone().unwrap_or_else(|| file.name.clone()),
        action: format!("{}/materials/{material}/remove", own.address()),
        back: format!("{}/materials", own.address()),
    };
    Ok(state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/remove.html", &data)?
        .into_response())
}

async fn remove(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    // somebody else's case does not exist, whatever became of the file
    let case = Own::load(&state, &session.actor, &case).await?.id();
    let material = id(&material)?;
    let actor = session.actor.clone();
    let by = actor.clone();
    let removed = state
        .store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { tongban_cases::detach(&tx, &by, case, material).await }
        })
        .await;
    match removed {
        // a second click finds it gone, which is what was wanted
        Ok(()) | Err(tongban_cases::Error::NotFound) => Ok(Flash::good(&state.kit, "portal-file-removed")
            .redirect(&path(&format!("/my/cases/{case}/materials")))),
        Err(error) => Err(answer(error)),
    }
}
