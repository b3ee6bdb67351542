//! Who acts for whom.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::{MandateKind, PartyKind};
use tongban_catalogue::ItemRef;
use tongban_mandates::{GiveMandate, MandateView, Named, Scope, Side, Standing};
use tongban_web::{OnceKey, WebError, once};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    caller::Caller,
    input::{Body, Listing, Paging, act},
    once::IdempotencyKey,
    told::Told,
};

/// How long a program waits for the register of enterprises.
const BUDGET: std::time::Duration = std::time::Duration::from_secs(4);

/// A matter or a department.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScopePart {
    id: Uuid,
    name: String,
}

impl From<Named> for ScopePart {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            name: named.name,
        }
    }
}

/// A mandate, as one of its sides sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MandateLine {
    id: Uuid,
    /// `representative`, `administrator`, `agent`, `family`, `guardian`.
    #[schema(value_type = String, example = "agent")]
    kind: MandateKind,
    /// `offered`, `ahead`, `active`, `refused`, `revoked`, `given_up`, `lapsed`, `over`.
    #[schema(value_type = String, example = "active")]
    standing: Standing,
    /// `person` or `enterprise`.
    #[schema(value_type = String)]
    principal_kind: PartyKind,
    principal_name: String,
    agent_name: String,
    agent_number_masked: String,
    /// Matters and departments that it is for; both empty: everything.
    items: Vec<ScopePart>,
    organisations: Vec<ScopePart>,
    starts_on: NaiveDate,
    /// The last day.
    ends_on: Option<NaiveDate>,
    given_at: DateTime<Utc>,
    /// Whether the caller may end it.
    may_end: bool,
}

impl From<MandateView> for MandateLine {
    fn from(view: MandateView) -> Self {
        Self {
            id: view.id,
            kind: view.kind,
            standing: view.standing,
            principal_kind: view.principal_kind,
            principal_name: view.principal_name,
            agent_name: view.agent_name,
            agent_number_masked: view.agent_number_masked,
            items: view.scope.items.into_iter().map(ScopePart::from).collect(),
            organisations: view
                .scope
                .organisations
                .into_iter()
                .map(ScopePart::from)
                .collect(),
            starts_on: view.starts_on,
            ends_on: view.ends_on,
            given_at: view.given_at,
            may_end: view.may_end,
        }
    }
}

