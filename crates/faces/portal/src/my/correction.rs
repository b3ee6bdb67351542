//! 更正姓名: asked for here, answered at a window.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::PartyKind;
use tongban_identity::{AskCorrection, CorrectionView};
use tongban_web::{Flash, Form, Sentence, Visitor, WebError};

use super::context;
use crate::{PortalState, parts::path, told::Told};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/correction", get(show).post(ask))
}

#[derive(Serialize)]
struct CorrectionPage<'a> {
    /// The name as the account bears it.
    name: String,
    /// The last one that was asked for.
    last: Option<CorrectionView>,
    wanted: &'a str,
    error: Option<Sentence>,
}

async fn page(
    state: &PortalState,
    visitor: &Visitor,
    wanted: &str,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let account = session
        .actor
        .holder()
        .filter(|_| session.actor.holder_kind() == Some(PartyKind::Person))
        .ok_or_else(WebError::forbidden)?;
    let account = tongban_identity::account(&state.store, account)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = CorrectionPage {
        name: account.name,
        last: tongban_identity::own_correction(&state.store, &session.actor)
            .await
            .told()?,
        wanted,
        error,
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/correction.html", &data)?
        .with_status(status)
        .into_response())
}

async fn show(State(state): State<PortalState>, visitor: Visitor) -> Result<Response, WebError> {
    page(&state, &visitor, "", None).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    wanted: String,
}

async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let actor = visitor.require_party()?.actor.as_holder();
    let (by, wanted) = (actor.clone(), typed.wanted.clone());
    let asked = state
        .store
        .write(actor.signer(), move |tx| {
            let (by, wanted) = (by.clone(), wanted.clone());
            async move { tongban_identity::ask_correction(&tx, &by, AskCorrection { wanted }).await }
        })
        .await
        .told();
    match asked {
        Ok(_) => Ok(Flash::good(&state.kit, "portal-correction-asked").redirect(&path("/my/correction"))),
        Err(error) if error.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let words = error.sentence(state.kit.pages.texts());
            page(&state, &visitor, &typed.wanted, Some(words)).await
        }
        Err(error) => Err(error),
    }
}
