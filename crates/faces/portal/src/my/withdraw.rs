//! Taking an application back: a question first, then the act.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_cases::Withdraw;
use tongban_procedure::State as CaseState;
use tongban_web::{Flash, Form, Pairs, Visitor, WebError, local_path::see_other};

use super::{context, draft::Own};
use crate::{PortalState, parts::path, told::answer};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/cases/{case}/withdraw", get(ask).post(withdraw))
}

#[derive(Serialize)]
struct WithdrawPage {
    name: String,
    number: Option<String>,
    address: String,
    version: i32,
}

/// Decided meanwhile, or withdrawn already.
fn over(own: &Own) -> bool {
    own.view.state.is_closed() || own.view.state == CaseState::Draft
}

async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    if over(&own) {
        return Ok(see_other(&path(&own.address())).into_response());
    }
    let data = WithdrawPage {
        name: own.view.item_name.clone(),
        number: own.view.number.clone(),
        address: own.address(),
        version: own.view.version,
    };
    Ok(state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/withdraw.html", &data)?
        .into_response())
}

async fn withdraw(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    let target = path(&own.address());
    if own.view.state == CaseState::Withdrawn {
        return Ok(see_other(&target).into_response());
    }
    let input = Withdraw {
        case: own.id(),
        seen: posted.get("version").and_then(|version| version.parse().ok()),
    };
    let by = own.actor.clone();
    state
        .store
        .write(own.actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { tongban_cases::withdraw(&tx, &by, input).await }
        })
        .await
        .map_err(answer)?;
    Ok(Flash::good(&state.kit, "portal-withdrawn").redirect(&target))
}
