//! Small things that several pages share: ids and page numbers out of addresses, lists that page, today.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_store::{PageRequest, Store};
use tongban_web::{Sentence, WebError};

pub(crate) use tongban_web::parts::{Crumb, Pages, id, path};

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

/// The page that an address asks for.
pub(crate) fn page_request(number: Option<&str>) -> PageRequest {
    PageRequest::new(number.and_then(|number| number.parse().ok()).unwrap_or(1), ROWS)
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
