//! What the person takes home: the number, and the code that leads to the progress of the case.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_procedure::State as CaseState;
use tongban_web::{Visitor, WebError, local_path::see_other};

use super::draft::Draft;
use crate::{
    StaffState,
    parts::{frame, path, render},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/file/{case}/receipt", get(show))
}

#[derive(Serialize)]
struct ReceiptPage {
    name: String,
    applicant: String,
    organisation_name: String,
    number: String,
    submitted_at: Option<DateTime<Utc>>,
    progress: String,
    /// SVG of the QR code.
    qr: String,
    materials: Vec<String>,
    case_href: String,
    document_href: Option<String>,
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    let view = &draft.view;
    if view.state == CaseState::Draft {
        return Ok(see_other(&path(&format!("{}/confirm", draft.address()))).into_response());
    }
    let code = tongban_cases::progress_code(&state.store, &draft.actor, view.id)
        .await
        .told()?;
    let code = code.ok_or_else(WebError::not_found)?;
    let progress = format!("{}/progress/{code}", state.public_address);
    let case_href = format!("/desk/cases/{}", view.id);
    let receipt = view
        .documents
        .iter()
        .find(|document| document.kind == tongban_procedure::DocumentKind::Receipt);
    let data = ReceiptPage {
        name: view.item_name.clone(),
        applicant: view.applicant_name.clone(),
        organisation_name: view.organisation_name.clone(),
        number: view.number.clone().unwrap_or_default(),
        submitted_at: view.submitted_at,
        qr: tongban_press::qr_svg(&progress).map_err(WebError::internal)?,
        progress,
        materials: view.materials.iter().map(|there| there.name.clone()).collect(),
        document_href: receipt.map(|document| format!("{case_href}/documents/{}", document.id)),
        case_href,
    };
    render(&state, &frame(&state, &visitor), "desk/file_receipt.html", &data)
}
