//! Suspending, restoring, revoking, cancelling. Each is asked twice, on a page of its own that works without scripts.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use tongban_access::Action;
use tongban_licences::{ChangeStatus, StatusCause, StatusChange};
use tongban_web::{Flash, Form, Sentence, Visitor, WebError};

use super::{
    ConfirmPage, cause_label, is_stale, open,
    page::{Extra, change_word, show_licence},
    stale,
};
use crate::{
    StaffState,
    parts::{act, frame, id, path, refusal, render, staff},
    told::Told,
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Posted {
    /// The version of the licence that the page showed.
    version: i32,
    /// The word of the change.
    change: String,
    cause: String,
    /// The reason.
    text: String,
    /// `yes` after the page that asks again.
    confirmed: String,
}

pub(super) async fn change(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(licence): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::LicenceManage)?.actor;
    let licence = id(&licence)?;
    let view = open(&state, actor, licence).await?;
    // an old page is told before the question, and what is missing before it as well
    if view.version != posted.version {
        return stale(&state, &visitor, licence, &posted.text);
    }
    let change = StatusChange::ALL
        .into_iter()
        .find(|change| change_word(*change) == posted.change)
        .ok_or_else(|| WebError::bad_input("no such change"))?;
    let word = change_word(change);
    let cause = StatusCause::from_word(&posted.cause).filter(|cause| cause.change() == Some(change));
    if let Some(cause) = cause.filter(|_| posted.confirmed != "yes" && !posted.text.trim().is_empty()) {
        let address = format!("/desk/licences/{licence}");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let data = ConfirmPage {
            action: format!("{address}/status"),
            back: address,
            question: Sentence::key(format!("desk-licence-confirm-{word}")),
            name: view.name.clone(),
            holder: view.holder_name.clone(),
            identifier: view.identifier.clone(),
            explanation: Sentence::key(format!("desk-licence-confirm-{word}-what")),
            cause: cause_label(cause),
            reason: posted.text.clone(),
            changes: Vec::new(),
            yes: Sentence::key(format!("desk-licence-do-{word}")),
            danger: change != StatusChange::Restore,
            pairs: vec![
                pair("version", &posted.version.to_string()),
                pair("change", word),
                pair("cause", cause.as_str()),
                pair("text", &posted.text),
            ],
        };
        return render(
            &state,
            &frame(&state, &visitor),
            "desk/licence_confirm.html",
            &data,
        );
    }
    let input = ChangeStatus {
        licence,
        change,
        cause: posted.cause.clone(),
        reason: posted.text.clone(),
        version: posted.version,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_licences::change_status(&tx, &by, input).await
    })
    .await
    .told();
    let error = match answer {
        Ok(_) => {
            let done = Flash::good(&state.kit, &format!("desk-licence-done-{word}"));
            return Ok(done.redirect(&path(&format!("/desk/licences/{licence}"))));
        }
        Err(error) if is_stale(&error) => return stale(&state, &visitor, licence, &posted.text),
        Err(error) => error,
    };
    let Some(sentence) = refusal(&error, state.kit.pages.texts()) else {
        return Err(error);
    };
    let extra = Extra {
        refusal: Some(sentence),
        typed: Some((change, posted.cause, posted.text)),
        ..Extra::default()
    };
    show_licence(&state, &visitor, actor, &view, extra).await
}
