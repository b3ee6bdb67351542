//! Licences that the own organisation issued: find them, see one with its history, suspend, restore, revoke, cancel, and issue a
//! corrected edition.
//!
//! ```text
//! list     find by identifier, by the holder's number, or leaf through
//! page     one licence: what it says, how it stands, what may be done; the holder's full number, once and on record
//! act      changes of status, asked twice
//! edition  the form for a new edition, asked twice
//! ```

mod act;
mod edition;
mod list;
mod page;

use axum::{
    Router,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::Serialize;
use tongban_access::Actor;
use tongban_licences::{LicenceStatus, LicenceView, StatusCause};
use tongban_web::{Sentence, Visitor, WebError};
use uuid::Uuid;

use crate::{
    StaffState,
    parts::{act, frame, render_with},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/licences", get(list::show))
        .route("/desk/licences/find", post(list::find))
        .route("/desk/licences/{licence}", get(page::show))
        .route("/desk/licences/{licence}/reveal", post(page::reveal))
        .route("/desk/licences/{licence}/status", post(act::change))
        .route(
            "/desk/licences/{licence}/reissue",
            get(edition::form).post(edition::reissue),
        )
}

/// A licence that this member of staff manages. Writes down for the holder that it was looked at; for everybody else there is none.
async fn open(state: &StaffState, actor: &Actor, licence: Uuid) -> Result<LicenceView, WebError> {
    act(state, actor, licence, |tx, by, licence| async move {
        tongban_licences::record_licence_view(&tx, &by, licence).await
    })
    .await
    .told()?;
    tongban_licences::licence_view(&state.store, actor, licence)
        .await
        .told()
}

/// How a licence stands on a day, and its colour.
fn standing(
    status: LicenceStatus,
    valid_from: chrono::NaiveDate,
    valid_to: Option<chrono::NaiveDate>,
    day: chrono::NaiveDate,
) -> (&'static str, &'static str) {
    match status {
        LicenceStatus::Valid if valid_to.is_some_and(|last| last < day) => ("expired", "plain"),
        LicenceStatus::Valid if day < valid_from => ("not_yet", "yellow"),
        LicenceStatus::Valid => ("valid", "green"),
        LicenceStatus::Suspended => ("suspended", "yellow"),
        LicenceStatus::Revoked => ("revoked", "red"),
        LicenceStatus::Replaced => ("replaced", "plain"),
        LicenceStatus::Cancelled => ("cancelled", "plain"),
    }
}

/// A cause as a list offers it.
#[derive(Debug, Clone, Serialize)]
struct CauseChoice {
    value: &'static str,
    label: Sentence,
    chosen: bool,
}

fn cause_label(cause: StatusCause) -> Sentence {
    Sentence::key(format!("desk-licence-cause-{}", cause.as_str()))
}

fn cause_choices(causes: impl Iterator<Item = StatusCause>, chosen: &str) -> Vec<CauseChoice> {
    causes
        .map(|cause| CauseChoice {
            value: cause.as_str(),
            label: cause_label(cause),
            chosen: cause.as_str() == chosen,
        })
        .collect()
}

/// What the question before a change shows, and the fields that its form posts again.
#[derive(Serialize)]
struct ConfirmPage {
    action: String,
    back: String,
    question: Sentence,
    name: String,
    holder: String,
    identifier: String,
    explanation: Sentence,
    cause: Sentence,
    reason: String,
    /// What a new edition says otherwise: title, what stands, what comes.
    changes: Vec<(Sentence, Sentence, Sentence)>,
    yes: Sentence,
    danger: bool,
    pairs: Vec<(String, String)>,
}

/// Somebody was quicker, or the button was clicked twice: the licence stands otherwise than the page showed.
#[derive(Serialize)]
struct ConflictPage {
    href: String,
    typed: String,
}

/// Whether an answer means that the page was old: its version, or a status from which the change does not lead.
fn is_stale(error: &WebError) -> bool {
    error.status() == StatusCode::CONFLICT || error.code() == "licence.status"
}

fn stale(state: &StaffState, visitor: &Visitor, licence: Uuid, typed: &str) -> Result<Response, WebError> {
    let data = ConflictPage {
        href: format!("/desk/licences/{licence}"),
        typed: typed.trim().to_owned(),
    };
    let page = frame(state, visitor);
    render_with(
        state,
        &page,
        "desk/licence_conflict.html",
        &data,
        StatusCode::CONFLICT,
    )
}
