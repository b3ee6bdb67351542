//! Small things that several pages share: ids and page numbers out of addresses, lists that page, today.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_store::{Page, PageRequest, Store};
use tongban_web::{LocalPath, Sentence, WebError};
use uuid::Uuid;

use crate::told::Told;

/// Rows of a list that people read.
pub(crate) const ROWS: u64 = 20;

/// The civil day in Beijing.
pub(crate) fn today(store: &Store) -> NaiveDate {
    beijing_date(store.now())
}

/// Working days from the year before this one on: what running clocks need.
pub(crate) async fn calendar(store: &Store) -> Result<Arc<WorkCalendar>, WebError> {
    tongban_directory::calendar_from(store, today(store).year() - 1)
        .await
        .told()
}

/// An id in an address. What is none leads nowhere.
pub(crate) fn id(text: &str) -> Result<Uuid, WebError> {
    Uuid::parse_str(text).map_err(|_| WebError::not_found())
}

/// The page that an address asks for.
pub(crate) fn page_request(number: Option<&str>) -> PageRequest {
    PageRequest::new(number.and_then(|number| number.parse().ok()).unwrap_or(1), ROWS)
}

/// A path made by us: an id or a fixed word in it cannot make it foreign.
pub(crate) fn path(text: &str) -> LocalPath {
    LocalPath::parse_or_home(text)
}

/// What the macro `pagination` needs.
#[derive(Debug, Serialize)]
pub(crate) struct Pages {
    /// The address up to the page number.
    pub base: String,
    pub number: u64,
    pub pages: u64,
    pub count: u64,
}

impl Pages {
    pub(crate) fn of<T>(page: &Page<T>, base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            number: page.number,
            pages: page.pages(),
            count: page.total,
        }
    }
}

/// One step of the way up; the last one is the page itself.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Crumb {
    pub href: Option<String>,
    pub label: Sentence,
}

impl Crumb {
    pub(crate) fn link(href: impl Into<String>, label: Sentence) -> Self {
        Self {
            href: Some(href.into()),
            label,
        }
    }

    pub(crate) fn here(label: Sentence) -> Self {
        Self { href: None, label }
    }
}

/// One entry of the macro `facts`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    pub label: Sentence,
    pub value: Sentence,
    pub note: Option<Sentence>,
    pub href: Option<String>,
    pub strong: bool,
}

impl Fact {
    pub(crate) fn new(label: &str, value: Sentence) -> Self {
        Self {
            label: Sentence::key(label),
            value,
            note: None,
            href: None,
            strong: false,
        }
    }

    pub(crate) fn strong(mut self) -> Self {
        self.strong = true;
        self
    }

    pub(crate) fn note(mut self, note: Option<Sentence>) -> Self {
        self.note = note;
        self
    }
}
