//! Legal limits: when something is due, how much is used, and why.
//!
//! A [`LegalClock`] is data: a limit, its unit, the civil day it starts from, and the intervals in which it stood still (hearing, inspection,
//! expert review: 行政许可法 45). It holds no calendar and no "today"; both are handed in.
//!
//! | unit | counting | law |
//! |---|---|---|
//! | working day | the day after the start is the first that can count; holidays do not count | 行政许可法 82 |
//! | calendar day, week | every day after the start counts; an end on a day off moves to the next working day | 民法典 201, 203 |
//! | month, year | the same day of the last month, or its last day; an end on a day off moves as above | 民法典 202, 203 |
//! | hour | counted from the instant ([`LegalClock::due_instant`]); as a day, the last on which it can end | 民法典 201 |
//!
//! Days on which the clock stood still do not count; for months and years the end moves by as many days.
//!
//! **Where the calendar ends** no date is invented: [`Due::Open`] keeps the limit as a number of days and gives the earliest date that is
//! possible, for warnings. Importing the missing year turns it into [`Due::Date`].

mod explain;

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use explain::{Explanation, Step};

use crate::{
    CodeError,
    calendar::{self, CalendarError, DayKind, Hopeful, WorkCalendar},
};

/// Limits are cut at 200 years, so that a mistyped limit cannot keep a page counting.
const MAX_DAYS: u32 = 73_000;

/// The unit of a limit (时限单位). The national code list is not published with the standards; `as_str` is our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// 工作日
    Workday,
    /// 自然日
    CalendarDay,
    /// 小时
    Hour,
    /// 周
    Week,
    /// 月
    Month,
    /// 年
    Year,
}

impl LimitUnit {
    /// All units.
    pub const ALL: [Self; 6] = [
        Self::Workday,
        Self::CalendarDay,
        Self::Hour,
        Self::Week,
        Self::Month,
        Self::Year,
    ];

    /// `workday`, `calendar_day`, `hour`, `week`, `month`, `year`: for columns and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workday => "workday",
            Self::CalendarDay => "calendar_day",
            Self::Hour => "hour",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// 个工作日, 个自然日, 小时, 周, 个月, 年: as it follows a number.
    #[must_use]
    pub fn chinese_name(self) -> &'static str {
        match self {
            Self::Workday => "个工作日",
            Self::CalendarDay => "个自然日",
            Self::Hour => "小时",
            Self::Week => "周",
            Self::Month => "个月",
            Self::Year => "年",
        }
    }

    /// Reads `as_str` and the Chinese words that lists use.
    ///
    /// # Errors
    /// `limit.unit_unknown`.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let input = input.trim();
        if let Some(unit) = Self::ALL.into_iter().find(|unit| unit.as_str() == input) {
            return Ok(unit);
        }
        match input.strip_prefix('个').unwrap_or(input) {
            "工作日" => Ok(Self::Workday),
            "自然日" | "日" | "天" | "日历日" => Ok(Self::CalendarDay),
            "小时" => Ok(Self::Hour),
            "周" | "星期" => Ok(Self::Week),
            "月" => Ok(Self::Month),
            "年" => Ok(Self::Year),
            _ => Err(CodeError::LimitUnitUnknown),
        }
    }
}

/// Days on which the clock stood still, both ends included. Without an end it still stands. An end before the start covers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StopInterval {
    /// First day that does not count
    pub from: NaiveDate,
    /// Last day that does not count
    pub to: Option<NaiveDate>,
}

impl StopInterval {
    /// Does the clock stand still on this day because of this interval?
    #[must_use]
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}

/// A running limit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LegalClock {
    /// The unit
    pub unit: LimitUnit,
    /// How many of them
    pub limit: u32,
    /// The civil day of the event that starts it, e.g. acceptance; it does not count itself
    pub started: NaiveDate,
    /// When it stood still, in any order; they may overlap
    #[serde(default)]
    pub stops: Vec<StopInterval>,
    /// A civil day on which it ends in any case, however much is left and although it stands still: what is decided about ends on that day
    #[serde(default)]
    pub until: Option<NaiveDate>,
}

