//! Beginning an application: what will be read, of whom, by which law, and the person's yes to it.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_access::{Action, Actor, Assurance, Thing, permit};
use tongban_cases::{Applicant, Consent, StartDraft};
use tongban_catalogue::{Audience, ItemContent, ItemRef, ItemVersion, Replacement, applicable};
use tongban_identity::Party;
use tongban_procedure::State as CaseState;
use tongban_web::{
    Area, Flash, Form, OnceKey, Pairs, Sentence, Visitor, WebError,
    flash::Tone,
    local_path::{encode_query, see_other},
    once,
};
use uuid::Uuid;

use crate::{
    PortalState,
    guide::Names,
    parts::{Crumb, path, today},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/apply/{item}", get(ask).post(begin))
}

#[derive(Serialize)]
struct ApplyPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    action: String,
    guide_href: String,
    organisation: String,
    law: Option<String>,
    /// Registers that the law tells the office to check: told before, not asked.
    duties: Vec<SourceRow>,
    /// Registers that are read with the applicant's yes.
    sources: Vec<SourceRow>,
    /// Licences that the applicant holds and that spare a material.
    licences: Vec<String>,
    /// Materials that stay to be handed in.
    uploads: Vec<String>,
    spared: Vec<String>,
    /// Why this account cannot apply, if it cannot.
    closed: Option<Sentence>,
}

/// One register that would be asked.
#[derive(Serialize)]
struct SourceRow {
    code: String,
    name: String,
    /// Titles of the facts that it is asked for; none: only whether it knows the applicant.
    fields: Vec<String>,
    /// Materials that it spares.
    materials: Vec<String>,
    /// Law and article by which it is checked without a yes.
    duty: Option<String>,
}

/// The four steps of an application. The first is named by what happens there: consent where there is something to consent to, else the
/// word about what the law tells the office to check, else the beginning.
pub(crate) fn steps(content: &ItemContent) -> Vec<Sentence> {
    let first = if !tongban_catalogue::resources_by_consent(content).is_empty() {
        "portal-step-consent"
    } else if !tongban_catalogue::resources_of(content).is_empty() {
        "portal-step-duty"
    } else {
        "portal-step-begin"
    };
    [
        first,
        "portal-step-check",
        "portal-step-materials",
        "portal-step-confirm",
    ]
    .map(Sentence::key)
    .into()
}

/// The version in force; none after its end, and then the guide says so.
async fn find(state: &PortalState, item: &str) -> Result<Option<ItemVersion>, WebError> {
    tongban_catalogue::published(&state.store, ItemRef::from_segment(item), today(&state.store))
        .await
        .told()
}

fn guide_of(item: &str) -> Response {
    see_other(&path(&format!("/items/{}", encode_query(item)))).into_response()
}

async fn party_of(state: &PortalState, actor: &Actor) -> Result<Party, WebError> {
    let account = actor.account().ok_or_else(WebError::forbidden)?;
    tongban_identity::party(&state.store, account)
        .await
        .told()?
        .ok_or_else(|| WebError::assurance_needed(Assurance::RealName))
}

/// Whoever acts for another is told kindly that the mandate is not for this matter.
fn not_covered(
    state: &PortalState,
    actor: &Actor,
    version: &ItemVersion,
    guide_href: &str,
) -> Result<Option<Response>, WebError> {
    let thing = Thing::at(version.organisation, version.region.clone())
        .about(version.item)
        .owned_by(actor.account());
    match permit(actor, Action::CaseApply, &thing) {
        Err(denied) if actor.agency().is_some() && denied.needs.is_none() => {
            let words = Sentence::key("portal-acting-not-covered");
            Ok(Some(
                Flash::new(&state.kit, Tone::Note, &words).redirect(&path(guide_href)),
            ))
        }
        _ => Ok(None),
    }
}

async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(item): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let Some(version) = find(&state, &item).await? else {
        return Ok(guide_of(&item));
    };
    let guide_href = format!("/items/{}", version.item);
    if !applicable(&version) {
        return Ok(
            Flash::new(&state.kit, Tone::Note, &Sentence::key("portal-guide-only"))
                .redirect(&path(&guide_href)),
        );
    }
    if let Some(answer) = not_covered(&state, &session.actor, &version, &guide_href)? {
        return Ok(answer);
    }
    let content = &version.content;
    let party = party_of(&state, &session.actor).await?;
    let names = Names::read(&state, content).await?;
    let held = tongban_licences::held(&state.store, party.kind, &party.number)
        .await
        .told()?;
    let day = today(&state.store);
    let organisation = tongban_directory::organisation(&state.store, version.organisation)
        .await
        .told()?;
    let holds = |licence_type: &str| {
        held.iter()
            .any(|held| held.type_code == licence_type && held.is_valid_on(day))
    };
    let (duties, sources) = sources(content, &names)
        .into_iter()
        .partition(|source| source.duty.is_some());
    let mut licences = Vec::new();
    let (mut spared, mut uploads) = (Vec::new(), Vec::new());
    for material in &content.materials {
        match &material.replaced_by {
            Some(Replacement::Licence { licence_type }) if holds(licence_type) => {
                licences.push(names.of(licence_type));
                spared.push(material.name.clone());
            }
            Some(Replacement::Resource { .. }) => spared.push(material.name.clone()),
            _ => uploads.push(material.name.clone()),
        }
    }
    licences.dedup();
    let data = ApplyPage {
        crumbs: vec![
            Crumb::link("/", Sentence::key("nav-items")),
            Crumb::link(guide_href.clone(), Sentence::plain(content.name.clone())),
            Crumb::here(Sentence::key("portal-apply")),
        ],
        steps: steps(content),
        name: content.name.clone(),
        action: format!("/apply/{}", version.item),
        guide_href,
        organisation: organisation
            .map_or_else(|| content.department.clone(), |organisation| organisation.name),
        law: content
            .legal_basis
            .first()
            .map(|basis| format!("{}{}", basis.law, basis.article)),
        duties,
        sources,
        licences,
        uploads,
        spared,
        closed: (!content.serves(Audience::from(party.kind)))
            .then(|| Sentence::key(format!("portal-not-for-{}", party.kind.as_str()))),
    };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/apply.html", &data)?
        .into_response())
}

