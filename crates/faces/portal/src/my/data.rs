//! 谁看过我的数据: reads of one's facts through the exchange, and unmasked looks at one's cases.

use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Assurance, Thing, permit};
use tongban_exchange::{ReadAbout, ReadBasis};
use tongban_store::{LogLine, Stream};
use tongban_web::{Page, Sentence, Visitor, WebError};

use super::{Tab, context, tabs};
use crate::{
    PortalState,
    parts::{Pages, page_request},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/data", get(show))
}

#[derive(Deserialize)]
struct Asked {
    page: Option<String>,
    /// `looks` shows who opened one's cases; otherwise the reads of registers.
    list: Option<String>,
}

#[derive(Serialize)]
struct DataPage {
    tabs: Vec<Tab>,
    looks: bool,
    reads: Vec<ReadRow>,
    lines: Vec<LookRow>,
    pages: Pages,
}

#[derive(Serialize)]
struct ReadRow {
    at: DateTime<Utc>,
    /// Who asked: oneself, or an office.
    reader: Sentence,
    used_by: String,
    purpose: String,
    resource: String,
    provider: String,
    /// What was asked for.
    facts: String,
    basis: Sentence,
    outcome: Sentence,
}

#[derive(Serialize)]
struct LookRow {
    at: DateTime<Utc>,
    reader: String,
    purpose: String,
}

impl From<ReadAbout> for ReadRow {
    fn from(read: ReadAbout) -> Self {
        let reader = match read.reader_organisation {
            Some(organisation) => Sentence::plain(organisation),
            None if matches!(read.reader_kind.as_str(), "person" | "enterprise") => {
                Sentence::key("portal-reader-self")
            }
            None => Sentence::key("portal-reader-system"),
        };
        let basis = match read.basis {
            ReadBasis::Consent => Sentence::key("portal-basis-consent"),
            ReadBasis::Duty { law, item } => Sentence::key("portal-basis-duty")
                .with("law", law)
                .with("item", item),
        };
        let outcome = read.outcome.map_or("open", tongban_exchange::ReadOutcome::as_str);
        Self {
            at: read.at,
            reader,
            used_by: read.used_by,
            purpose: read.purpose_title,
            resource: read.resource_name,
            provider: read.provider,
            // rows from before the question was kept know what came
            facts: if read.asked.is_empty() {
                read.facts
            } else {
                read.asked
            }
            .join("、"),
            basis,
            outcome: Sentence::key(format!("portal-outcome-{outcome}")),
        }
    }
}

impl From<LogLine> for LookRow {
    fn from(line: LogLine) -> Self {
        let text = |name: &str| {
            line.detail
                .get(name)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            at: line.at,
            reader: text("reader"),
            purpose: text("purpose"),
        }
    }
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    let account = session.actor.account().ok_or_else(WebError::forbidden)?;
    permit(&session.actor, Action::DataView, &Thing::of(account))?;
    let party = tongban_identity::party(&state.store, account)
        .await
        .told()?
        .ok_or_else(|| WebError::assurance_needed(Assurance::RealName))?;
    let blinds = tongban_identity::subject_blinds(&state.store, party.kind, &party.number);
    let looks = asked.list.as_deref() == Some("looks");
    let request = page_request(asked.page.as_deref());
    let (reads, lines, pages) = if looks {
        let page = state
            .store
            .log_about(Stream::Access, &blinds, request)
            .await
            .told()?;
        let pages = Pages::of(&page, "/my/data?list=looks&page=");
        (
            Vec::new(),
            page.rows.into_iter().map(LookRow::from).collect(),
            pages,
        )
    } else {
        let page = tongban_exchange::reads_about(&state.store, &blinds, request)
            .await
            .told()?;
        let pages = Pages::of(&page, "/my/data?page=");
        (
            page.rows.into_iter().map(ReadRow::from).collect(),
            Vec::new(),
            pages,
        )
    };
    let data = DataPage {
        tabs: tabs(&state, session, "/my/data").await?,
        looks,
        reads,
        lines,
        pages,
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/data.html", &data)
}
