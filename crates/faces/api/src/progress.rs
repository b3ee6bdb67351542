//! Where a case stands, for one who has its link, or its number and a second fact. Without signing in.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use tongban_cases::Progress;
use tongban_procedure::State as CaseState;
use tongban_web::{WebError, guesses};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    cases::view::{ClockAnswer, HistoryAnswer},
    input::{Body, calendar},
    told::Told,
};

/// How a case stands: nothing of what was filled in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressAnswer {
    number: String,
    #[schema(value_type = String, example = "submitted")]
    state: CaseState,
    item_name: String,
    organisation: String,
    /// Without opinions and reasons: they are for the parties of the case.
    history: Vec<HistoryAnswer>,
    /// The limit that runs for the office.
    clock: Option<ClockAnswer>,
    /// Whether it has been rated.
    rated: bool,
}

async fn answer(state: &ApiState, case: Uuid, progress: Progress) -> Result<Json<ProgressAnswer>, WebError> {
    let rated = tongban_feedback::is_rated(&state.store, case).await.told()?;
    Ok(Json(ProgressAnswer {
        number: progress.number,
        state: progress.state,
        item_name: progress.item_name,
        organisation: progress.organisation_name,
        history: progress.history.into_iter().map(HistoryAnswer::from).collect(),
        clock: progress.clock.map(ClockAnswer::from),
        rated,
    }))
}

/// Tells where the case of a progress link stands.
#[utoipa::path(
    get,
    path = "/api/v1/progress/{code}",
    tag = "progress",
    params(("code" = String, Path, description = "The code at the end of the link")),
    responses((status = 200, body = ProgressAnswer), (status = 404, description = "The link leads nowhere"))
)]
pub(crate) async fn progress_by_code(
    State(state): State<ApiState>,
    Path(code): Path<String>,
) -> Result<Json<ProgressAnswer>, WebError> {
    let calendar = calendar(&state.store).await?;
    let progress = tongban_cases::progress_by_code(&state.store, &calendar, &code)
        .await
        .told()?;
    let case = tongban_cases::case_of_link(&state.store, &code).await.told()?;
    let (progress, case) = progress.zip(case).ok_or_else(WebError::not_found)?;
    answer(&state, case, progress).await
}

/// A number and a second fact. In a body: what people type stands in no address.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CaseToFollow {
    /// The number of the case; what is neither letter nor digit is dropped.
    number: String,
    /// The last four characters of the applicant's number.
    last_four: String,
}

/// Tells where a case stands, for one who knows its number and a second fact.
///
/// A number that nobody has and a wrong second fact are answered alike. After five wrong tries at a number it rests.
#[utoipa::path(
    post,
    path = "/api/v1/progress",
    tag = "progress",
    request_body = CaseToFollow,
    responses(
        (status = 200, body = ProgressAnswer),
        (status = 404, description = "There is no such case, or the second fact is wrong"),
        (status = 429, description = "Too many wrong tries at this number; `Retry-After` says how long to wait"),
    )
)]
pub(crate) async fn progress_by_number(
    State(state): State<ApiState>,
    Body(given): Body<CaseToFollow>,
) -> Result<Json<ProgressAnswer>, WebError> {
    let number: String = given.number.chars().filter(char::is_ascii_alphanumeric).collect();
    if number.is_empty() || given.last_four.trim().is_empty() {
        return Err(WebError::bad_input("number and last_four are both needed"));
    }
    guesses::count(&state.store, &number).await?;
    let calendar = calendar(&state.store).await?;
    let found = tongban_cases::progress_by_number(&state.store, &calendar, &number, &given.last_four)
        .await
        .told()?;
    let (case, progress) = found.ok_or_else(WebError::not_found)?;
    guesses::right(&state.store, &number).await?;
    answer(&state, case, progress).await
}
