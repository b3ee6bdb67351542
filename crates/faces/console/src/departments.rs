//! The demo's simulated department systems: stop one, slow one, make one answer about somebody else.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_store::{AuditEntry, StoreError};
use tongban_web::{Flash, Form, Visitor, WebError};

use crate::{
    DEPARTMENT_MODES, DepartmentSwitch, DepartmentSwitches, StaffState,
    parts::{act, frame, path, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/departments", get(list))
        .route("/desk/departments/{code}", post(set))
}

#[derive(Serialize)]
struct DepartmentsPage {
    departments: Vec<DepartmentSwitch>,
    modes: [&'static str; 4],
}

/// The switches; outside the demo the page does not exist.
fn switches(state: &StaffState, visitor: &Visitor) -> Result<Arc<dyn DepartmentSwitches>, WebError> {
    staff(visitor, Action::DepartmentSwitch)?;
    state.demo_departments.clone().ok_or_else(WebError::not_found)
}

async fn list(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    let switches = switches(&state, &visitor)?;
    let data = DepartmentsPage {
        departments: switches.list(),
        modes: DEPARTMENT_MODES,
    };
    render(&state, &frame(&state, &visitor), "desk/departments.html", &data)
}

#[derive(Debug, Deserialize)]
struct Chosen {
    mode: String,
}

async fn set(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(code): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, WebError> {
    let switches = switches(&state, &visitor)?;
    if !switches.set(&code, &chosen.mode) {
        return Err(WebError::not_found());
    }
    let actor = &staff(&visitor, Action::DepartmentSwitch)?.actor;
    let input = (code, chosen.mode);
    let noted: Result<(), StoreError> = act(&state, actor, input, |tx, _, (code, mode)| async move {
        tx.audit(
            AuditEntry::new("department.switch")
                .on("department", code)
                .with("mode", mode),
        )
        .await
    })
    .await;
    noted.told()?;
    Ok(Flash::good(&state.kit, "desk-done-department").redirect(&path("/desk/departments")))
}
