//! Where a case stands, for one who has its link, or its number and a second fact.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_cases::{Progress, State as CaseState};
use tongban_feedback::RateByLink;
use tongban_web::{Area, Flash, Form, Page, Pairs, Sentence, Visitor, WebError};
use uuid::Uuid;

use crate::{
    PortalState, guesses,
    my::progress_parts::{ClockCard, Entry, RatingForm, timeline, told_rating, tone},
    parts::{calendar, path},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/progress", get(ask).post(by_number))
        .route("/progress/{code}", get(by_code))
        .route("/progress/{code}/rating", post(rate))
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
    /// Where the rating goes, for who came by the link of a case that was decided and not rated yet.
    rate_action: Option<String>,
    rated: bool,
    form: RatingForm,
}

/// Who came by the link: its code, and what stands in the form that rates.
struct ByLink<'code> {
    code: &'code str,
    rated: bool,
    form: RatingForm,
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

fn answer(
    state: &PortalState,
    visitor: &Visitor,
    progress: Progress,
    link: Option<ByLink<'_>>,
) -> Result<Page, WebError> {
    let decided = matches!(
        progress.state,
        CaseState::Granted | CaseState::Refused | CaseState::NotAccepted
    );
    let rate_action = link
        .as_ref()
        .filter(|link| decided && !link.rated)
        .map(|link| format!("/progress/{}/rating", link.code));
    let failed = link.as_ref().is_some_and(|link| link.form.failed());
    let status = if failed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = ProgressPage {
        timeline: timeline(progress.state, &progress.history, |_| None),
        clock: progress.clock.as_ref().map(ClockCard::from),
        number: progress.number,
        name: progress.item_name,
        organisation: progress.organisation_name,
        tone: tone(progress.state),
        state: progress.state,
        rate_action,
        rated: link.as_ref().is_some_and(|link| link.rated),
        form: link.map(|link| link.form).unwrap_or_default().with_tags(),
    };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/progress_case.html", &data)?
        .with_status(status))
}

async fn ask(State(state): State<PortalState>, visitor: Visitor) -> Result<Page, WebError> {
    form(&state, &visitor, &AskPage::default())
}

async fn by_code(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Page, WebError> {
    show(&state, &visitor, &code, RatingForm::default()).await
}

/// The page of a link, also for a rating that came back with an error.
async fn show(
    state: &PortalState,
    visitor: &Visitor,
    code: &str,
    form: RatingForm,
) -> Result<Page, WebError> {
    let (progress, case) = behind(state, code).await?;
    let rated = tongban_feedback::is_rated(&state.store, case).await.told()?;
    answer(state, visitor, progress, Some(ByLink { code, rated, form }))
}

/// The case behind a link.
async fn behind(state: &PortalState, code: &str) -> Result<(Progress, Uuid), WebError> {
    let calendar = calendar(&state.store).await?;
    let progress = tongban_cases::progress_by_code(&state.store, &calendar, code)
        .await
        .told()?;
    let case = tongban_cases::case_of_link(&state.store, code).await.told()?;
    progress.zip(case).ok_or_else(WebError::not_found)
}

/// Takes a rating of one who came by the link and knows the second fact.
async fn rate(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let (progress, _) = behind(&state, &code).await?;
    let typed = RatingForm::typed(&posted);
    let last_four = posted.get("last_four").unwrap_or_default().trim().to_owned();
    let Some(score) = typed.level() else {
        let form = RatingForm {
            error: Some(Sentence::key("error-choice")),
            ..typed
        };
        return Ok(show(&state, &visitor, &code, form).await?.into_response());
    };
    guesses::count(&state, &progress.number).await?;
    let input = RateByLink {
        code: code.clone(),
        last_four,
        score,
        tags: typed.chosen.clone(),
        words: typed.words.clone(),
        anonymous: typed.anonymous,
    };
    let given = state
        .store
        .write(visitor.actor().signer(), move |tx| {
            let input = input.clone();
            async move { tongban_feedback::give_rating_by_link(&tx, input).await }
        })
        .await;
    let second_fact = matches!(&given, Err(tongban_feedback::Error::Refused(refusal)) if refusal.code == "rating.second_fact");
    if !second_fact {
        guesses::right(&state, &progress.number).await?;
    }
    match told_rating(&state, given)? {
        None => {
            let there = path(&format!("/progress/{code}#rating"));
            Ok(Flash::good(&state.kit, "portal-rated-thanks").redirect(&there))
        }
        Some(sentence) => {
            let form = RatingForm {
                other_error: Some(sentence),
                ..typed
            };
            Ok(show(&state, &visitor, &code, form).await?.into_response())
        }
    }
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
            answer(&state, &visitor, progress, None)
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
