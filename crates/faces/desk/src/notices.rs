//! What the office is reminded of: limits that are about to pass, or have passed.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_engage::Notice;
use tongban_web::{Visitor, WebError};

use crate::{
    StaffState,
    parts::{Pages, frame, page_request, render, staff},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/notices", get(list))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

#[derive(Serialize)]
struct NoticesPage {
    rows: Vec<Notice>,
    pages: Pages,
}

async fn list(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseView)?.actor;
    let found = tongban_engage::notices(&state.store, actor, page_request(&asked.page))
        .await
        .told()?;
    let data = NoticesPage {
        pages: Pages::of(&found, "/desk/notices?page="),
        rows: found.rows,
    };
    render(&state, &frame(&state, &visitor), "desk/notices.html", &data)
}
