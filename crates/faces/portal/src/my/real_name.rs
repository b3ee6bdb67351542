//! 实名核验: name and number are held against the registers. What waits is carried along and shown afterwards.

use std::time::Duration;

use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::Assurance;
use tongban_identity::CheckRealName;
use tongban_web::{Flash, Form, LocalPath, Sentence, Visitor, WebError, sign_in_page::never_stored};

use super::{assurance::go_on, context};
use crate::{PortalState, sign_in::explained};

/// How long a person waits for the registers.
const BUDGET: Duration = Duration::from_secs(4);

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/real-name", get(ask).post(check))
        .route("/my/real-name/carry", post(carry))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    back: String,
    kept: String,
}

#[derive(Serialize)]
struct RealNamePage<'a> {
    name: &'a str,
    number: &'a str,
    /// The words of the proofs that may be chosen.
    proofs: Vec<&'a str>,
    proof: &'a str,
    proof_value: &'a str,
    /// Who is asked, in words.
    organisation: &'a str,
    back: LocalPath,
    kept: &'a str,
    /// In the demo: whom the registers know and who has no account.
    newcomers: Vec<[String; 3]>,
    /// Name and number were checked already.
    done: bool,
    error: Option<Sentence>,
}

fn render(
    state: &PortalState,
    visitor: &Visitor,
    typed: &Typed,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let rules = &state.real_name;
    let proofs: Vec<&str> = rules.proofs.iter().map(|proof| proof.word.as_str()).collect();
    let chosen = proofs
        .iter()
        .find(|word| **word == typed.proof)
        .or_else(|| proofs.first())
        .copied()
        .unwrap_or_default();
    let data = RealNamePage {
        name: &typed.name,
        number: &typed.number,
        proof: chosen,
        proofs,
        proof_value: &typed.proof_value,
        organisation: &rules.organisation,
        back: LocalPath::parse_or_home(&typed.back),
        kept: &typed.kept,
        newcomers: state
            .demo
            .as_ref()
            .map(|demo| demo.newcomers())
            .unwrap_or_default(),
        done: visitor.actor().assurance() > Some(Assurance::Registered),
        error,
    };
    let status = if data.error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut response = state
        .kit
        .pages
        .render(&context(visitor), "portal/my/real_name.html", &data)?
        .with_status(status)
        .into_response();
    never_stored(&mut response);
    Ok(response)
}

async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    visitor.require_party()?;
    let typed = Typed {
        back: asked.back,
        ..Typed::default()
    };
    render(&state, &visitor, &typed, None)
}

/// The same page, with a form that waits.
async fn carry(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    visitor.require_party()?;
    let typed = Typed {
        back: asked.back,
        kept: asked.kept,
        ..Typed::default()
    };
    render(&state, &visitor, &typed, None)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    number: String,
    proof: String,
    proof_value: String,
    back: String,
    kept: String,
}

async fn check(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let input = CheckRealName {
        session: session.session_id,
        name: typed.name.clone(),
        number: typed.number.clone(),
        proof: (!typed.proof.is_empty()).then(|| (typed.proof.clone(), typed.proof_value.clone())),
    };
    let checked = tongban_identity::check_real_name(
        &state.store,
        &state.exchange,
        &session.actor,
        &state.real_name,
        input,
        BUDGET,
    )
    .await;
    match checked {
        Ok(()) => {
            let done = Flash::good(&state.kit, "portal-real-name-done");
            go_on(&state, &visitor, &typed.back, Some(&typed.kept), done)
        }
        Err(error) => {
            let error = explained(error)?;
            render(
                &state,
                &visitor,
                &typed,
                Some(error.sentence(state.kit.pages.texts())),
            )
        }
    }
}
