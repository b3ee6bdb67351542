//! A clock of a case: how it stands on a day, and why it ends on its date.

use chrono::NaiveDate;
use serde::Serialize;
use tongban_codes::{Due, Explanation, LegalClock, Light, LightRule, LimitUnit, WorkCalendar};

use crate::{
    limits,
    special::{Effect, SpecialView},
};

/// A clock of a case, with what stopped or extended it.
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
    /// Whether the office has to act before it ends; otherwise the applicant has.
    pub fn is_of_office(&self) -> bool {
        self.rule != limits::SUPPLEMENT_ANSWER
    }

    /// Whether it runs beside the clock of the decision, which is the one that the applicant is promised.
    pub fn is_beside(&self) -> bool {
        self.rule == limits::FIRST_REVIEW
    }

    /// The special procedure because of which it stands still, while it does.
    fn stopping(&self) -> Option<&SpecialView> {
        self.procedures
            .iter()
            .find(|known| known.effect == Effect::Stops && known.ended_on.is_none())
    }

    /// The time that the applicant was told it would stand still (行政许可法 45), while it does.
    fn announced(&self) -> Option<LegalClock> {
        self.stopping()
            .map(|known| LegalClock::new(LimitUnit::Workday, known.days, known.started_on))
    }

    /// Each step of the count.
    pub fn explain(&self, calendar: &WorkCalendar) -> ClockExplanation {
        ClockExplanation {
            rule: self.rule.clone(),
            article: self.article.clone(),
            extended: self.extended,
            procedures: self.procedures.clone(),
            explanation: self.clock.explain(calendar),
        }
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
            Due::Stopped { since, remaining } => (
                Some(self.stopping().map_or(since, |known| known.started_on)),
                Some(remaining),
            ),
            Due::Date(_) | Due::Open { .. } => (None, None),
        };
        let missing_year = match due {
            Due::Open { missing_year, .. } => Some(missing_year),
            Due::Date(_) | Due::Stopped { .. } => None,
        };
        let announced = self.announced();
        let announced_light = announced
            .as_ref()
            .map(|clock| clock.light(calendar, at, &LightRule::default()));
        // What stands still is urgent when the announced time is up; what ends on a day in any case, also because of that day.
        let own = self.clock.light(calendar, at, &LightRule::default());
        let light = match announced_light {
            None => own,
            Some(announced) if self.clock.until.is_none() => announced,
            Some(announced) => own.max(announced),
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
            light,
            announced_until: announced.as_ref().and_then(|clock| clock.due(calendar).date()),
            overruns: announced_light == Some(Light::Red),
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
    /// The last day of the time that was announced for what stops it, while it stands still and where the calendar reaches so far.
    pub announced_until: Option<NaiveDate>,
    /// What stops it takes longer than was announced.
    pub overruns: bool,
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
        self.rule != limits::SUPPLEMENT_ANSWER
    }
}

/// The count of one clock, with the article it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct ClockExplanation {
    pub rule: String,
    pub article: Option<String>,
    /// Working days by which the limit was extended; the explanation counts with them.
    pub extended: u32,
    /// What stopped or extended it.
    pub procedures: Vec<SpecialView>,
    pub explanation: Explanation,
}
