//! Throwing a draft away: a question first, then the act.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_cases::DiscardDraft;
use tongban_procedure::State as CaseState;
use tongban_web::{Flash, Form, OnceKey, Pairs, Visitor, WebError, local_path::see_other, once};

use super::{context, draft::Own};
use crate::{PortalState, parts::path, told::Told};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/cases/{case}/discard", get(ask).post(discard))
}

#[derive(Serialize)]
struct DiscardPage {
    name: String,
    address: String,
    version: i32,
}

async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    if own.view.state != CaseState::Draft {
        // what was filed is withdrawn, not thrown away
        return Ok(see_other(&path(&own.address())).into_response());
    }
    let data = DiscardPage {
        name: own.view.item_name.clone(),
        address: own.address(),
        version: own.view.version,
    };
    Ok(state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/discard.html", &data)?
        .into_response())
}

async fn discard(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = visitor.require_party()?.actor.clone();
    let input = DiscardDraft {
        case: crate::parts::id(&case)?,
        seen: posted.get("version").and_then(|version| version.parse().ok()),
    };
    // the second of two clicks is told that it is gone, and nobody else whether it was there
    let key = OnceKey::of_form(&state.kit, &actor, "POST /my/cases/discard", &input.case, &posted)?;
    once(&state.store, &actor, key, input, |tx, by, input| async move {
        tongban_cases::discard_draft(&tx, &by, input).await.told()
    })
    .await?;
    Ok(Flash::good(&state.kit, "portal-draft-discarded").redirect(&path("/my/cases")))
}
