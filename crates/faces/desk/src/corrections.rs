//! 更正姓名: what people asked for, answered document in hand.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_identity::{AnswerCorrection, CorrectionView};
use tongban_store::PageRequest;
use tongban_web::{
    Flash, Form, Pairs, Sentence, Visitor, WebError,
    flash::Tone,
    parts::{Pages, id},
};

use crate::{
    StaffState,
    parts::{frame, path, refusal, render, render_with, staff},
    told::Told,
};

/// Rows of the list.
const ROWS: u64 = 20;

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/corrections", get(list))
        .route("/desk/corrections/{correction}", get(show).post(answer))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<String>,
}

#[derive(Serialize)]
struct ListPage {
    rows: Vec<CorrectionView>,
    pages: Pages,
}

async fn list(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let number = asked
        .page
        .as_deref()
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    let found = tongban_identity::waiting_corrections(&state.store, actor, PageRequest::new(number, ROWS))
        .await
        .told()?;
    let data = ListPage {
        pages: Pages::of(&found, "/desk/corrections?page="),
        rows: found.rows,
    };
    render(&state, &frame(&state, &visitor), "desk/corrections.html", &data)
}

#[derive(Serialize)]
struct CorrectionPage<'a> {
    correction: CorrectionView,
    words: &'a str,
}

async fn page(
    state: &StaffState,
    visitor: &Visitor,
    correction: &str,
    words: &str,
    refused: Option<Sentence>,
) -> Result<Response, WebError> {
    let actor = &staff(visitor, Action::PersonServe)?.actor;
    let correction = tongban_identity::correction(&state.store, actor, id(correction)?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let data = CorrectionPage { correction, words };
    let frame = frame(state, visitor);
    match refused {
        None => render_with(state, &frame, "desk/correction.html", &data, StatusCode::OK),
        Some(sentence) => {
            let frame = frame.with_flash(Tone::Bad, sentence);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render_with(state, &frame, "desk/correction.html", &data, status)
        }
    }
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(correction): Path<String>,
) -> Result<Response, WebError> {
    page(&state, &visitor, &correction, "", None).await
}

async fn answer(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(correction): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let correct = posted.get("answer") == Some("correct");
    let input = AnswerCorrection {
        correction: id(&correction)?,
        correct,
        words: posted.get("words").unwrap_or_default().to_owned(),
        present: posted.get("present").is_some(),
    };
    let by = actor.clone();
    let answered = state
        .store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { tongban_identity::answer_correction(&tx, &by, input).await }
        })
        .await
        .told();
    match answered {
        Ok(()) => {
            let key = if correct {
                "desk-correction-done"
            } else {
                "desk-correction-declined"
            };
            Ok(Flash::good(&state.kit, key).redirect(&path("/desk/corrections")))
        }
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => {
                let words = posted.get("words").unwrap_or_default();
                page(&state, &visitor, &correction, words, Some(sentence)).await
            }
            None => Err(error),
        },
    }
}
