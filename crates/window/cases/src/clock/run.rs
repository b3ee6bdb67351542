//! Starting and ending clocks in the act, reading them for pages.

use chrono::NaiveDate;
use serde::Serialize;
use tongban_codes::{Due, LegalClock, Light, LightRule, LimitUnit, StopInterval, WorkCalendar};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::rules::{self, Rule};
use crate::{
    case::row::clock,
    special::{
        domain::{Effect, SpecialView},
        row as special,
    },
};

/// A clock of a case, as stored, with what stopped or extended it.
#[derive(Debug, Clone)]
pub struct CaseClock {
    pub rule: String,
    pub article: Option<String>,
    /// The limit with all extensions, and the intervals in which it stood still.
    pub clock: LegalClock,
    pub ended_on: Option<NaiveDate>,
    /// Working days by which the limit was extended.
    pub extended: u32,
    /// The special procedures that concern this clock.
    pub procedures: Vec<SpecialView>,
}

impl CaseClock {
    /// Of `procedures` only those of the clock's own case count, and only for the clocks that they concern; what began after a clock has
    /// ended is none of its business.
    pub(crate) fn from_row(row: &clock::Model, procedures: &[special::Model]) -> Result<Self, StoreError> {
        let unit = LimitUnit::parse(&row.unit)
            .map_err(|error| StoreError::Corrupt(format!("clock unit: {error}")))?;
        let amount = u32::try_from(row.amount)
            .map_err(|_| StoreError::Corrupt("a clock runs backwards".to_owned()))?;
        let mut own: Vec<&special::Model> = Vec::new();
        for procedure in procedures {
            let began = row.ended_on.is_none_or(|ended| procedure.started_on <= ended);
            if procedure.case_id == row.case_id && began && rules::concerns(&row.rule, procedure.effect()?) {
                own.push(procedure);
            }
        }
        let mut extended = 0;
        for procedure in &own {
            extended += procedure.adds()?;
        }
        Ok(Self {
            rule: row.rule.clone(),
            article: row.article.clone(),
            clock: LegalClock {
                unit,
                limit: amount + extended,
                started: row.started_on,
                stops: own
                    .iter()
                    .filter_map(|procedure| procedure.stop())
                    .map(|stop| StopInterval {
                        to: row
                            .ended_on
                            .map_or(stop.to, |ended| Some(stop.to.map_or(ended, |to| to.min(ended)))),
                        ..stop
                    })
                    .collect(),
                until: row.until,
            },
            ended_on: row.ended_on,
            extended,
            procedures: own
                .iter()
                .map(|procedure| procedure.view())
                .collect::<Result<_, _>>()?,
        })
    }

    /// Whether the office has to act before it ends; otherwise the applicant has.
    pub fn is_of_office(&self) -> bool {
        self.rule != rules::SUPPLEMENT_ANSWER
    }

    /// Whether it runs beside the clock of the decision, which is the one that the applicant is promised.
    pub fn is_beside(&self) -> bool {
        self.rule == rules::FIRST_REVIEW
    }

    /// The day on which the applicant was told that it stands still, while it does.
    fn told_on(&self) -> Option<NaiveDate> {
        let stopping = |known: &&SpecialView| known.effect == Effect::Stops && known.ended_on.is_none();
        self.procedures
            .iter()
            .find(stopping)
            .map(|known| known.started_on)
    }

    /// How it stands on a civil day.
    pub fn reading(&self, calendar: &WorkCalendar, today: NaiveDate) -> ClockReading {
        let total = self.clock.total_days();
        let at = self.ended_on.unwrap_or(today);
        // A year without a calendar: the count is not known, and the page says so.
        let used = self.clock.used(calendar, at).ok();
        let due = self.clock.due(calendar);
        let (stopped_since, left) = match due {
            // The day of the notice, also where the count had not begun yet.
            Due::Stopped { since, remaining } => (Some(self.told_on().unwrap_or(since)), Some(remaining)),
            Due::Date(_) | Due::Open { .. } => (None, None),
        };
        let missing_year = match due {
            Due::Open { missing_year, .. } => Some(missing_year),
            Due::Date(_) | Due::Stopped { .. } => None,
        };
        ClockReading {
            rule: self.rule.clone(),
            article: self.article.clone(),
            unit: self.clock.unit,
            total,
            used,
            due_on: due.date(),
            earliest: due.earliest(),
            missing_year,
            stopped_since,
            left,
            extended: self.extended,
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
    /// The last day, where the calendar reaches so far and the clock runs.
    pub due_on: Option<NaiveDate>,
    /// It cannot be before this day.
    pub earliest: Option<NaiveDate>,
    /// The year whose working days are not published yet, where that is why there is no last day.
    pub missing_year: Option<i32>,
    /// The day on which it was stopped, while it stands still.
    pub stopped_since: Option<NaiveDate>,
    /// Days of the limit that are left once it runs again.
    pub left: Option<u32>,
    /// Working days by which the limit was extended; `total` holds them.
    pub extended: u32,
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

    /// Whether the office has to act before it ends; otherwise the applicant has.
    pub fn is_of_office(&self) -> bool {
        self.rule != rules::SUPPLEMENT_ANSWER
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

/// The last day and the earliest possible day of a clock that runs.
pub(crate) fn bounds_of(
    row: &clock::Model,
    procedures: &[special::Model],
    calendar: &WorkCalendar,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>), StoreError> {
    let due = CaseClock::from_row(row, procedures)?.clock.due(calendar);
    Ok((due.date(), due.earliest()))
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
        until: None,
    })
}