/// Lists for whom the caller may act, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/mandates/received",
    tag = "mandates",
    params(Paging),
    responses((status = 200, body = Listing<MandateLine>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_received(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<MandateLine>>, WebError> {
    let page = tongban_mandates::received_mandates(&state.store, caller.party()?, paging.request())
        .await
        .told()?;
    Ok(Json(page.map(MandateLine::from).into()))
}

/// Lists who may act for the person or firm whose matters the session does, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/mandates/given",
    tag = "mandates",
    params(Paging),
    responses((status = 200, body = Listing<MandateLine>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_given(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<MandateLine>>, WebError> {
    let page = tongban_mandates::given_mandates(&state.store, caller.party()?, paging.request())
        .await
        .told()?;
    Ok(Json(page.map(MandateLine::from).into()))
}

/// Lets somebody act.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMandate {
    /// `family` for persons; `agent` and `administrator` for firms.
    #[schema(value_type = String, example = "agent")]
    kind: MandateKind,
    agent_name: String,
    /// Citizen number.
    agent_number: String,
    /// For everything; then neither items nor organisations are looked at.
    #[serde(default)]
    everything: bool,
    /// Ids or codes of published matters.
    #[serde(default)]
    items: Vec<String>,
    /// Ids of departments.
    #[serde(default)]
    organisations: Vec<Uuid>,
    /// None: today.
    starts_on: Option<NaiveDate>,
    /// The last day.
    ends_on: Option<NaiveDate>,
}

/// A new mandate.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct GivenMandate {
    id: Uuid,
}

/// Offers a mandate: it is in force once the agent has accepted it.
#[utoipa::path(
    post,
    path = "/api/v1/mandates",
    tag = "mandates",
    params(IdempotencyKey),
    request_body = NewMandate,
    responses(
        (status = 201, body = GivenMandate),
        (status = 404, description = "A matter or department that is not there"),
        (status = 422, description = "What is wrong, as a stable code: `mandate.term_long`, `mandate.scope_missing` …"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn give_mandate(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<NewMandate>,
) -> Result<Response, WebError> {
    let actor = caller.party()?;
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST mandates", "", &asked)?;
    let today = tongban_codes::civil::beijing_date(state.store.now());
    let mut items = Vec::new();
    for item in &asked.items {
        let found = tongban_catalogue::published(&state.store, ItemRef::from_segment(item.trim()), today);
        let version = found.await.told()?.ok_or_else(WebError::not_found)?;
        items.push(Named {
            id: version.item,
            name: version.content.name.clone(),
        });
    }
    let offices = tongban_directory::find_organisations(&state.store, &asked.organisations)
        .await
        .told()?;
    let organisations = asked
        .organisations
        .iter()
        .map(|id| {
            let office = offices.get(id).ok_or_else(WebError::not_found)?;
            Ok(Named {
                id: *id,
                name: office.display_name().to_owned(),
            })
        })
        .collect::<Result<_, WebError>>()?;
    let input = GiveMandate {
        session: caller.visitor.require_party()?.session_id,
        kind: asked.kind,
        agent_name: asked.agent_name,
        agent_number: asked.agent_number,
        everything: asked.everything,
        scope: Scope { items, organisations },
        starts_on: asked.starts_on,
        ends_on: asked.ends_on,
    };
    let rules = state.mandates;
    let id = once(&state.store, actor, key, input, move |tx, by, input| async move {
        tongban_mandates::give_mandate(&tx, &by, &rules, input)
            .await
            .told()
    })
    .await?;
    Ok((StatusCode::CREATED, Json(GivenMandate { id })).into_response())
}

/// What the agent answers.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MandateAnswer {
    accept: bool,
}

/// Accepts or refuses what was offered.
#[utoipa::path(
    post,
    path = "/api/v1/mandates/{mandate}/answer",
    tag = "mandates",
    params(("mandate" = Uuid, Path)),
    request_body = MandateAnswer,
    responses(
        (status = 204, description = "Answered"),
        (status = 422, description = "`mandate.wrong_state`, `mandate.name_differs`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn answer_mandate(
    State(state): State<ApiState>,
    caller: Caller,
    Path(mandate): Path<Uuid>,
    Body(given): Body<MandateAnswer>,
) -> Result<StatusCode, WebError> {
    act(
        &state,
        &caller.party()?.as_holder(),
        (mandate, given.accept),
        |tx, by, (id, accept)| async move { tongban_mandates::answer_mandate(&tx, &by, id, accept).await },
    )
    .await
    .told()?;
    Ok(StatusCode::NO_CONTENT)
}

/// From which side it is ended.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MandateEnd {
    /// `principal` takes it back, `agent` gives it up.
    #[schema(value_type = String, example = "principal")]
    side: Side,
}

/// Ends a mandate at once: taken back by the principal, given up by the agent.
#[utoipa::path(
    post,
    path = "/api/v1/mandates/{mandate}/end",
    tag = "mandates",
    params(("mandate" = Uuid, Path)),
    request_body = MandateEnd,
    responses(
        (status = 204, description = "Ended"),
        (status = 422, description = "`mandate.wrong_state`, `mandate.not_so`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn end_mandate(
    State(state): State<ApiState>,
    caller: Caller,
    Path(mandate): Path<Uuid>,
    Body(asked): Body<MandateEnd>,
) -> Result<StatusCode, WebError> {
    act(
        &state,
        caller.party()?,
        (mandate, asked.side),
        |tx, by, (id, side)| async move { tongban_mandates::end_mandate(&tx, &by, id, side).await },
    )
    .await
    .told()?;
    Ok(StatusCode::NO_CONTENT)
}

/// For whom the session acts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActFor {
    /// None: for whoever is signed in.
    mandate: Option<Uuid>,
}

/// Chooses for whom this session acts from now on.
#[utoipa::path(
    post,
    path = "/api/v1/acting",
    tag = "mandates",
    request_body = ActFor,
    responses(
        (status = 204, description = "Every request of this session acts so"),
        (status = 422, description = "`mandate.wrong_state`, `mandate.principal_gone`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn act_for(
    State(state): State<ApiState>,
    caller: Caller,
    Body(asked): Body<ActFor>,
) -> Result<StatusCode, WebError> {
    let session = caller.visitor.require_party()?.session_id;
    let actor = caller.party()?.as_holder();
    match asked.mandate {
        Some(mandate) => tongban_mandates::begin_to_act(
            &state.store,
            &state.exchange,
            &actor,
            &state.representation,
            (session, mandate),
            BUDGET,
        )
        .await
        .told()?,
        None => act(&state, &actor, session, |tx, by, session| async move {
            tongban_mandates::act_for_self(&tx, &by, session).await
        })
        .await
        .told()?,
    }
    Ok(StatusCode::NO_CONTENT)
}
