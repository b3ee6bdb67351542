//! Where a case stands, for one who has its link, or its number and a second fact.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_cases::{Progress, State as CaseState};
use tongban_web::{Area, Form, Page, Sentence, Visitor, WebError};

use crate::{
    PortalState, guesses,
    my::progress_parts::{ClockCard, Entry, timeline, tone},
    parts::calendar,
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/progress", get(ask).post(by_number))
        .route("/progress/{code}", get(by_code))
}

#[derive(Default, Serialize)]
struct AskPage {
    number: String,
    error: Option<Sentence>,
}

#[derive(Serialize)]
struct ProgressPage {
    number: String,
    name: String,
    organisation: String,
    state: CaseState,
    tone: &'static str,
    clock: Option<ClockCard>,
    timeline: Vec<Entry>,
}

fn form(state: &PortalState, visitor: &Visitor, data: &AskPage) -> Result<Page, WebError> {
    let status = if data.error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/progress.html", data)?
        .with_status(status))
}

fn answer(state: &PortalState, visitor: &Visitor, progress: Progress) -> Result<Page, WebError> {
    let data = ProgressPage {
        timeline: timeline(progress.state, &progress.history, |_| None),
        clock: progress.clock.as_ref().map(ClockCard::from),
        number: progress.number,
        name: progress.item_name,
        organisation: progress.organisation_name,
        tone: tone(progress.state),
        state: progress.state,
    };
    state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/progress_case.html", &data)
}

async fn ask(State(state): State<PortalState>, visitor: Visitor) -> Result<Page, WebError> {
    form(&state, &visitor, &AskPage::default())
}

async fn by_code(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Page, WebError> {
    let calendar = calendar(&state.store).await?;
    let progress = tongban_cases::progress_by_code(&state.store, &calendar, &code)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    answer(&state, &visitor, progress)
}

#[derive(Deserialize)]
struct TypedNumber {
    #[serde(default)]
    number: String,
    #[serde(default)]
    last_four: String,
}

/// The answer stands on the page that was posted. A number that nobody has and a wrong second fact answer alike.
async fn by_number(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<TypedNumber>,
) -> Result<Page, WebError> {
    let number: String = typed.number.chars().filter(char::is_ascii_alphanumeric).collect();
    if number.is_empty() || typed.last_four.trim().is_empty() {
        return form(
            &state,
            &visitor,
            &AskPage {
                number: typed.number,
                error: Some(Sentence::key("portal-both-needed")),
            },
        );
    }
    guesses::count(&state, &number).await?;
    let calendar = calendar(&state.store).await?;
    match tongban_cases::progress_by_number(&state.store, &calendar, &number, &typed.last_four)
        .await
        .told()?
    {
        Some(progress) => {
            guesses::right(&state, &number).await?;
            answer(&state, &visitor, progress)
        }
        None => form(
            &state,
            &visitor,
            &AskPage {
                number: typed.number,
                error: Some(Sentence::key("portal-progress-none")),
            },
        ),
    }
}
