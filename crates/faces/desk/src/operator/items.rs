//! The items with where they stand, and the quality board: what is published with findings.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_catalogue::{Debt, DebtFilter, ItemFilter, ItemLine, ItemState};
use tongban_web::{Sentence, Visitor, WebError, local_path::encode_query, pages::Texts};

use super::{FindingView, finding_words};
use crate::{
    DeskState,
    parts::{Pages, Tab, frame, page_request, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<DeskState> {
    Router::new()
        .route("/desk/items", get(list))
        .route("/desk/quality", get(quality))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    state: String,
    finding: String,
    page: String,
}

/// The words of the states in addresses and text keys; the first shows all.
const STATES: [&str; 5] = ["all", "published", "drafted", "idle", "indebted"];

fn item_state(word: &str) -> Option<ItemState> {
    match word {
        "published" => Some(ItemState::Published),
        "drafted" => Some(ItemState::Drafted),
        "idle" => Some(ItemState::Idle),
        "indebted" => Some(ItemState::Indebted),
        _ => None,
    }
}

#[derive(Serialize)]
struct ItemsPage {
    q: String,
    state: &'static str,
    finding: String,
    finding_words: Option<Sentence>,
    tabs: Vec<Tab>,
    rows: Vec<ItemRow>,
    pages: Pages,
}

#[derive(Serialize)]
struct ItemRow {
    guide_href: Option<String>,
    name: String,
    code: String,
    department: String,
    item_type: Sentence,
    state: Sentence,
    tone: &'static str,
    drafted: bool,
    findings: i32,
}

impl From<ItemLine> for ItemRow {
    fn from(line: ItemLine) -> Self {
        let (state, tone) = match (line.current, line.draft) {
            (Some(_), _) => ("desk-item-published", "green"),
            (None, Some(_)) => ("desk-item-drafted", "blue"),
            (None, None) => ("desk-item-idle", "plain"),
        };
        Self {
            guide_href: line.current.map(|_| format!("/items/{}", line.id)),
            state: Sentence::key(state),
            tone,
            drafted: line.draft.is_some(),
            item_type: Sentence::key(format!("portal-item-type-{}", line.item_type.code())),
            name: line.name,
            code: line.code,
            department: line.department,
            findings: line.findings,
        }
    }
}

async fn list(
    State(state): State<DeskState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::ItemManage)?;
    let shown = STATES
        .into_iter()
        .find(|word| *word == asked.state)
        .unwrap_or("all");
    let q: String = asked.q.trim().chars().take(100).collect();
    let filter = ItemFilter {
        state: item_state(shown),
        text: Some(q.clone()).filter(|text| !text.is_empty()),
        finding: Some(asked.finding.clone()).filter(|code| !code.is_empty()),
        ..ItemFilter::default()
    };
    let found = tongban_catalogue::items(&state.store, &filter, page_request(&asked.page))
        .await
        .told()?;
    let address = |word: &str| {
        let (q, finding) = (encode_query(&q), encode_query(&asked.finding));
        format!("/desk/items?state={word}&q={q}&finding={finding}")
    };
    let tab = |word: &'static str| Tab {
        href: address(word),
        label: Sentence::key(format!("desk-items-{word}")),
        count: None,
        current: word == shown,
    };
    let texts = state.kit.pages.texts();
    let data = ItemsPage {
        tabs: STATES.map(tab).into(),
        pages: Pages::of(&found, format!("{}&page=", address(shown))),
        rows: found.rows.into_iter().map(ItemRow::from).collect(),
        state: shown,
        finding_words: (!asked.finding.is_empty()).then(|| code_words(&asked.finding, texts)),
        finding: asked.finding,
        q,
    };
    render(&state, &frame(&state, &visitor), "desk/items.html", &data)
}

/// What a finding is called without the item it was found in.
fn code_words(code: &str, texts: &Texts) -> Sentence {
    finding_words(code, texts).map_or_else(|| Sentence::plain(code), Sentence::key)
}

#[derive(Serialize)]
struct QualityPage {
    /// One for each finding, the most frequent first.
    counts: Vec<CountRow>,
    total: i64,
    finding: String,
    rows: Vec<DebtRow>,
    pages: Pages,
}

#[derive(Serialize)]
struct CountRow {
    href: String,
    code: String,
    words: Sentence,
    items: i64,
    /// Of the largest, in percent, for the bar.
    percent: i64,
    current: bool,
}

#[derive(Serialize)]
struct DebtRow {
    guide_href: String,
    code: String,
    name: String,
    department: String,
    finding: FindingView,
    found_at: DateTime<Utc>,
}

impl DebtRow {
    fn of(debt: Debt, texts: &Texts) -> Self {
        Self {
            guide_href: format!("/items/{}", debt.item),
            finding: FindingView::of(&debt.finding, texts),
            code: debt.code,
            name: debt.name,
            department: debt.department,
            found_at: debt.found_at,
        }
    }
}

async fn quality(
    State(state): State<DeskState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::ItemManage)?;
    let texts = state.kit.pages.texts();
    let counts = tongban_catalogue::debt_counts(&state.store, &DebtFilter::default())
        .await
        .told()?;
    let largest = counts.first().map_or(1, |count| count.items.max(1));
    let filter = DebtFilter {
        finding: Some(asked.finding.clone()).filter(|code| !code.is_empty()),
        ..DebtFilter::default()
    };
    let found = tongban_catalogue::debts(&state.store, &filter, page_request(&asked.page))
        .await
        .told()?;
    let data = QualityPage {
        total: counts.iter().map(|count| count.items).sum(),
        counts: counts
            .into_iter()
            .map(|count| CountRow {
                href: format!("/desk/quality?finding={}", encode_query(&count.value)),
                words: code_words(&count.value, texts),
                percent: (count.items * 100 / largest).max(1),
                current: count.value == asked.finding,
                items: count.items,
                code: count.value,
            })
            .collect(),
        pages: Pages::of(
            &found,
            format!("/desk/quality?finding={}&page=", encode_query(&asked.finding)),
        ),
        rows: found
            .rows
            .into_iter()
            .map(|debt| DebtRow::of(debt, texts))
            .collect(),
        finding: asked.finding,
    };
    render(&state, &frame(&state, &visitor), "desk/quality.html", &data)
}
