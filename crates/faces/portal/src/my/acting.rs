//! 我替谁办事: mandates that name the person who is signed in, and for whom the session acts.

use std::time::Duration;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Actor, PartyKind};
use tongban_mandates::{Claim, MandateView, Side, Standing};
use tongban_web::{
    Flash, Form, LocalPath, Pairs, Sentence, Visitor, WebError, flash::Tone, local_path::see_other,
};
use uuid::Uuid;

use super::{Tab, context, tabs};
use crate::{
    PortalState,
    parts::{Pages, id, page_request, path, today},
    told::{Told, answer},
};

/// How long a person waits for the register.
const BUDGET: Duration = Duration::from_secs(4);

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/acting", get(show))
        .route("/my/acting/self", post(act_for_self))
        .route("/my/acting/firm", get(ask_firm).post(claim_firm))
        .route("/my/acting/{mandate}", get(ask).post(act_for))
        .route("/my/acting/{mandate}/answer", post(answer_offer))
        .route("/my/acting/{mandate}/give-up", get(ask_give_up).post(give_up))
}

/// Somebody whose matters may be another's; a firm that signs in itself acts for nobody.
fn person(visitor: &Visitor) -> Result<&tongban_web::SignedIn, WebError> {
    let session = visitor.require_party()?;
    if session.actor.holder_kind() == Some(PartyKind::Person) {
        Ok(session)
    } else {
        Err(WebError::forbidden())
    }
}

/// The mandate under which somebody acts.
fn current(actor: &Actor) -> Option<Uuid> {
    actor.agency().map(|agency| agency.mandate)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<String>,
    back: String,
}

#[derive(Serialize)]
struct ActingPage {
    tabs: Vec<Tab>,
    mandates: Vec<MandateView>,
    /// Under which the session acts.
    current: Option<Uuid>,
    pages: Pages,
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    if session.actor.holder_kind() != Some(PartyKind::Person) {
        // a firm has agents, and is nobody's
        return Ok(see_other(&path("/my/mandates")).into_response());
    }
    let found = tongban_mandates::received_mandates(
        &state.store,
        &session.actor,
        page_request(asked.page.as_deref()),
    )
    .await
    .told()?;
    let data = ActingPage {
        tabs: tabs(&state, session, "/my/acting").await?,
        current: current(&session.actor),
        pages: Pages::of(&found, "/my/acting?page="),
        mandates: found.rows,
    };
    Ok(state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/acting.html", &data)?
        .into_response())
}

/// A mandate of which the person is the agent.
async fn own(state: &PortalState, actor: &Actor, mandate: &str) -> Result<MandateView, WebError> {
    tongban_mandates::mandate(&state.store, actor, id(mandate)?, Side::Agent)
        .await
        .told()?
        .ok_or_else(WebError::not_found)
}

#[derive(Serialize)]
struct SwitchPage {
    mandate: MandateView,
    back: LocalPath,
}

/// Asks whether to act under a mandate: where messages about somebody else's case lead.
async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    let view = own(&state, &session.actor, &mandate).await?;
    let back = back_or_cases(&asked.back);
    if current(&session.actor) == Some(view.id) {
        return Ok(see_other(&back).into_response());
    }
    if view.standing != Standing::Active {
        let words = Sentence::key("portal-mandate-not-in-force");
        return Ok(Flash::new(&state.kit, Tone::Note, &words).redirect(&path("/my/acting")));
    }
    let data = SwitchPage { mandate: view, back };
    Ok(state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/acting_switch.html", &data)?
        .into_response())
}

fn back_or_cases(back: &str) -> LocalPath {
    LocalPath::parse(back).unwrap_or_else(|| path("/my/cases"))
}

/// Has the session act under the mandate.
async fn act_for(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    let rules = &state.representation;
    let switch = (session.session_id, id(&mandate)?);
    let done = tongban_mandates::begin_to_act(
        &state.store,
        &state.exchange,
        &session.actor,
        rules,
        switch,
        BUDGET,
    )
    .await
    .told();
    match done {
        Ok(()) => {
            let back = back_or_cases(posted.get("back").unwrap_or_default());
            Ok(Flash::good(&state.kit, "portal-acting-now").redirect(&back))
        }
        Err(error) => flash_refusal(&state, error, "/my/acting"),
    }
}

