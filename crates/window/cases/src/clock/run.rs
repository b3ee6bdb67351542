//! Starting and ending clocks in the act, reading them for pages.

use chrono::NaiveDate;
use serde::Serialize;
use tongban_codes::{LegalClock, Light, LightRule, LimitUnit, StopInterval, WorkCalendar};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::rules::Rule;
use crate::case::row::clock;

/// A clock of a case, as stored.
#[derive(Debug, Clone)]
pub struct CaseClock {
    pub rule: String,
    pub article: Option<String>,
    pub clock: LegalClock,
    pub ended_on: Option<NaiveDate>,
}

impl CaseClock {
    pub(crate) fn from_row(row: &clock::Model, stops: Vec<StopInterval>) -> Result<Self, StoreError> {
        let unit = LimitUnit::parse(&row.unit)
            .map_err(|error| StoreError::Corrupt(format!("clock unit: {error}")))?;
        let amount = u32::try_from(row.amount)
            .map_err(|_| StoreError::Corrupt("a clock runs backwards".to_owned()))?;
        Ok(Self {
            rule: row.rule.clone(),
            article: row.article.clone(),
            clock: LegalClock {
                unit,
                limit: amount,
                started: row.started_on,
                stops,
            },
            ended_on: row.ended_on,
        })
    }

    /// How it stands on a civil day.
    pub fn reading(&self, calendar: &WorkCalendar, today: NaiveDate) -> ClockReading {
        let total = self.clock.total_days();
        let at = self.ended_on.unwrap_or(today);
        // A year without a calendar: the count is not known, and the page says so.
        let used = self.clock.used(calendar, at).ok();
        let due = self.clock.due(calendar);
        ClockReading {
            rule: self.rule.clone(),
            article: self.article.clone(),
            unit: self.clock.unit,
            total,
            used,
            due_on: due.date(),
            earliest: due.earliest(),
            light: self.clock.light(calendar, at, &LightRule::default()),
            started_on: self.clock.started,
            ended_on: self.ended_on,
        }
    }
}

/// How a clock stands, ready for a page.
#[derive(Debug, Clone, Serialize)]
pub struct ClockReading {
    pub rule: String,
    pub article: Option<String>,
    pub unit: LimitUnit,
    /// Days of the limit.
    pub total: u32,
    /// Days used up, where the calendar knows.
    pub used: Option<u32>,
    /// The last day, where the calendar reaches so far.
    pub due_on: Option<NaiveDate>,
    /// It cannot be before this day.
    pub earliest: Option<NaiveDate>,
    pub light: Light,
    pub started_on: NaiveDate,
    pub ended_on: Option<NaiveDate>,
}

impl ClockReading {
    /// Part of the limit that is used, in percent, for the bar.
    pub fn percent(&self) -> u32 {
        match (self.used, self.total) {
            (Some(used), total) if total > 0 => (used * 100 / total).min(100),
            _ => 0,
        }
    }
}

/// The last day and the earliest possible day of a new clock.
pub(crate) fn bounds(
    rule: &Rule,
    started: NaiveDate,
    calendar: &WorkCalendar,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let due = LegalClock::new(rule.unit, rule.amount, started).due(calendar);
    (due.date(), due.earliest())
}

/// The row of a clock that starts.
pub(crate) fn row(tx: &Tx, case: Uuid, rule: &Rule, started: NaiveDate) -> Result<clock::Model, StoreError> {
    Ok(clock::Model {
        id: tx.new_id(),
        case_id: case,
        rule: rule.code.to_owned(),
        unit: rule.unit.as_str().to_owned(),
        amount: i32::try_from(rule.amount).map_err(|_| StoreError::Corrupt("limit of a clock".to_owned()))?,
        article: rule.article.clone(),
        started_on: started,
        ended_on: None,
    })
}
