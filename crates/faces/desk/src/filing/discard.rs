//! Throwing away what was begun for a person: a question first, then the act.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_access::Action;
use tongban_cases::DiscardDraft;
use tongban_procedure::State as CaseState;
use tongban_web::{Flash, Form, OnceKey, Pairs, Visitor, WebError, local_path::see_other, once};

use super::draft::Draft;
use crate::{
    StaffState,
    parts::{frame, id, path, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/file/{case}/discard", get(ask).post(discard))
}

#[derive(Serialize)]
struct DiscardPage {
    name: String,
    applicant: String,
    address: String,
    version: i32,
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
    let data = DiscardPage {
        name: draft.view.item_name.clone(),
        applicant: draft.view.applicant_name.clone(),
        address: draft.address(),
        version: draft.view.version,
    };
    render(&state, &frame(&state, &visitor), "desk/file_discard.html", &data)
}

async fn discard(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseFileAtWindow)?.actor;
    let input = DiscardDraft {
        case: id(&case)?,
        seen: posted.get("version").and_then(|version| version.parse().ok()),
    };
    // the second of two clicks is told that it is gone, and nobody else whether it was there
    let key = OnceKey::of_form(&state.kit, actor, "POST /desk/file/discard", &input.case, &posted)?;
    once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::discard_draft(&tx, &by, input).await.told()
    })
    .await?;
    Ok(Flash::good(&state.kit, "desk-file-discarded").redirect(&path("/desk/file")))
}
