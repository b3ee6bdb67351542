//! 谁看过我的数据: reads of one's facts through the exchange, and looks of staff at one's cases and licences.

use axum::{
    Json,
    extract::{Query, State},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_access::{Action, Assurance, Thing, permit};
use tongban_exchange::{ReadAbout, ReadBasis, ReadOutcome};
use tongban_store::{LogLine, Stream};
use tongban_web::WebError;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    caller::Caller,
    input::{Listing, Paging},
    told::Told,
};

/// One read of a register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadLine {
    id: Uuid,
    at: DateTime<Utc>,
    /// Who asked: `person`, `enterprise` (oneself), `clerk`, `approver`, `supervisor`, `operator`, `system`.
    reader: String,
    /// The office of a reader that is staff.
    reader_organisation: Option<String>,
    /// The office that uses the facts.
    used_by: String,
    /// What it was for, in words.
    purpose: String,
    /// The code of the register.
    resource: String,
    resource_name: String,
    /// Who answers for the register.
    provider: String,
    /// Titles of the facts that were asked for.
    facts: Vec<String>,
    /// `consent`, or `duty` with the law that it rests on.
    #[schema(value_type = String, example = "consent")]
    basis: &'static str,
    law: Option<String>,
    /// `facts`, `not_found`, `unavailable`, `wrong_subject`; null: asked, and no outcome was written down.
    outcome: Option<String>,
}

impl From<ReadAbout> for ReadLine {
    fn from(read: ReadAbout) -> Self {
        Self {
            id: read.id,
            at: read.at,
            reader: read.reader_kind,
            reader_organisation: read.reader_organisation,
            used_by: read.used_by,
            purpose: read.purpose_title,
            resource: read.resource,
            resource_name: read.resource_name,
            provider: read.provider,
            // rows from before the question was kept know what came
            facts: if read.asked.is_empty() {
                read.facts
            } else {
                read.asked
            },
            basis: read.basis.word(),
            law: match read.basis {
                ReadBasis::Duty { law, .. } => Some(law),
                ReadBasis::Consent => None,
            },
            outcome: read.outcome.map(ReadOutcome::as_str).map(str::to_owned),
        }
    }
}

/// One look of a member of staff.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookLine {
    id: Uuid,
    at: DateTime<Utc>,
    /// Office and post; no private name.
    reader: String,
    /// What it was for, in words.
    purpose: String,
}

impl From<LogLine> for LookLine {
    fn from(line: LogLine) -> Self {
        let text = |name: &str| {
            let value = line.detail.get(name).and_then(serde_json::Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        Self {
            id: line.id,
            at: line.at,
            reader: text("reader"),
            purpose: text("purpose"),
        }
    }
}

/// Under what the one who is signed in stands in the logs.
async fn blinds(state: &ApiState, caller: &Caller) -> Result<Vec<String>, WebError> {
    let account = caller.party()?.account().ok_or_else(WebError::forbidden)?;
    permit(&caller.actor, Action::DataView, &Thing::of(account))?;
    let party = tongban_identity::party(&state.store, account)
        .await
        .told()?
        .ok_or_else(|| WebError::assurance_needed(Assurance::RealName))?;
    Ok(tongban_identity::subject_blinds(
        &state.store,
        party.kind,
        &party.number,
    ))
}

/// Lists what was read about oneself in the registers of the departments, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/data/reads",
    tag = "data",
    params(Paging),
    responses((status = 200, body = Listing<ReadLine>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_reads(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<ReadLine>>, WebError> {
    let blinds = blinds(&state, &caller).await?;
    let page = tongban_exchange::reads_about(&state.store, &blinds, paging.request())
        .await
        .told()?;
    Ok(Json(page.map(ReadLine::from).into()))
}

/// Lists who of the staff looked at one's cases and licences, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/data/looks",
    tag = "data",
    params(Paging),
    responses((status = 200, body = Listing<LookLine>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_looks(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<LookLine>>, WebError> {
    let blinds = blinds(&state, &caller).await?;
    let page = state
        .store
        .log_about(Stream::Access, &blinds, paging.request())
        .await
        .told()?;
    Ok(Json(page.map(LookLine::from).into()))
}
