//! What a case holds as files: what the applicant handed in, and the documents that the office wrote.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use tongban_access::{Action, Actor};
use tongban_cases::DocumentPrinting;
use tongban_web::{
    Visitor, WebError,
    download::{self, Shown},
};
use uuid::Uuid;

use crate::{
    StaffState,
    parts::{act, id, staff},
    told::Told,
};

/// The template of all documents.
const NOTICE: &str = "documents/notice.typ";

/// Writes down that this member of staff looked into the case; a case that is not theirs to see does not exist.
async fn record(state: &StaffState, actor: &Actor, case: Uuid) -> Result<(), WebError> {
    act(state, actor, case, |tx, by, case| async move {
        tongban_cases::record_view(&tx, &by, case).await
    })
    .await
    .told()
}

/// A file of a case that the actor may see.
pub(crate) async fn send_file(
    state: &StaffState,
    actor: &Actor,
    case: Uuid,
    material: Uuid,
) -> Result<Response, WebError> {
    let file = tongban_cases::file_of(&state.store, actor, case, material)
        .await
        .told()?;
    let file = file.ok_or_else(WebError::not_found)?;
    let bytes = state.store.blobs().get(&file.blob).await.told()?;
    download::file(bytes, &file.media, &file.file_name, Shown::Inline)
}

pub(super) async fn material(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseView)?.actor;
    let (case, material) = (id(&case)?, id(&material)?);
    record(&state, actor, case).await?;
    send_file(&state, actor, case, material).await
}

pub(super) async fn document(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((case, document)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseView)?.actor;
    let (case, document) = (id(&case)?, id(&document)?);
    record(&state, actor, case).await?;
    let found = tongban_cases::document_of(&state.store, actor, case, document)
        .await
        .told()?;
    let found = found.ok_or_else(WebError::not_found)?;
    let name = format!("{} {}.pdf", found.body.title, found.number);
    let template = state.kit.pages.template_source(NOTICE);
    let printing = DocumentPrinting {
        typesetter: Arc::clone(&state.typesetter),
        template: template.ok_or_else(|| WebError::internal("the template of documents is missing"))?,
        demo: state.kit.settings.demo,
    };
    let pdf = tongban_cases::print_document(&state.store, printing, actor, &found)
        .await
        .told()?;
    download::file(pdf, "application/pdf", &name, Shown::Inline)
}
