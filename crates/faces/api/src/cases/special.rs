//! What stops or extends the clock of a decision.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_cases::{EndSpecial, Extend, StartSpecial};
use tongban_web::{OnceKey, WebError, once};
use utoipa::ToSchema;

use super::{CaseStanding, Opened, standing};
use crate::{ApiState, caller::Caller, input::Body, once::IdempotencyKey, told::Told};

/// A special procedure that is needed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SpecialProcedure {
    version: i32,
    /// `hearing`, `tender`, `auction`, `inspection`, `testing`, `quarantine`, `appraisal`, `expert_review`; for other matters than
    /// permits a code of the matter's own list.
    kind: String,
    /// Why, as the applicant reads it.
    reason: String,
    /// Working days that it is expected to take.
    days: u32,
}

/// Starts a special procedure (特别程序): the applicant is told in writing, and the clock of the decision stands still from today.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/special-procedures",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = SpecialProcedure,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn start_special(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<SpecialProcedure>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseSpecialProcedure)?;
    let Opened { view, item, calendar } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(
        &state.kit,
        &headers,
        actor,
        "POST special-procedures",
        &thing,
        &given,
    )?;
    let input = StartSpecial {
        case: view.id,
        item,
        calendar,
        seen: Some(given.version),
        kind: given.kind,
        reason: given.reason,
        days: given.days,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::start_special(&tx, &by, input).await.told()
    })
    .await?;
    standing(&state, actor, view.id).await.map(Json)
}

/// What a special procedure found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SpecialResult {
    version: i32,
    result: String,
}

/// Ends the special procedure that is running: the clock runs again from tomorrow.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/special-procedures/end",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = SpecialResult,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn end_special(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<SpecialResult>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseSpecialProcedure)?;
    let Opened { view, item, calendar } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(
        &state.kit,
        &headers,
        actor,
        "POST special-procedures/end",
        &thing,
        &given,
    )?;
    let input = EndSpecial {
        case: view.id,
        item,
        calendar,
        seen: Some(given.version),
        result: given.result,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::end_special(&tx, &by, input).await.told()
    })
    .await?;
    standing(&state, actor, view.id).await.map(Json)
}

/// An extension that was approved.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LimitExtension {
    version: i32,
    /// Why the decision cannot be made in time, as the applicant reads it.
    reason: String,
    /// Who approved it and when, or the number of the approval.
    approval: String,
}

/// Extends the limit of the decision, once (延长期限).
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/extension",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = LimitExtension,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn extend_limit(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<LimitExtension>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseSpecialProcedure)?;
    let Opened { view, item, calendar } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST extension", &thing, &given)?;
    let input = Extend {
        case: view.id,
        item,
        calendar,
        seen: Some(given.version),
        reason: given.reason,
        approval: given.approval,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::extend(&tx, &by, input).await.told()
    })
    .await?;
    standing(&state, actor, view.id).await.map(Json)
}
