//! The main job: start, fill, hand in, follow, take back, rate.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tongban_access::Assurance;
use tongban_cases::{
    AnswerSupplement, Applicant, Delivery, DiscardDraft, Fill, SaveDraft, StartDraft, Started, Submit,
    Withdraw,
};
use tongban_catalogue::ItemRef;
use tongban_feedback::GiveRating;
use tongban_procedure::State as CaseState;
use tongban_web::{OnceKey, WebError, once};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    CaseStanding, Opened, standing,
    view::{CaseAnswer, CaseRow, typed},
};
use crate::{
    ApiState,
    caller::Caller,
    input::{Body, Listing, Paging, act, calendar, id, today},
    once::IdempotencyKey,
    told::Told,
};

/// Lists one's own cases and drafts, the last touched first.
#[utoipa::path(
    get,
    path = "/api/v1/cases",
    tag = "cases",
    params(Paging),
    responses((status = 200, body = Listing<CaseRow>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_cases(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<CaseRow>>, WebError> {
    let actor = caller.party()?;
    let calendar = calendar(&state.store).await?;
    let page = tongban_cases::my_cases(&state.store, actor, &calendar, paging.request())
        .await
        .told()?;
    Ok(Json(page.map(CaseRow::from).into()))
}

/// What to apply for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct NewCase {
    /// Id or implementation code of a matter.
    item: String,
}

/// The draft that was started.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct StartedDraft {
    case: Uuid,
    resumed: bool,
}

/// Starts an application, or goes on with the open draft for the same matter.
///
/// What the account and the applicant's licences already say is filled in.
#[utoipa::path(
    post,
    path = "/api/v1/cases",
    tag = "cases",
    params(IdempotencyKey),
    request_body = NewCase,
    responses(
        (status = 201, description = "A new draft", body = CaseStanding),
        (status = 200, description = "The draft that was open", body = CaseStanding),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn start_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<NewCase>,
) -> Result<Response, WebError> {
    let actor = caller.party()?;
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST cases", "", &asked)?;
    let item = tongban_catalogue::published(
        &state.store,
        ItemRef::from_segment(asked.item.trim()),
        today(&state.store),
    );
    let item = item.await.told()?.ok_or_else(WebError::not_found)?;
    let account = actor.account().ok_or_else(WebError::forbidden)?;
    let party = tongban_identity::party(&state.store, account)
        .await
        .told()?
        .ok_or_else(|| WebError::assurance_needed(Assurance::RealName))?;
    let held = tongban_licences::held(&state.store, party.kind, &party.number)
        .await
        .told()?;
    let organisation = tongban_directory::organisation(&state.store, item.organisation)
        .await
        .told()?;
    let organisation_name = organisation.map_or_else(
        || item.content.department.clone(),
        |organisation| organisation.name,
    );
    let input = StartDraft {
        item,
        organisation_name,
        applicant: Applicant::from(party),
        present: false,
    };
    let started = once(
        &state.store,
        actor,
        key,
        (input, held),
        |tx, by, (input, held)| async move {
            let item = input.item.clone();
            let Started { case, resumed } = tongban_cases::start_draft(&tx, &by, input).await.told()?;
            if !resumed {
                let fill = Fill {
                    case,
                    item,
                    answers: Vec::new(),
                    held,
                };
                tongban_cases::fill_draft(&tx, &by, fill).await.told()?;
            }
            Ok(StartedDraft { case, resumed })
        },
    )
    .await?;
    let status = if started.resumed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(standing(&state, actor, started.case).await?)).into_response())
}

/// Reads a case: one's own, or one of the office of a member of staff.
///
/// A member of staff who reads it stands in the list that the applicant sees under "who read my data".
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}",
    tag = "cases",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = CaseAnswer)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn read_case(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<CaseAnswer>, WebError> {
    let opened = Opened::load(&state, &caller.actor, &case).await?;
    let renewable = tongban_cases::renewable_licences(&state.store, &caller.actor, opened.view.id)
        .await
        .told()?;
    Ok(Json(CaseAnswer::of(opened.view, renewable, &caller.actor)))
}

/// Values of a form.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct NewValues {
    /// The version that was read.
    version: i32,
    /// By the field names of the matter's form; fields that are not named stay as they are.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
}

/// Saves values of a draft or of a supplement. They need not be complete yet.
///
/// A clerk reads identifiers masked: a masked value that is sent back changes nothing.
#[utoipa::path(
    patch,
    path = "/api/v1/cases/{id}",
    tag = "cases",
    params(("id" = Uuid, Path)),
    request_body = NewValues,
    responses((status = 200, body = CaseStanding), (status = 409, description = "The case was changed since it was read")),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn save_case(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(given): Body<NewValues>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.filler()?;
    let Opened { view, item, .. } = Opened::load(&state, actor, &case).await?;
    let input = SaveDraft {
        case: view.id,
        item,
        seen: Some(given.version),
        values: typed(given.values, &view, actor),
    };
    let saved = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::save_draft(&tx, &by, input).await
    });
    saved.await.told()?;
    Ok(Json(standing(&state, actor, view.id).await?))
}

