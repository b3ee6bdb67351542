//! Work after the commit that failed and waits for another try.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, require_second_factor};
use tongban_store::work::WaitingWork;
use tongban_web::{Flash, Form, Pairs, Visitor, WebError};

use crate::{
    StaffState,
    parts::{Pages, frame, id, page_request, path, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/work", get(list))
        .route("/desk/work/{job}/retry", post(retry))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

#[derive(Serialize)]
struct JobsPage {
    jobs: Vec<WaitingWork>,
    pages: Pages,
}

async fn list(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::SystemInspect)?;
    let found = state.store.waiting_work(page_request(&asked.page)).await.told()?;
    let data = JobsPage {
        pages: Pages::of(&found, "/desk/work?page="),
        jobs: found.rows,
    };
    render(&state, &frame(&state, &visitor), "desk/jobs.html", &data)
}

async fn retry(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(job): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::SystemInspect)?.actor;
    require_second_factor(actor, "system.retry")?;
    state.store.retry_now(actor.signer(), id(&job)?).await.told()?;
    Ok(Flash::good(&state.kit, "desk-done-retry").redirect(&path("/desk/work")))
}
