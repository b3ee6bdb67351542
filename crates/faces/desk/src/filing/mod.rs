//! 窗口代办: a clerk files for a person who stands at the window, with or without an account or a phone.
//!
//! ```text
//! find      which matter; drafts that were left open
//! start     who applies; the clerk has seen the person and the document
//! sources   what registers may be read, by the person's yes
//! form      the fields, as in the portal
//! materials the files
//! confirm   everything once more, then handed in
//! receipt   number and progress code on paper
//! discard   throwing away what was begun
//! ```

mod confirm;
mod discard;
mod draft;
mod find;
mod form;
mod materials;
mod receipt;
mod sources;
mod start;

use axum::Router;
use tongban_web::Sentence;

use crate::StaffState;

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .merge(find::routes())
        .merge(start::routes())
        .merge(sources::routes())
        .merge(form::routes())
        .merge(materials::routes())
        .merge(confirm::routes())
        .merge(receipt::routes())
        .merge(discard::routes())
}

/// The steps of filing at the window.
fn steps() -> Vec<Sentence> {
    [
        "desk-file-step-start",
        "desk-file-step-form",
        "desk-file-step-materials",
        "desk-file-step-confirm",
    ]
    .map(Sentence::key)
    .into()
}