/// The version of the draft that the act rests on.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct SeenDraft {
    /// The version that was read.
    version: i32,
}

/// Throws a draft away, with everything in it. What was filed is withdrawn instead.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}",
    tag = "cases",
    params(("id" = Uuid, Path), SeenDraft),
    responses(
        (status = 204, description = "The draft is gone"),
        (status = 409, description = "The draft was changed since it was read"),
        (status = 422, description = "`case.wrong_state`: it is no draft"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn discard_case(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Query(draft): Query<SeenDraft>,
) -> Result<StatusCode, WebError> {
    let actor = caller.filler()?;
    let input = DiscardDraft {
        case: id(&case)?,
        seen: Some(draft.version),
    };
    let done = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::discard_draft(&tx, &by, input).await
    });
    done.await.told()?;
    Ok(StatusCode::NO_CONTENT)
}

/// How to hand in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Submission {
    /// The version that the applicant has seen: what is handed in is what was seen.
    version: i32,
    /// How the result comes: `electronic`, `pick_up`, `post`. Without meaning for a supplement.
    #[serde(default)]
    #[schema(value_type = String, default = "electronic")]
    delivery: Delivery,
    /// Where to, for `post`.
    address: Option<String>,
    /// The licence to be renewed, one of `renewable` of the draft, where the item renews one and the applicant holds several of its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renews: Option<Uuid>,
}

/// What was handed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubmissionAnswer {
    #[serde(flatten)]
    case: CaseStanding,
    /// For the link `/progress/{code}`, which shows how the case stands without signing in.
    progress_code: Option<String>,
}

/// Hands in what the draft holds, or what was missing from a case that was sent back.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/submission",
    tag = "cases",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = Submission,
    responses(
        (status = 200, body = SubmissionAnswer),
        (status = 422, description = "Incomplete: `case.form_invalid` with `fields`, `case.material_missing`, `case.material_lapsed`, `case.address_missing`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn submit_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<Submission>,
) -> Result<Json<SubmissionAnswer>, WebError> {
    let actor = caller.filler()?;
    // the act reads the case itself: here it is enough where it stands
    let stands = tongban_cases::case_standing(&state.store, actor, id(&case)?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let item = tongban_catalogue::version_of_case(&state.store, stands.item_version)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let calendar = calendar(&state.store).await?;
    let thing = stands.id.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST submission", &thing, &given)?;
    let (case, seen) = (stands.id, Some(given.version));
    if stands.state == CaseState::Supplement {
        let input = AnswerSupplement {
            case,
            item,
            calendar,
            seen,
        };
        once(&state.store, actor, key, input, |tx, by, input| async move {
            tongban_cases::answer_supplement(&tx, &by, input).await.told()
        })
        .await?;
    } else {
        let input = Submit {
            case,
            item,
            calendar,
            seen,
            delivery: given.delivery,
            delivery_address: given.address,
            renews: given.renews,
        };
        once(&state.store, actor, key, input, |tx, by, input| async move {
            // number and code are read from the case: the answer that is kept holds neither
            tongban_cases::submit(&tx, &by, input).await.told().map(|_| ())
        })
        .await?;
    }
    let progress_code = tongban_cases::progress_code(&state.store, actor, case)
        .await
        .told()?;
    Ok(Json(SubmissionAnswer {
        case: standing(&state, actor, case).await?,
        progress_code,
    }))
}

/// The version of the case that the act rests on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Seen {
    /// The version that was read.
    pub version: i32,
}

/// Takes an application back, as long as nothing is decided.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/withdrawal",
    tag = "cases",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = Seen,
    responses((status = 200, body = CaseStanding)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn withdraw_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<Seen>,
) -> Result<Json<CaseStanding>, WebError> {
    let actor = caller.party()?;
    let case = id(&case)?;
    let thing = case.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST withdrawal", &thing, &given)?;
    let input = Withdraw {
        case,
        seen: Some(given.version),
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::withdraw(&tx, &by, input).await.told()
    })
    .await?;
    Ok(Json(standing(&state, actor, case).await?))
}

/// A rating (好差评).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct NewRating {
    /// 1 (very bad) to 5 (very good).
    #[schema(minimum = 1, maximum = 5)]
    score: u8,
    /// `fast` `clear` `friendly` `no_trip` `few_papers` `too_slow` `extra_papers` `extra_conditions` `unfriendly` `unclear`
    /// `many_trips`; others are dropped.
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    words: String,
    /// Keep neither case nor account beside it.
    #[serde(default)]
    anonymous: bool,
}

/// Rates a case that has been decided, once.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/rating",
    tag = "cases",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body = NewRating,
    responses((status = 204, description = "The rating was taken")),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn rate_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Path(case): Path<String>,
    Body(given): Body<NewRating>,
) -> Result<StatusCode, WebError> {
    let actor = caller.party()?;
    let case = id(&case)?;
    let thing = case.to_string();
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST rating", &thing, &given)?;
    let input = GiveRating {
        case,
        score: given.score,
        tags: given.tags,
        words: given.words,
        anonymous: given.anonymous,
    };
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_feedback::give_rating(&tx, &by, input).await.told()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
