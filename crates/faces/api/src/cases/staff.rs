//! What staff do: the work list, and the acts on one case. Every act sends the version that its doer has read.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_cases::{Accept, AskSupplement, CompleteStep, Decide, Deliver, NotAccept, WorkFilter};
use tongban_web::{OnceKey, WebError, once};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{CaseStanding, Opened, applicant::Seen, standing, view::CaseRow};
use crate::{
    ApiState,
    caller::Caller,
    input::{Body, Listing, Paging, calendar},
    once::IdempotencyKey,
    told::Told,
};

/// Which cases of an office.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Work {
    /// `accept`, `decide`, `deliver`, `supplement`, `open`, `closed`; without it `open`.
    filter: String,
}

/// Lists the cases of one's office or hall, what is due first stands first.
#[utoipa::path(
    get,
    path = "/api/v1/work",
    tag = "work",
    params(Work, Paging),
    responses((status = 200, body = Listing<CaseRow>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_work(
    State(state): State<ApiState>,
    caller: Caller,
    Query(work): Query<Work>,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<CaseRow>>, WebError> {
    let actor = caller.staff(Action::CaseView)?;
    let filter = match work.filter.as_str() {
        "" => WorkFilter::Open,
        word => WorkFilter::from_word(word)
            .ok_or_else(|| WebError::bad_input("filter is none of the known words"))?,
    };
    let calendar = calendar(&state.store).await?;
    let page = tongban_cases::work_list(&state.store, actor, filter, &calendar, paging.request())
        .await
        .told()?;
    Ok(Json(page.map(CaseRow::from).into()))
}

/// Accepts an application (受理): the dated notice is written, and the clock of the decision starts.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/acceptance",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = Seen,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn accept_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<Seen>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseAccept)?;
    let Opened { view, item, calendar } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST acceptance", &thing, &given)?;
    let input = Accept {
        case: view.id,
        item,
        calendar,
        seen: Some(given.version),
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::accept(&tx, &by, input).await.told()
    })
    .await?;
    answer(&state, actor, view.id).await
}

/// What is missing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SupplementNotice {
    version: i32,
    /// Everything that is missing or wrong, in words that the applicant can act on.
    text: String,
}

/// Tells the applicant, once and completely, what is missing (补正).
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/supplement-notice",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = SupplementNotice,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn ask_supplement(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<SupplementNotice>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseAccept)?;
    let Opened { view, item, calendar } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(
        &state.kit,
        &headers,
        actor,
        "POST supplement-notice",
        &thing,
        &given,
    )?;
    let input = AskSupplement {
        case: view.id,
        item,
        calendar,
        seen: Some(given.version),
        text: given.text,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::ask_supplement(&tx, &by, input).await.told()
    })
    .await?;
    answer(&state, actor, view.id).await
}

/// Why an application is not accepted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct NonAcceptance {
    version: i32,
    reasons: String,
}

/// Does not accept an application (不予受理): in writing, with reasons and remedies.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/non-acceptance",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = NonAcceptance,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn not_accept_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<NonAcceptance>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseAccept)?;
    let Opened { view, item, calendar } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST non-acceptance", &thing, &given)?;
    let input = NotAccept {
        case: view.id,
        item,
        calendar,
        seen: Some(given.version),
        reasons: given.reasons,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::not_accept(&tx, &by, input).await.told()
    })
    .await?;
    answer(&state, actor, view.id).await
}

/// What the examination of a step found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct StepDone {
    version: i32,
    opinion: String,
    /// Who did it, by name. An inspection on site (step `inspect`) for a permit needs two at least (行政许可法 34).
    #[serde(default)]
    officers: Vec<String>,
}

/// Completes the step at which a case stands before its decision, such as 审核: whose step it is does it, window or
/// department.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/steps",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = StepDone,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn complete_step(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<StepDone>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseAccept)?;
    let Opened { view, item, .. } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST steps", &thing, &given)?;
    let input = CompleteStep {
        case: view.id,
        item,
        seen: Some(given.version),
        opinion: given.opinion,
        officers: given.officers,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::complete_step(&tx, &by, input).await.told()
    })
    .await?;
    answer(&state, actor, view.id).await
}

/// A decision.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Decision {
    version: i32,
    granted: bool,
    /// A refusal must have them.
    #[serde(default)]
    reasons: String,
}

/// Decides a case. A grant issues the licence in the same act; a refusal has reasons and remedies.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/decision",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = Decision,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn decide_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<Decision>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseDecide)?;
    let Opened { view, item, calendar } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST decision", &thing, &given)?;
    let organisation = tongban_directory::organisation(&state.store, view.organisation)
        .await
        .told()?;
    let input = Decide {
        case: view.id,
        item,
        calendar,
        seen: Some(given.version),
        granted: given.granted,
        reasons: given.reasons,
        issuer_code: organisation
            .ok_or_else(|| WebError::internal("the office of a case is unknown"))?
            .code,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::decide(&tx, &by, input).await.told().map(|_| ())
    })
    .await?;
    answer(&state, actor, view.id).await
}

/// A result that was handed over.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct HandedOver {
    version: i32,
    /// To whom, or the number of the parcel.
    note: String,
}

/// Hands a result or a decision over that does not reach the applicant by itself (送达): its receipt is written, and the case ends.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/delivery",
    tag = "work",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = HandedOver,
    responses(
        (status = 200, body = CaseStanding),
        (status = 422, description = "`case.nothing_to_deliver`, `case.delivery_note_missing`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn deliver_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<HandedOver>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.staff(Action::CaseDeliver)?;
    let Opened { view, item, .. } = Opened::load(&state, actor, &case).await?;
    let thing = view.id.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST delivery", &thing, &given)?;
    let input = Deliver {
        case: view.id,
        item,
        seen: Some(given.version),
        note: given.note,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::deliver(&tx, &by, input).await.told()
    })
    .await?;
    answer(&state, actor, view.id).await
}

async fn answer(state: &ApiState, actor: &Actor, case: Uuid) -> Result<Json<CaseStanding>, WebError> {
    standing(state, actor, case).await.map(Json)
}