/// The registers that the matter draws on, with what each of them is asked for and what it spares the applicant.
fn sources(content: &ItemContent, names: &Names) -> Vec<SourceRow> {
    tongban_catalogue::resources_of(content)
        .into_iter()
        .filter_map(|resource| {
            let fields = names.answers(&resource)?;
            let spares = |replacement: &Option<Replacement>| matches!(replacement, Some(Replacement::Resource { resource: own, .. }) if *own == resource);
            let materials = content.materials.iter().filter(|material| spares(&material.replaced_by)).map(|material| material.name.clone()).collect();
            let duty = content.duty(&resource).map(|duty| duty.basis());
            Some(SourceRow { name: names.of(&resource), code: resource, fields, materials, duty })
        })
        .collect()
}

/// Starts the draft or goes on with the one that is open, reads what was consented to, and shows the form.
async fn begin(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let actor = session.actor.clone();
    let Some(version) = find(&state, &item).await? else {
        return Ok(guide_of(&item));
    };
    if let Some(answer) = not_covered(&state, &actor, &version, &format!("/items/{}", version.item))? {
        return Ok(answer);
    }
    let party = party_of(&state, &actor).await?;
    let organisation = tongban_directory::organisation(&state.store, version.organisation)
        .await
        .told()?;
    let all = tongban_catalogue::resources_by_consent(&version.content);
    // "yes to all" is one click on a button that says so; single sources are ticked, none beforehand
    let resources = if posted.get("consent_to").is_some_and(|word| word == "all") {
        all
    } else {
        all.into_iter()
            .filter(|resource| posted.all("consent").any(|code| code == resource))
            .collect()
    };
    let input = StartDraft {
        organisation_name: organisation.map_or_else(
            || version.content.department.clone(),
            |organisation| organisation.name,
        ),
        item: version.clone(),
        applicant: Applicant::from(party),
        present: false,
    };
    let key = OnceKey::of_form(&state.kit, &actor, "POST /apply", &version.item, &posted)?;
    let mut started = start(&state, &actor, key, input.clone()).await?;
    let standing = tongban_cases::case_standing(&state.store, &actor, started.0)
        .await
        .told()?;
    if standing.is_none_or(|standing| standing.state != CaseState::Draft) {
        // an old page that the browser showed again: what it began is handed in or thrown away by now
        started = start(&state, &actor, None, input).await?;
    }
    let (case, resumed) = started;
    // a draft that goes on is judged by the version it was begun with
    let own = if resumed {
        draft_version(&state, &actor, case).await?
    } else {
        version
    };
    let consent = Consent { case, resources };
    match tongban_cases::fetch(&state.store, &state.exchange, &actor, own, consent).await {
        // two clicks at the same moment: the other one is filling the form that both lead to
        Ok(()) | Err(tongban_cases::Error::Conflict) => {}
        Err(error) => return Err(error).told(),
    }
    let target = path(&format!("/my/cases/{case}/form"));
    if resumed {
        return Ok(
            Flash::new(&state.kit, Tone::Note, &Sentence::key("portal-draft-resumed")).redirect(&target),
        );
    }
    Ok(see_other(&target).into_response())
}

/// The case, and whether it is a draft that was open.
async fn start(
    state: &PortalState,
    actor: &Actor,
    key: Option<OnceKey>,
    input: StartDraft,
) -> Result<(Uuid, bool), WebError> {
    once(&state.store, actor, key, input, |tx, by, input| async move {
        let started = tongban_cases::start_draft(&tx, &by, input).await.told()?;
        Ok((started.case, started.resumed))
    })
    .await
}

async fn draft_version(state: &PortalState, actor: &Actor, case: Uuid) -> Result<ItemVersion, WebError> {
    let calendar = crate::parts::calendar(&state.store).await?;
    let view = tongban_cases::case_view(&state.store, actor, &calendar, case)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    tongban_catalogue::version_of_case(&state.store, view.item_version)
        .await
        .told()?
        .ok_or_else(WebError::not_found)
}
