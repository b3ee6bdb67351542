//! Bad ratings of a department's cases, and what it answers.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_feedback::{AnswerFollowUp, FollowUpLine};
use tongban_web::{Flash, Form, Sentence, Visitor, WebError, flash::Tone};
use uuid::Uuid;

use crate::{
    StaffState,
    parts::{Pages, act, frame, id, page_request, path, refusal, render_with, staff},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/follow-ups", get(list))
        .route("/desk/follow-ups/{follow_up}", post(answer))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

#[derive(Serialize)]
struct FollowUpsPage {
    lines: Vec<FollowUpLine>,
    pages: Pages,
    /// Which answer was refused, and what it said.
    refused: Option<Uuid>,
    typed: String,
}

/// An answer that was refused.
struct Refused {
    follow_up: Uuid,
    typed: String,
    sentence: Sentence,
}

async fn page(
    state: &StaffState,
    visitor: &Visitor,
    actor: &Actor,
    number: &str,
    refused: Option<Refused>,
) -> Result<Response, WebError> {
    let found = tongban_feedback::follow_ups(&state.store, actor, page_request(number))
        .await
        .told()?;
    let data = FollowUpsPage {
        pages: Pages::of(&found, "/desk/follow-ups?page="),
        lines: found.rows,
        refused: refused.as_ref().map(|refused| refused.follow_up),
        typed: refused
            .as_ref()
            .map(|refused| refused.typed.clone())
            .unwrap_or_default(),
    };
    let frame = frame(state, visitor);
    match refused {
        None => render_with(state, &frame, "desk/follow_ups.html", &data, StatusCode::OK),
        Some(refused) => {
            let frame = frame.with_flash(Tone::Bad, refused.sentence);
            render_with(
                state,
                &frame,
                "desk/follow_ups.html",
                &data,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
        }
    }
}

async fn list(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::RatingFollowUp)?.actor;
    page(&state, &visitor, actor, &asked.page, None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answered {
    answer: String,
}

async fn answer(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(follow_up): Path<String>,
    Form(posted): Form<Answered>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::RatingFollowUp)?.actor;
    let follow_up = id(&follow_up)?;
    let typed = posted.answer.clone();
    let input = AnswerFollowUp {
        follow_up,
        answer: posted.answer,
    };
    let answered = act(&state, actor, input, |tx, by, input| async move {
        tongban_feedback::answer_follow_up(&tx, &by, input).await
    });
    match answered.await.told() {
        Ok(()) => Ok(Flash::good(&state.kit, "desk-done-follow-up").redirect(&path("/desk/follow-ups"))),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => {
                let refused = Refused {
                    follow_up,
                    typed,
                    sentence,
                };
                page(&state, &visitor, actor, "", Some(refused)).await
            }
            None => Err(error),
        },
    }
}
