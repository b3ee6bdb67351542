//! Working days, one national table.

pub mod import;
mod query;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tongban_codes::WorkCalendar;
use tongban_store::{Event, Store, StoreError};

use crate::{Error, import::Source};

/// The holidays and make-up working days of 2025 and 2026, as the State Council's yearly notices fix them.
const BUILTIN: &str = include_str!("../../data/calendar.csv");

/// The sequence that moves with each change of the table: every page with a date needs the table, which has some hundred rows.
const REVISION: &str = "directory.calendar";

/// Working days of these years were imported or changed: limits that count over them are due to be computed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarChanged {
    pub years: Vec<i32>,
}

impl Event for CalendarChanged {
    const TOPIC: &'static str = "calendar.changed";
}

/// The whole table of working days. A year of which a day is missing is in it, but not known.
pub async fn calendar(store: &Store) -> Result<Arc<WorkCalendar>, Error> {
    calendar_from(store, i32::MIN).await
}

/// The table from a year on: what a limit that starts in that year needs, at a fraction of the rows.
pub async fn calendar_from(store: &Store, year: i32) -> Result<Arc<WorkCalendar>, Error> {
    let revision = store.last_number(REVISION).await?;
    let key = format!("{REVISION}:{year}");
    if let Some(calendar) = store.kept(&key, revision) {
        return Ok(calendar);
    }
    let days = query::days_from(store, year).await?;
    let calendar = WorkCalendar::from_days(days)
        .map_err(|error| StoreError::Corrupt(format!("the table of working days: {error}")))?;
    let calendar = Arc::new(calendar);
    store.keep(&key, revision, Arc::clone(&calendar));
    Ok(calendar)
}

/// The working days that ship with the program, as a list to import.
///
/// # Errors
/// None in practice: a test reads it.
pub fn builtin_calendar() -> Result<Source, Error> {
    Source::parse("calendar.csv", BUILTIN.as_bytes())
}
