//! The list of one's own cases and drafts.

use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tongban_cases::CaseLine;
use tongban_codes::Light;
use tongban_procedure::State as CaseState;
use tongban_web::{Page, Visitor, WebError};

use super::{Tab, context, tabs};
use crate::{
    PortalState,
    parts::{Pages, calendar, page_request},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/cases", get(list))
}

#[derive(Deserialize)]
struct Asked {
    page: Option<String>,
}

#[derive(Serialize)]
struct CasesPage {
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    pages: Pages,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    number: Option<String>,
    organisation: String,
    state: CaseState,
    tone: &'static str,
    light: Option<Light>,
    /// Whether the clock stands still.
    stopped: bool,
    due_on: Option<NaiveDate>,
    touched_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
}

/// The colour of a state's chip.
pub(crate) fn tone(state: CaseState) -> &'static str {
    match state {
        CaseState::Draft | CaseState::Withdrawn | CaseState::Lapsed => "plain",
        CaseState::Submitted | CaseState::Accepted => "blue",
        CaseState::Supplement => "yellow",
        CaseState::Granted => "green",
        CaseState::Refused | CaseState::NotAccepted => "red",
    }
}

impl From<CaseLine> for Row {
    fn from(line: CaseLine) -> Self {
        let inner = if line.state == CaseState::Draft {
            "/form"
        } else {
            ""
        };
        Self {
            href: format!("/my/cases/{}{inner}", line.id),
            name: line.item_name,
            number: line.number,
            organisation: line.organisation_name,
            state: line.state,
            tone: tone(line.state),
            light: line.light,
            stopped: line.stopped_since.is_some(),
            due_on: line.due_on,
            touched_at: line.touched_at,
            submitted_at: line.submitted_at,
        }
    }
}

async fn list(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    let calendar = calendar(&state.store).await?;
    let page = tongban_cases::my_cases(
        &state.store,
        &session.actor,
        &calendar,
        page_request(asked.page.as_deref()),
    )
    .await
    .told()?;
    let data = CasesPage {
        tabs: tabs(&state, session, "/my/cases").await?,
        pages: Pages::of(&page, "/my/cases?page="),
        rows: page.rows.into_iter().map(Row::from).collect(),
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/cases.html", &data)
}