/// When a limit ends. In serde: `{"kind": "date", "value": "2026-12-01"}`, `{"kind": "open", "value": {…}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Due {
    /// The last day of the limit
    Date(NaiveDate),
    /// The calendar ends before the limit does: the date cannot be known yet
    Open {
        /// Days of the limit that the known calendar does not hold (working days, or none when only the move over days off is open)
        remaining: u32,
        /// The end cannot be before this day
        earliest: NaiveDate,
        /// The year whose working days are missing
        missing_year: i32,
    },
    /// The clock stands still: the end is known once it runs again
    Stopped {
        /// The first day of standing still
        since: NaiveDate,
        /// Days of the limit that are left (at most, when the calendar ended before)
        remaining: u32,
    },
}

impl Due {
    /// The date, if it is known.
    #[must_use]
    pub fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Open { .. } | Self::Stopped { .. } => None,
        }
    }

    /// The date, or the earliest that is possible; `None` while the clock stands still. For sorting work lists and for warnings.
    #[must_use]
    pub fn earliest(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Open { earliest, .. } => Some(*earliest),
            Self::Stopped { .. } => None,
        }
    }
}

/// How urgent a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Time enough
    Green,
    /// Little is left, or the limit may have passed in a year whose working days are not known
    Yellow,
    /// The limit has passed
    Red,
}

/// When a light turns yellow: when either is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LightRule {
    /// At most this part of the limit is left, in percent
    pub percent_left: u8,
    /// At most so many days of the limit are left
    pub days_left: u32,
}

impl Default for LightRule {
    /// A fifth of the limit, or one day.
    fn default() -> Self {
        Self {
            percent_left: 20,
            days_left: 1,
        }
    }
}

/// What one day does to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayEffect<'a> {
    /// It counts; on a make-up day with the name of its holiday
    Counts { make_up: Option<Option<&'a str>> },
    /// It does not: a weekend
    Weekend,
    /// It does not: a holiday with its name
    Holiday(Option<&'a str>),
    /// It does not: the clock stands still
    Stopped { open: bool },
}

/// How a run over the days ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunEnd {
    /// All days of the limit are counted; this is the last
    Reached(NaiveDate),
    /// This day's year is not in the calendar
    Unknown(NaiveDate),
    /// Still standing since this day
    Stopped(NaiveDate),
    /// The day on which it ends in any case came before
    Until(NaiveDate),
}

impl LegalClock {
    /// A clock that has never stood still.
    #[must_use]
    pub fn new(unit: LimitUnit, limit: u32, started: NaiveDate) -> Self {
        Self {
            unit,
            limit,
            started,
            stops: Vec::new(),
            until: None,
        }
    }

    /// The limit in days that have to be counted: working days for [`LimitUnit::Workday`], calendar days for all others (a month
    /// has the length that it has from this start; hours become the days they can reach into).
    #[must_use]
    pub fn total_days(&self) -> u32 {
        let until = |months: Option<u32>| {
            let end = months.and_then(|months| self.started.checked_add_months(Months::new(months)));
            end.map_or(MAX_DAYS, |end| {
                u32::try_from((end - self.started).num_days()).unwrap_or(MAX_DAYS)
            })
        };
        let days = match self.unit {
            LimitUnit::Workday | LimitUnit::CalendarDay => self.limit,
            LimitUnit::Hour => self.limit.div_ceil(24),
            LimitUnit::Week => self.limit.saturating_mul(7),
            LimitUnit::Month => until(Some(self.limit)),
            LimitUnit::Year => until(self.limit.checked_mul(12)),
        };
        days.min(MAX_DAYS)
    }

    /// When the limit ends. See [`Due`]; `limit = 0` (done on the spot) ends on the day it starts.
    #[must_use]
    pub fn due(&self, calendar: &WorkCalendar) -> Due {
        self.due_after(calendar, |_, _| {}, |_| {})
    }

