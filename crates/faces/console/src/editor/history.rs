//! The versions of an item and what changed in each.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tongban_catalogue::{Change, Entries, VersionInFull, VersionState, changes};
use tongban_store::PageRequest;
use tongban_web::{Locale, Sentence, Visitor, WebError, pages::Texts};

use super::{
    Opened,
    sections::{SECTIONS, Section},
};
use crate::{
    StaffState,
    parts::{Crumb, Pages, frame, page_request, render_with},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/items/{item}/history", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

#[derive(Serialize)]
struct HistoryPage {
    crumbs: Vec<Crumb>,
    name: String,
    rows: Vec<VersionRow>,
    pages: Pages,
}

#[derive(Serialize)]
struct VersionRow {
    number: i32,
    state: &'static str,
    in_force: bool,
    imported: bool,
    effective_from: NaiveDate,
    published_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
    withdraw_href: Option<String>,
    /// What it says otherwise than the version before; none for the first.
    changes: Option<Vec<ChangeRow>>,
}

/// One element that says something else.
#[derive(Serialize)]
struct ChangeRow {
    label: Sentence,
    before: Option<Sentence>,
    after: Option<Sentence>,
    entries: Option<Entries>,
}

/// What an element of the content is called.
fn element(member: &str) -> Sentence {
    let of_list = SECTIONS
        .iter()
        .find(|section| section.list.as_ref().is_some_and(|list| list.member == member));
    if let Some(section) = of_list {
        return Sentence::key(format!("editor-section-{}", section.word));
    }
    let asked = |section: &&Section| {
        section.list.is_none() && section.fields.iter().any(|field| field.path == member)
    };
    match SECTIONS.iter().find(asked) {
        Some(section) => Sentence::key(format!("editor-{}-{member}", section.word)),
        None => Sentence::key(format!("editor-element-{member}")),
    }
}

/// A value as it is read: the text of its word where it is one.
fn value(member: &str, value: String, texts: &Texts) -> Sentence {
    let key = match member {
        "item_type" => format!("portal-item-type-{value}"),
        _ => format!("editor-word-{member}-{value}"),
    };
    if texts.has(Locale::Chinese, &key) {
        return Sentence::key(key);
    }
    match value.as_str() {
        "true" => Sentence::key("editor-yes"),
        "false" => Sentence::key("editor-no"),
        _ => Sentence::plain(value),
    }
}

fn row(change: Change, texts: &Texts) -> ChangeRow {
    let told = |text: Option<String>| text.map(|text| value(&change.field, text, texts));
    ChangeRow {
        label: element(&change.field),
        before: told(change.before),
        after: told(change.after),
        entries: change.entries,
    }
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let request = page_request(&asked.page);
    let found = tongban_catalogue::versions_in_full(&state.store, opened.line.id, request)
        .await
        .told()?;
    let pages = Pages::of(&found, format!("{}/history?page=", opened.address()));
    // the last row of a page is compared with the first of the next one
    let beyond = PageRequest::new(request.offset() + request.size + 1, 1);
    let beyond = tongban_catalogue::versions_in_full(&state.store, opened.line.id, beyond)
        .await
        .told()?;
    let befores: Vec<Option<&VersionInFull>> = found
        .rows
        .iter()
        .skip(1)
        .map(Some)
        .chain([beyond.rows.first()])
        .collect();
    let texts = state.kit.pages.texts();
    let rows = found.rows.iter().zip(befores).map(|(this, before)| {
        let line = &this.line;
        VersionRow {
            number: line.number,
            state: line.state.as_str(),
            in_force: opened.line.current == Some(line.id),
            imported: line.imported,
            effective_from: line.effective_from,
            published_at: line.published_at,
            withdrawn_at: line.withdrawn_at,
            withdraw_href: (line.state == VersionState::Published)
                .then(|| format!("{}/withdraw/{}", opened.address(), line.id)),
            changes: before.map(|before| {
                changes(&before.version.content, &this.version.content)
                    .into_iter()
                    .map(|change| row(change, texts))
                    .collect()
            }),
        }
    });
    let data = HistoryPage {
        crumbs: opened.crumbs(Sentence::key("editor-history")),
        name: opened.name(),
        rows: rows.collect(),
        pages,
    };
    render_with(
        &state,
        &frame(&state, &visitor),
        "desk/item_history.html",
        &data,
        StatusCode::OK,
    )
}
