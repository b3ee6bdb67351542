//! What registers are read for the person at the window: by that person's yes, or by a duty that the person is told of.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_access::Actor;
use tongban_cases::Consent;
use tongban_catalogue::{ItemVersion, Replacement};
use tongban_procedure::State as CaseState;
use tongban_web::{Form, Pairs, Sentence, Visitor, WebError, local_path::see_other};

use super::{draft::Draft, steps};
use crate::{
    StaffState,
    parts::{Crumb, frame, path, render},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/file/{case}/sources", get(ask).post(read))
}

#[derive(Serialize)]
struct SourcesPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    applicant: String,
    action: String,
    law: Option<String>,
    /// Those that the law tells the office to check: the person is told before.
    duties: Vec<SourceRow>,
    /// Those that the person is asked for.
    sources: Vec<SourceRow>,
}

#[derive(Serialize)]
struct SourceRow {
    code: String,
    name: String,
    provider: String,
    /// Titles of the facts that it is asked for, and names of the materials that it spares.
    gives: Vec<String>,
    /// Law and article by which it is checked without a yes.
    duty: Option<String>,
}

/// The registers that the matter draws on.
async fn rows(state: &StaffState, draft: &Draft) -> Result<Vec<SourceRow>, WebError> {
    let content = &draft.item.content;
    let mut rows = Vec::new();
    for wanted in tongban_catalogue::wanted_facts(content) {
        let code = wanted.resource;
        let Some(entry) = state.exchange.resource(&code).await.told()? else {
            continue;
        };
        let facts = entry.offered(&wanted.fields).into_iter().map(|field| field.title);
        let materials = content
            .materials
            .iter()
            .filter(|wanted| {
                matches!(&wanted.replaced_by, Some(Replacement::Resource { resource, .. }) if *resource == code)
            })
            .map(|wanted| wanted.name.clone());
        let gives = facts.chain(materials).collect();
        rows.push(SourceRow {
            name: entry.name,
            provider: entry.organisation_name,
            duty: content.duty(&code).map(|duty| duty.basis()),
            code,
            gives,
        });
    }
    Ok(rows)
}

/// Reads what was agreed to, fills the form and shows it. A department that does not answer is filled in by hand.
pub(super) async fn fetch(
    state: &StaffState,
    actor: &Actor,
    item: ItemVersion,
    consent: Consent,
) -> Result<Response, WebError> {
    let form = path(&format!("/desk/file/{}/form", consent.case));
    match tongban_cases::fetch(&state.store, &state.exchange, actor, item, consent).await {
        // two clicks at the same moment: the other one is filling the form that both lead to
        Ok(()) | Err(tongban_cases::Error::Conflict) => Ok(see_other(&form).into_response()),
        Err(error) => Err(error).told(),
    }
}

async fn ask(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    if draft.view.state != CaseState::Draft {
        return Ok(see_other(&path(&format!("/desk/cases/{}", draft.id()))).into_response());
    }
    let (duties, sources) = rows(&state, &draft)
        .await?
        .into_iter()
        .partition(|row| row.duty.is_some());
    let data = SourcesPage {
        crumbs: draft.crumbs("desk-file-sources"),
        steps: steps(),
        name: draft.view.item_name.clone(),
        applicant: draft.view.applicant_name.clone(),
        action: format!("{}/sources", draft.address()),
        law: draft
            .item
            .content
            .legal_basis
            .first()
            .map(|basis| format!("{}{}", basis.law, basis.article)),
        duties,
        sources,
    };
    render(&state, &frame(&state, &visitor), "desk/file_sources.html", &data)
}

async fn read(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    if draft.view.state != CaseState::Draft {
        return Ok(see_other(&path(&format!("/desk/cases/{}", draft.id()))).into_response());
    }
    let agreed = |code: &String| posted.all("resource").any(|posted| posted == code);
    let resources = tongban_catalogue::resources_by_consent(&draft.item.content)
        .into_iter()
        .filter(agreed)
        .collect();
    let consent = Consent {
        case: draft.id(),
        resources,
    };
    fetch(&state, &draft.actor, draft.item, consent).await
}
