//! The items with where they stand.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_catalogue::{ItemFilter, ItemLine, ItemState};
use tongban_web::{Sentence, Visitor, WebError, local_path::encode_query};

use crate::{
    StaffState,
    editor::region_of,
    findings::code_words,
    parts::{Pages, Tab, frame, page_request, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/items", get(list))
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
    href: String,
    published: bool,
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
            href: format!("/desk/items/{}", line.id),
            published: line.current.is_some(),
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
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::ItemManage)?.actor;
    let shown = STATES
        .into_iter()
        .find(|word| *word == asked.state)
        .unwrap_or("all");
    let q: String = asked.q.trim().chars().take(100).collect();
    let filter = ItemFilter {
        within: region_of(actor),
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