/// Says a refusal on the page where the person goes on.
pub(super) fn flash_refusal(state: &PortalState, error: WebError, page: &str) -> Result<Response, WebError> {
    if error.status() != StatusCode::UNPROCESSABLE_ENTITY {
        return Err(error);
    }
    let words = error.sentence(state.kit.pages.texts());
    Ok(Flash::new(&state.kit, Tone::Bad, &words).redirect(&path(page)))
}

/// The person acts for themself again.
async fn act_for_self(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    let (by, session_id) = (session.actor.clone(), session.session_id);
    state
        .store
        .write(session.actor.as_holder().signer(), move |tx| {
            let by = by.clone();
            async move { tongban_mandates::act_for_self(&tx, &by, session_id).await }
        })
        .await
        .told()?;
    Ok(Flash::good(&state.kit, "portal-acting-self").redirect(&path("/my/acting")))
}

async fn answer_offer(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    let accept = posted.get("answer") == Some("accept");
    let (by, id) = (session.actor.clone(), id(&mandate)?);
    let done = state
        .store
        .write(session.actor.as_holder().signer(), move |tx| {
            let by = by.clone();
            async move { tongban_mandates::answer_mandate(&tx, &by, id, accept).await }
        })
        .await
        .told();
    match done {
        Ok(()) => {
            let key = if accept {
                "portal-mandate-accepted"
            } else {
                "portal-mandate-refused"
            };
            Ok(Flash::good(&state.kit, key).redirect(&path("/my/acting")))
        }
        Err(error) => flash_refusal(&state, error, "/my/acting"),
    }
}

#[derive(Serialize)]
struct GiveUpPage {
    mandate: MandateView,
}

async fn ask_give_up(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    let mandate = own(&state, &session.actor, &mandate).await?;
    if !mandate.may_end {
        return Ok(see_other(&path("/my/acting")).into_response());
    }
    Ok(state
        .kit
        .pages
        .render(
            &context(&visitor),
            "portal/my/acting_give_up.html",
            &GiveUpPage { mandate },
        )?
        .into_response())
}

async fn give_up(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    let (by, id) = (session.actor.clone(), id(&mandate)?);
    let done = state
        .store
        .write(session.actor.as_holder().signer(), move |tx| {
            let by = by.clone();
            async move { tongban_mandates::end_mandate(&tx, &by, id, Side::Agent).await }
        })
        .await
        .told();
    match done {
        Ok(()) => Ok(Flash::good(&state.kit, "portal-mandate-given-up").redirect(&path("/my/acting"))),
        Err(error) => flash_refusal(&state, error, "/my/acting"),
    }
}

#[derive(Serialize)]
struct FirmPage<'a> {
    code: &'a str,
    /// Who is asked, in words.
    organisation: &'a str,
    until: chrono::NaiveDate,
    error: Option<Sentence>,
}

fn firm_page(
    state: &PortalState,
    visitor: &Visitor,
    code: &str,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = FirmPage {
        code,
        organisation: &state.representation.organisation,
        until: today(&state.store) + chrono::Duration::days(state.representation.days),
        error,
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/acting_firm.html", &data)?
        .with_status(status)
        .into_response())
}

async fn ask_firm(State(state): State<PortalState>, visitor: Visitor) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    known(session)?;
    firm_page(&state, &visitor, "", None)
}

/// Whose number nobody has checked is led there first.
fn known(session: &tongban_web::SignedIn) -> Result<(), WebError> {
    use tongban_access::Assurance;
    match session.actor.assurance() {
        Some(level) if level >= Assurance::RealName => Ok(()),
        _ => Err(WebError::assurance_needed(Assurance::RealName)),
    }
}

async fn claim(state: &PortalState, actor: &Actor, claim: Claim) -> Result<Uuid, WebError> {
    let rules = &state.representation;
    tongban_mandates::claim_representation(&state.store, &state.exchange, actor, rules, claim, BUDGET)
        .await
        .map_err(answer)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TypedFirm {
    code: String,
}

async fn claim_firm(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<TypedFirm>,
) -> Result<Response, WebError> {
    let session = person(&visitor)?;
    known(session)?;
    match claim(&state, &session.actor, Claim::Firm(typed.code.clone())).await {
        Ok(_) => Ok(Flash::good(&state.kit, "portal-firm-found").redirect(&path("/my/acting"))),
        Err(error) if error.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let words = error.sentence(state.kit.pages.texts());
            firm_page(&state, &visitor, &typed.code, Some(words))
        }
        Err(error) => Err(error),
    }
}