    /// The instant at which a limit in hours ends, from the instant it started; `None` for other units. Intervals of standing still are
    /// civil days and are not taken off here.
    #[must_use]
    pub fn due_instant(&self, started_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.unit == LimitUnit::Hour)
            .then(|| started_at.checked_add_signed(TimeDelta::hours(i64::from(self.limit))))?
    }

    /// Days of the limit that have been counted up to and with `today`. Goes on after the limit has ended.
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`], for working days only.
    pub fn used(&self, calendar: &WorkCalendar, today: NaiveDate) -> Result<u32, CalendarError> {
        let (mut date, mut used) = (self.started, 0);
        while date < today {
            date = calendar::next(date)?;
            used += u32::from(matches!(self.effect(calendar, date)?, DayEffect::Counts { .. }));
        }
        Ok(used)
    }

    /// Days of the limit that are left after `today`; negative when it has passed. For calendar units the days by which a day off moved the
    /// end are added where the calendar knows them. Never more than are left before the day on which it ends in any case.
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`], for working days only.
    pub fn remaining(&self, calendar: &WorkCalendar, today: NaiveDate) -> Result<i64, CalendarError> {
        let left = self.left_of_limit(calendar, today)?;
        match self.until {
            Some(until) if until <= today => Ok(left.min((until - today).num_days())),
            Some(until) => {
                let mut counted = 0;
                let mut date = today;
                while date < until {
                    date = calendar::next(date)?;
                    counted += i64::from(self.unit != LimitUnit::Workday || calendar.is_workday(date)?);
                }
                Ok(left.min(counted))
            }
            None => Ok(left),
        }
    }

    fn left_of_limit(&self, calendar: &WorkCalendar, today: NaiveDate) -> Result<i64, CalendarError> {
        let left = i64::from(self.total_days()) - i64::from(self.used(calendar, today)?);
        let RunEnd::Reached(end) = self.run(calendar, |_, _| {}).1 else {
            return Ok(left);
        };
        let moved = self
            .moved_over_days_off(calendar, end)
            .map_or(0, |to| (to - end).num_days());
        Ok(left + moved)
    }

    /// Green, yellow or red on a civil day. Never red on a guess: while the end is open because a year is missing, the light is yellow at worst.
    #[must_use]
    pub fn light(&self, calendar: &WorkCalendar, today: NaiveDate, rule: &LightRule) -> Light {
        let left = match self.due(calendar) {
            Due::Date(date) if today > date => return Light::Red,
            Due::Stopped { since, remaining } if today >= since => i64::from(remaining),
            _ => self.least_left(calendar, today),
        };
        let left = self
            .until
            .map_or(left, |until| left.min((until - today).num_days()));
        let total = i64::from(self.total_days());
        let few = left <= i64::from(rule.days_left) || left * 100 <= total * i64::from(rule.percent_left);
        if few { Light::Yellow } else { Light::Green }
    }

    /// Why the limit ends when it does, step by step.
    #[must_use]
    pub fn explain(&self, calendar: &WorkCalendar) -> Explanation {
        explain::explain(self, calendar)
    }

    /// `due`, telling each day to `seen` and a move over days off to `moved`.
    fn due_after<'c>(
        &self,
        calendar: &'c WorkCalendar,
        seen: impl FnMut(NaiveDate, DayEffect<'c>),
        mut moved: impl FnMut(NaiveDate),
    ) -> Due {
        let (counted, end) = self.run(calendar, seen);
        let remaining = self.total_days() - counted;
        match end {
            RunEnd::Until(until) => Due::Date(until),
            RunEnd::Reached(end) => match self.moved_over_days_off(calendar, end) {
                Ok(date) => {
                    let date = self.until.map_or(date, |until| date.min(until));
                    if date != end {
                        moved(end);
                    }
                    Due::Date(date)
                }
                Err(_) if self.until == Some(end) => Due::Date(end),
                Err(missing) => Due::Open {
                    remaining: 0,
                    earliest: end,
                    missing_year: year_of(missing, end),
                },
            },
            RunEnd::Unknown(first) => match (self.hopeful_end(calendar, first, remaining), self.until) {
                (Ok(earliest), Some(until)) if until <= earliest => Due::Date(until),
                (Err(_), Some(until)) => Due::Date(until),
                (Ok(earliest), _) => Due::Open {
                    remaining,
                    earliest,
                    missing_year: chrono::Datelike::year(&first),
                },
                (Err(since), None) => Due::Stopped { since, remaining },
            },
            RunEnd::Stopped(since) => Due::Stopped { since, remaining },
        }
    }

    /// Counts day by day until the limit is reached, the calendar ends, or the clock stands still for good.
    fn run<'c>(
        &self,
        calendar: &'c WorkCalendar,
        mut seen: impl FnMut(NaiveDate, DayEffect<'c>),
    ) -> (u32, RunEnd) {
        let total = self.total_days();
        let (mut date, mut counted) = (self.started, 0);
        while counted < total {
            let Ok(day) = calendar::next(date) else {
                return (counted, RunEnd::Reached(date));
            };
            date = day;
            if let Some(until) = self.until.filter(|until| *until < date) {
                return (counted, RunEnd::Until(until));
            }
            let Ok(effect) = self.effect(calendar, date) else {
                return (counted, RunEnd::Unknown(date));
            };
            seen(date, effect);
            match effect {
                DayEffect::Counts { .. } => counted += 1,
                DayEffect::Stopped { open: true } => {
                    return (counted, self.until.map_or(RunEnd::Stopped(date), RunEnd::Until));
                }
                DayEffect::Stopped { open: false } | DayEffect::Weekend | DayEffect::Holiday(_) => {}
            }
        }
        (counted, RunEnd::Reached(date))
    }

    /// What a day does. Only working days ask the calendar.
    fn effect<'c>(
        &self,
        calendar: &'c WorkCalendar,
        date: NaiveDate,
    ) -> Result<DayEffect<'c>, CalendarError> {
        if let Some(open) = self.stopped_on(date) {
            return Ok(DayEffect::Stopped { open });
        }
        if self.unit != LimitUnit::Workday {
            return Ok(DayEffect::Counts { make_up: None });
        }
        Ok(match calendar.kind(date)? {
            DayKind::Workday => DayEffect::Counts { make_up: None },
            DayKind::MakeUp(name) => DayEffect::Counts { make_up: Some(name) },
            DayKind::Weekend => DayEffect::Weekend,
            DayKind::Holiday(name) => DayEffect::Holiday(name),
        })
    }

    /// Does the clock stand still on this day, and if so, for good?
    fn stopped_on(&self, date: NaiveDate) -> Option<bool> {
        let mut covering = self.stops.iter().filter(|stop| stop.covers(date)).peekable();
        covering.peek()?;
        Some(covering.any(|stop| stop.to.is_none()))
    }

    /// The next working day, for units in which every day counts but the end may not fall on a day off.
    fn moved_over_days_off(
        &self,
        calendar: &WorkCalendar,
        end: NaiveDate,
    ) -> Result<NaiveDate, CalendarError> {
        match self.unit {
            LimitUnit::Workday | LimitUnit::Hour => Ok(end),
            _ if self.limit == 0 => Ok(end),
            LimitUnit::CalendarDay | LimitUnit::Week | LimitUnit::Month | LimitUnit::Year => {
                calendar.workday_on_or_after(end)
            }
        }
    }

    /// The earliest possible end when `remaining` working days are to be counted from `first`, a day of an unknown year; or the day
    /// since which the clock stands still for good.
    fn hopeful_end(
        &self,
        calendar: &WorkCalendar,
        first: NaiveDate,
        remaining: u32,
    ) -> Result<NaiveDate, NaiveDate> {
        let mut hopeful = Hopeful::new(calendar);
        let (mut date, mut counted) = (first, 0);
        loop {
            match self.stopped_on(date) {
                Some(true) => return Err(date),
                Some(false) => {}
                None => counted += u32::from(hopeful.counts(date)),
            }
            if counted >= remaining {
                return Ok(date);
            }
            let Some(following) = date.checked_add_days(Days::new(1)) else {
                return Ok(NaiveDate::MAX);
            };
            date = following;
        }
    }

    /// The fewest days that can be left after `today`, unknown days taken for working days where that is possible.
    fn least_left(&self, calendar: &WorkCalendar, today: NaiveDate) -> i64 {
        if let Ok(left) = self.remaining(calendar, today) {
            return left;
        }
        let mut hopeful = Hopeful::new(calendar);
        let mut left = i64::from(self.total_days());
        let mut date = self.started;
        // What is long past needs no exact number.
        while date < today && left >= 0 {
            let Ok(following) = calendar::next(date) else {
                break;
            };
            date = following;
            if self.stopped_on(date).is_none() && hopeful.counts(date) {
                left -= 1;
            }
        }
        left
    }
}

/// The year an error names, or the year of the day at which it came up.
fn year_of(error: CalendarError, at: NaiveDate) -> i32 {
    match error {
        CalendarError::YearMissing(year) => year,
        CalendarError::Contradiction(_) | CalendarError::OutOfRange => chrono::Datelike::year(&at),
    }
}
