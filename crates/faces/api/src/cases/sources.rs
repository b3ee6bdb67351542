//! Once only: what departments already know, read with the applicant's yes.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::Actor;
use tongban_cases::{Consent, OriginKind};
use tongban_catalogue::{Replacement, resources_by_consent, resources_of, wanted_facts};
use tongban_web::{WebError, told::refused};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Opened;
use crate::{ApiState, caller::Caller, input::Body, told::Told};

/// What can be read for a case, for what, and by what law.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourcesAnswer {
    /// The case.
    id: Uuid,
    /// Its version now; the next act sends it back.
    version: i32,
    /// What the sources are read for: the name of the matter.
    purpose: String,
    /// The organisation that uses the facts.
    used_by: String,
    /// The first legal basis of the matter.
    law: Option<String>,
    sources: Vec<SourceAnswer>,
    /// Fields of the form that hold what a source said.
    filled: Vec<String>,
    /// Fields whose source could not answer: the applicant fills them by hand.
    unavailable: Vec<String>,
}

/// One source that the matter draws on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceAnswer {
    #[schema(example = "population.basic")]
    code: String,
    name: String,
    /// The department that keeps it.
    provider: String,
    /// The facts that it is asked for, in words.
    facts: Vec<String>,
    /// The materials that it spares.
    spares: Vec<String>,
    /// Whether the applicant has said yes to it.
    consented: bool,
    /// Law and article that tell the office to check it: it is read without a yes as soon as sources are read. None: by consent alone.
    #[schema(example = "《中华人民共和国行政许可法》第三十四条")]
    duty: Option<String>,
    /// What came: `facts`, `not_found`, `unavailable`, `wrong_subject`, `refused`; none where it was not asked.
    outcome: Option<String>,
    at: Option<DateTime<Utc>>,
}

/// Which sources may be read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(crate) struct NewConsent {
    /// Codes of sources of the list. Whatever is not named is not read; an earlier yes to it is taken back, with what it brought.
    #[schema(example = json!(["population.basic"]))]
    sources: Vec<String>,
}

/// Lists the sources that the matter of one's own case can read from, with purpose and law. Nothing is asked of them yet.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/sources",
    tag = "cases",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SourcesAnswer)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_sources(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<SourcesAnswer>, WebError> {
    let actor = caller.filler()?;
    Ok(Json(answer(&state, actor, &case).await?))
}

/// Consents to sources of a draft, reads them and fills the form with what they say. Sources with a `duty` are read as well; no consent is
/// asked or kept for them.
///
/// A source that does not answer stops nobody: its fields stand in `unavailable` and are filled by hand. Every read is on record, and its
/// subject sees it.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/sources",
    tag = "cases",
    params(("id" = Uuid, Path)),
    request_body = NewConsent,
    responses(
        (status = 200, body = SourcesAnswer),
        (status = 422, description = "`api.no_such_source`, or `case.wrong_state` where it is no draft any more"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn consent_to_sources(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(given): Body<NewConsent>,
) -> Result<Json<SourcesAnswer>, WebError> {
    let actor = caller.filler()?;
    let Opened { view, item, .. } = Opened::load(&state, actor, &case).await?;
    let known = resources_of(&item.content);
    let by_consent = resources_by_consent(&item.content);
    if let Some(unknown) = given.sources.iter().find(|code| !known.contains(code)) {
        let args = BTreeMap::from([("source".to_owned(), unknown.clone())]);
        return Err(refused("api.no_such_source", args));
    }
    let consent = Consent {
        case: view.id,
        resources: by_consent
            .into_iter()
            .filter(|code| given.sources.contains(code))
            .collect(),
    };
    tongban_cases::fetch(&state.store, &state.exchange, actor, item, consent)
        .await
        .told()?;
    Ok(Json(answer(&state, actor, &case).await?))
}

async fn answer(state: &ApiState, actor: &Actor, case: &str) -> Result<SourcesAnswer, WebError> {
    let Opened { view, item, .. } = Opened::load(state, actor, case).await?;
    let content = &item.content;
    let mut sources = Vec::new();
    for wanted in wanted_facts(content) {
        let Some(entry) = state.exchange.resource(&wanted.resource).await.told()? else {
            continue;
        };
        let spares = |replacement: &Option<Replacement>| matches!(replacement, Some(Replacement::Resource { resource, .. }) if *resource == wanted.resource);
        let came = view.facts.iter().find(|fact| fact.resource == wanted.resource);
        let offered = entry.offered(&wanted.fields).into_iter();
        sources.push(SourceAnswer {
            facts: offered.map(|field| field.title).collect(),
            spares: content
                .materials
                .iter()
                .filter(|material| spares(&material.replaced_by))
                .map(|material| material.name.clone())
                .collect(),
            duty: content.duty(&wanted.resource).map(|duty| duty.basis()),
            consented: view.consents.contains(&wanted.resource),
            outcome: came.map(|fact| fact.outcome.clone()),
            at: came.map(|fact| fact.at),
            name: entry.name,
            provider: entry.organisation_name,
            code: wanted.resource,
        });
    }
    let of_kind = |kind: OriginKind| {
        let fields = view.origins.iter();
        fields
            .filter(|(_, origin)| origin.kind == kind)
            .map(|(field, _)| field.clone())
            .collect()
    };
    Ok(SourcesAnswer {
        id: view.id,
        version: view.version,
        law: content
            .legal_basis
            .first()
            .map(|basis| format!("{}{}", basis.law, basis.article)),
        sources,
        filled: of_kind(OriginKind::Resource),
        unavailable: of_kind(OriginKind::Waiting),
        purpose: view.item_name,
        used_by: view.organisation_name,
    })
}
