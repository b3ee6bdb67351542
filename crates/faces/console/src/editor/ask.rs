//! Questions before what cannot be undone: discarding a draft, withdrawing what is in force.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_catalogue::{DiscardDraft, WithdrawVersion};
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, local_path::see_other};
use uuid::Uuid;

use super::{Opened, stale};
use crate::{
    StaffState,
    parts::{act, frame, id, path, refusal, render_with},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/items/{item}/discard", get(ask_discard).post(discard))
        .route(
            "/desk/items/{item}/withdraw/{version}",
            get(ask_withdraw).post(withdraw),
        )
}

/// A question on a page of its own.
#[derive(Serialize)]
pub(super) struct Question {
    /// The word of its texts: `editor-ask-discard`, `…-what`, `…-yes`.
    pub word: &'static str,
    pub name: String,
    pub action: String,
    pub back: String,
    pub version: Option<i32>,
    /// A reason is asked for; what was typed.
    pub reason: Option<String>,
    pub refusal: Option<Sentence>,
    pub danger: bool,
}

impl Question {
    pub(super) fn answer(&self, state: &StaffState, visitor: &Visitor) -> Result<Response, WebError> {
        let status = if self.refusal.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        render_with(state, &frame(state, visitor), "desk/item_ask.html", self, status)
    }
}

async fn ask_discard(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let Some(draft) = &opened.draft else {
        return Ok(see_other(&path(&opened.address())).into_response());
    };
    Question {
        word: "discard",
        name: opened.name(),
        action: format!("{}/discard", opened.address()),
        back: opened.address(),
        version: Some(draft.line.guard),
        reason: None,
        refusal: None,
        danger: true,
    }
    .answer(&state, &visitor)
}

async fn discard(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let done = |to: &str| {
        Flash::good(&state.kit, "editor-discarded")
            .redirect(&path(to))
            .into_response()
    };
    let Some(draft) = &opened.draft else {
        // the second of two clicks
        return Ok(done(&opened.address()));
    };
    let input = DiscardDraft {
        version: draft.line.id,
        expected: posted
            .get("version")
            .and_then(|version| version.parse().ok())
            .unwrap_or_default(),
    };
    let answer = act(&state, &opened.actor, input, |tx, by, input| async move {
        tongban_catalogue::discard_draft(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(true) => Ok(done(&opened.address())),
        Ok(false) => Ok(done("/desk/items")),
        Err(error) if error.status() == StatusCode::CONFLICT => {
            stale(&state, &visitor, opened.address(), &Pairs::default())
        }
        Err(error) => Err(error),
    }
}

/// The version of an address, when it is one of this item.
async fn of_item(state: &StaffState, opened: &Opened, version: &str) -> Result<Uuid, WebError> {
    let version = tongban_catalogue::version(&state.store, id(version)?)
        .await
        .told()?
        .filter(|version| version.item == opened.line.id)
        .ok_or_else(WebError::not_found)?;
    Ok(version.id)
}

fn withdrawal(opened: &Opened, version: Uuid, reason: &str) -> Question {
    Question {
        word: "withdraw",
        name: opened.line.name.clone(),
        action: format!("{}/withdraw/{version}", opened.address()),
        back: format!("{}/history", opened.address()),
        version: None,
        reason: Some(reason.to_owned()),
        refusal: None,
        danger: true,
    }
}

async fn ask_withdraw(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, version)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let version = of_item(&state, &opened, &version).await?;
    withdrawal(&opened, version, "").answer(&state, &visitor)
}

async fn withdraw(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, version)): Path<(String, String)>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let version = of_item(&state, &opened, &version).await?;
    let reason = posted.get("reason").unwrap_or_default().to_owned();
    let input = WithdrawVersion {
        version,
        reason: reason.clone(),
    };
    let answer = act(&state, &opened.actor, input, |tx, by, input| async move {
        tongban_catalogue::withdraw_version(&tx, &by, input).await
    });
    let done = || {
        Flash::good(&state.kit, "editor-withdrawn")
            .redirect(&path(&format!("{}/history", opened.address())))
            .into_response()
    };
    match answer.await.told() {
        Ok(()) => Ok(done()),
        // the second of two clicks
        Err(error) if error.code() == "version.not_published" => Ok(done()),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => Question {
                refusal: Some(sentence),
                ..withdrawal(&opened, version, &reason)
            }
            .answer(&state, &visitor),
            None => Err(error),
        },
    }
}
