//! The form that takes a list, and all runs below it, newest first.

use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_catalogue::ITEMS;
use tongban_directory::import::{
    ImportRun, ListKind, ReceiveUpload, UPLOAD_KEPT_DAYS, import_runs, look_over, receive_upload,
};
use tongban_web::{
    OnceKey, Pairs, Sentence, Upload, Visitor, WebError,
    forms::{ErrorLink, FieldError},
    layers::body_limit,
    local_path::see_other,
    once,
    upload::{FileKind, UploadRules, UploadedFile},
};

use super::LISTS;
use crate::{
    StaffState,
    parts::{Pages, frame, page_request, path, refusal, render_with, staff},
    told::Told,
};

const MEGABYTE: usize = 1024 * 1024;
/// The largest list that is uploaded: ten times the matters of a district with everything about them. What is larger goes by the command line,
/// on the machine itself.
const LARGEST_LIST: usize = 20 * MEGABYTE;
/// Up to here a form is read to its end, so that a list that is too large is told beside its field.
const LARGEST_FORM: usize = 5 * LARGEST_LIST;

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route(
        "/desk/imports",
        get(show).post(receive).layer(body_limit(LARGEST_FORM)),
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

/// What was chosen, for the form that comes back.
#[derive(Debug, Clone, Default, Serialize)]
struct Chosen {
    kind: String,
    sheet: String,
    publish: bool,
}

impl Chosen {
    fn of(pairs: &Pairs) -> Self {
        let text = |name| pairs.get(name).unwrap_or_default().trim().to_owned();
        Self {
            kind: text("kind"),
            sheet: text("sheet"),
            publish: text("publish") == "yes",
        }
    }

    fn list(&self) -> Option<ListKind> {
        LISTS.into_iter().find(|list| list.kind == self.kind)
    }

    /// Items are published, nothing else is.
    fn publishes(&self) -> bool {
        self.publish && self.kind == ITEMS.kind
    }
}

/// What is wrong with the form, beside its fields.
#[derive(Debug, Default, Serialize)]
struct Wrong {
    kind: Option<Sentence>,
    file: Option<Sentence>,
}

impl Wrong {
    fn any(&self) -> bool {
        self.kind.is_some() || self.file.is_some()
    }

    fn links(&self, state: &StaffState, visitor: &Visitor) -> Vec<ErrorLink> {
        let link = |id: &str, label: &str, sentence: &Option<Sentence>| {
            let label = state
                .kit
                .pages
                .texts()
                .say(visitor.locale(), &Sentence::key(label));
            sentence.clone().map(|sentence| ErrorLink {
                id: Some(id.to_owned()),
                label: Some(label),
                sentence,
            })
        };
        let kind = link("f-kind-1", "desk-import-kind", &self.kind);
        kind.into_iter()
            .chain(link("f-file", "desk-import-file", &self.file))
            .collect()
    }
}

#[derive(Serialize)]
struct ImportsPage {
    kinds: Vec<&'static str>,
    chosen: Chosen,
    wrong: Wrong,
    links: Vec<ErrorLink>,
    /// Megabytes.
    limit: usize,
    /// Days for which a file is kept while nobody imports it.
    kept_days: i64,
    runs: Vec<ImportRun>,
    pages: Pages,
}

async fn page(
    state: &StaffState,
    visitor: &Visitor,
    number: &str,
    chosen: Chosen,
    wrong: Wrong,
) -> Result<Response, WebError> {
    let found = import_runs(&state.store, page_request(number)).await.told()?;
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = ImportsPage {
        kinds: LISTS.iter().map(|list| list.kind).collect(),
        chosen,
        links: wrong.links(state, visitor),
        wrong,
        limit: LARGEST_LIST / MEGABYTE,
        kept_days: UPLOAD_KEPT_DAYS,
        pages: Pages::of(&found, "/desk/imports?page="),
        runs: found.rows,
    };
    render_with(state, &frame(state, visitor), "desk/imports.html", &data, status)
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::ImportRun)?;
    page(&state, &visitor, &asked.page, Chosen::default(), Wrong::default()).await
}

/// Takes a list, looks it over, keeps it, and shows the dry run that was planned.
async fn receive(
    State(state): State<StaffState>,
    visitor: Visitor,
    upload: Upload,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::ImportRun)?.actor;
    let received = upload
        .read(&UploadRules {
            largest_file: LARGEST_LIST,
            most_files: 1,
            kinds: vec![FileKind::List],
        })
        .await?;
    let chosen = Chosen::of(&received.pairs);
    let mut wrong = Wrong {
        kind: chosen
            .list()
            .is_none()
            .then(|| FieldError::new("kind", "error-choice").sentence()),
        file: received.errors.first().map(file_error),
    };
    let file = received.files.into_iter().next();
    if file.is_none() && wrong.file.is_none() {
        wrong.file = Some(FieldError::new("file", "error-file-required").sentence());
    }
    if let (Some(list), Some(file), false) = (chosen.list(), file, wrong.any()) {
        match keep(&state, actor, list, &received.pairs, file).await {
            Ok(address) => return Ok(see_other(&path(&address)).into_response()),
            Err(error) => match refusal(&error, state.kit.pages.texts()) {
                Some(sentence) => wrong.file = Some(sentence),
                None => return Err(error),
            },
        }
    }
    page(&state, &visitor, "", chosen, wrong).await
}

/// The words for pictures do not suit lists.
fn file_error(error: &FieldError) -> Sentence {
    if error.key == "error-file-size" {
        Sentence::key("desk-import-too-large").with("limit", LARGEST_LIST / MEGABYTE)
    } else {
        error.sentence()
    }
}

/// Keeps a list that can be read, once for its form; answers the address of its dry run.
async fn keep(
    state: &StaffState,
    actor: &Actor,
    list: ListKind,
    posted: &Pairs,
    file: UploadedFile,
) -> Result<String, WebError> {
    let chosen = Chosen::of(posted);
    let sheet = Some(chosen.sheet.clone()).filter(|sheet| !sheet.is_empty());
    let looked = look_over(list, file.name.clone(), sheet.clone(), file.bytes.clone())
        .await
        .told()?;
    let blob = state.store.blobs().put(&file.bytes).await?;
    let thing = (&file.name, blob.as_str());
    let key = OnceKey::of_form(&state.kit, actor, "POST /desk/imports", &thing, posted)?;
    let input = ReceiveUpload {
        list,
        file: file.name,
        sheet,
        blob,
        looked,
        publish: chosen.publishes(),
    };
    let run = once(&state.store, actor, key, input, |tx, by, input| async move {
        receive_upload(&tx, &by, input).await.told()
    });
    Ok(format!("/desk/imports/{}", run.await?))
}
