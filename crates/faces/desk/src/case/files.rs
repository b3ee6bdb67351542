//! What a case holds as files: what the applicant handed in, and the documents that the office wrote.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{Datelike, NaiveDate};
use serde_json::json;
use tongban_access::{Action, Actor};
use tongban_cases::DocumentView;
use tongban_press::PressError;
use tongban_web::{Visitor, WebError, local_path::encode_query};
use uuid::Uuid;

use crate::{
    DeskState,
    parts::{act, id, staff},
    told::Told,
};

/// The template of all documents.
const NOTICE: &str = "documents/notice.typ";

/// Answers with a file to be looked at in the browser.
fn inline(bytes: Bytes, media: &str, name: &str) -> Result<Response, WebError> {
    let media = HeaderValue::from_str(media).map_err(WebError::internal)?;
    let disposition = format!(
        "inline; filename*=UTF-8''{}",
        encode_query(name).replace('/', "%2F")
    );
    let disposition = HeaderValue::from_str(&disposition).map_err(WebError::internal)?;
    Ok((
        [
            (header::CONTENT_TYPE, media),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response())
}

/// Writes down that this member of staff looked into the case; a case that is not theirs to see does not exist.
async fn record(state: &DeskState, actor: &Actor, case: Uuid) -> Result<(), WebError> {
    act(state, actor, case, |tx, by, case| async move {
        tongban_cases::record_view(&tx, &by, case).await
    })
    .await
    .told()
}

/// A file of a case that the actor may see.
pub(crate) async fn send_file(
    state: &DeskState,
    actor: &Actor,
    case: Uuid,
    material: Uuid,
) -> Result<Response, WebError> {
    let file = tongban_cases::file_of(&state.store, actor, case, material)
        .await
        .told()?;
    let file = file.ok_or_else(WebError::not_found)?;
    let bytes = state.store.blobs().get(&file.blob).await.told()?;
    inline(bytes, &file.media, &file.file_name)
}

pub(super) async fn material(
    State(state): State<DeskState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseView)?.actor;
    let (case, material) = (id(&case)?, id(&material)?);
    record(&state, actor, case).await?;
    send_file(&state, actor, case, material).await
}

pub(super) async fn document(
    State(state): State<DeskState>,
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
    inline(print(&state, actor, &found).await?, "application/pdf", &name)
}

/// Prints a document. Equal documents give equal bytes: the time stamp is the day of issue.
async fn print(state: &DeskState, actor: &Actor, document: &DocumentView) -> Result<Bytes, WebError> {
    let template = state.kit.pages.template_source(NOTICE);
    let template = template.ok_or_else(|| WebError::internal("the template of documents is missing"))?;
    let body = &document.body;
    let data = json!({
        "organ": body.organ,
        "title": body.title,
        "number": document.number,
        "addressee": body.addressee,
        "paragraphs": body.paragraphs,
        "remedies": body.remedies,
        "date": day(document.issued_on),
        "demo": body.invented || state.kit.settings.demo,
    });
    let at = tongban_codes::civil::day_start(document.issued_on);
    let page = tongban_press::Page {
        template,
        data,
        record: None,
        at,
    };
    let typesetter = std::sync::Arc::clone(&state.typesetter);
    // typesetting keeps a processor busy for a while
    let pdf = tokio::task::spawn_blocking(move || typesetter.pdf(&page))
        .await
        .map_err(WebError::internal)?;
    match pdf {
        Ok(pdf) => Ok(Bytes::from(pdf)),
        // nothing is printed with a hole in it
        Err(PressError::MissingGlyph { characters }) => {
            let named = format!("{} {}", body.title, document.number);
            let all: String = characters.iter().collect();
            tongban_licences::report_missing_characters(&state.store, actor.signer(), &named, &all)
                .await
                .told()?;
            let characters: Vec<String> = characters.into_iter().map(String::from).collect();
            let args = [("characters", characters.join(" "))];
            Err(WebError::refused(
                "press.missing_glyph",
                args,
                StatusCode::UNPROCESSABLE_ENTITY,
            ))
        }
        Err(error) => Err(WebError::internal(error)),
    }
}

/// The date of a document, as documents write it.
fn day(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
