//! Working days: the table of a government's working days, and counting over it.
//!
//! Holidays and make-up working days (调休) are fixed by a notice of the State Council late in the year before; no rule computes them. So the
//! calendar is a table, one row a day. A year counts as **known** only when every one of its days is in the table; asked about any
//! other year, the calendar refuses with [`CalendarError::YearMissing`] instead of guessing.
//!
//! Counting is the legal one (行政许可法 82, 民法典 201): the start day does not count, the day after it is day 1.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{Datelike, NaiveDate, Weekday};

/// How many weekend days of unknown years [`WorkCalendar::earliest_possible`] takes for make-up working days. In the arrangements of
/// 2023 to 2026 no stretch of days held more than two working days above its Mondays to Fridays; a test holds that.
pub const MAKE_UP_ALLOWANCE: u32 = 2;

/// Why the calendar does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The year is not in the table, or not wholly.
    #[error("the working days of {0} are not known")]
    YearMissing(i32),
    /// Two rows of the table disagree about a day.
    #[error("the table says two different things about {0}")]
    Contradiction(NaiveDate),
    /// The count leaves the range of dates.
    #[error("the date is out of range")]
    OutOfRange,
}

impl CalendarError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::YearMissing(_) => "calendar.year_missing",
            Self::Contradiction(_) => "calendar.contradiction",
            Self::OutOfRange => "calendar.out_of_range",
        }
    }

    /// The arguments of the sentence.
    #[must_use]
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::YearMissing(year) => vec![("year", year.to_string())],
            Self::Contradiction(date) => vec![("date", date.to_string())],
            Self::OutOfRange => Vec::new(),
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    /// Do offices work?
    pub workday: bool,
    /// The holiday it belongs to (also on a make-up day, which makes up for it)
    pub name: Option<Arc<str>>,
}

/// What a known day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// An ordinary working day
    Workday,
    /// A Saturday or Sunday on which offices work, with the holiday it makes up for
    MakeUp(Option<&'a str>),
    /// An ordinary Saturday or Sunday
    Weekend,
    /// A holiday (also one that falls on a weekend), with its name
    Holiday(Option<&'a str>),
}

/// Days of one year by day of the year.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Year {
    days: Vec<Option<CalendarDay>>,
    missing: usize,
}

/// A table of working days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    years: BTreeMap<i32, Year>,
}

impl WorkCalendar {
    /// Makes the table from rows of date, "do offices work", and name (empty for none). Rows may come in any order and may repeat;
    /// years that stay incomplete are kept but not known.
    ///
    /// # Errors
    /// [`CalendarError::Contradiction`] when two rows disagree about whether a day is worked.
    pub fn from_days<N: AsRef<str>>(
        rows: impl IntoIterator<Item = (NaiveDate, bool, N)>,
    ) -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        // One holiday name is shared by all its days.
        let mut names: BTreeMap<String, Arc<str>> = BTreeMap::new();
        for (date, workday, name) in rows {
            let name = match name.as_ref().trim() {
                "" => None,
                text => Some(Arc::clone(
                    names.entry(text.to_owned()).or_insert_with(|| Arc::from(text)),
                )),
            };
            let year = calendar
                .years
                .entry(date.year())
                .or_insert_with(|| Year::empty(date));
            let Some(slot) = year.days.get_mut(date.ordinal0() as usize) else {
                continue;
            };
            match slot {
                None => {
                    *slot = Some(CalendarDay { workday, name });
                    year.missing -= 1;
                }
                Some(day) if day.workday != workday => return Err(CalendarError::Contradiction(date)),
                Some(day) => day.name = name.or(day.name.take()),
            }
        }
        Ok(calendar)
    }

    /// The known years, ascending.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years
            .iter()
            .filter(|(_, year)| year.missing == 0)
            .map(|(year, _)| *year)
    }

    /// Is every day of the year in the table?
    #[must_use]
    pub fn knows(&self, year: i32) -> bool {
        self.years.get(&year).is_some_and(|year| year.missing == 0)
    }

    /// The last day of the unbroken run of known years that begins with the year of `from`; `None` when that year is not known.
    #[must_use]
    pub fn known_until(&self, from: NaiveDate) -> Option<NaiveDate> {
        let last = (from.year()..).take_while(|year| self.knows(*year)).last()?;
        NaiveDate::from_ymd_opt(last, 12, 31)
    }

    /// The row of a day.
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`].
    pub fn day(&self, date: NaiveDate) -> Result<&CalendarDay, CalendarError> {
        self.years
            .get(&date.year())
            .filter(|year| year.missing == 0)
            .and_then(|year| year.days.get(date.ordinal0() as usize)?.as_ref())
            .ok_or(CalendarError::YearMissing(date.year()))
    }

    /// What a day is.
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`].
    pub fn kind(&self, date: NaiveDate) -> Result<DayKind<'_>, CalendarError> {
        let day = self.day(date)?;
        let name = day.name.as_deref();
        Ok(match (day.workday, is_weekend(date)) {
            (true, false) => DayKind::Workday,
            (true, true) => DayKind::MakeUp(name),
            (false, true) if name.is_none() => DayKind::Weekend,
            (false, _) => DayKind::Holiday(name),
        })
    }

    /// Do offices work on this day?
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`].
    pub fn is_workday(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        Ok(self.day(date)?.workday)
    }

    /// The first working day on or after a date.
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`], [`CalendarError::OutOfRange`].
    pub fn workday_on_or_after(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        let mut date = date;
        while !self.is_workday(date)? {
            date = next(date)?;
        }
        Ok(date)
    }

    /// The `n`-th working day after `from`; the day after `from` is the first that can count. `n = 0` gives `from` itself.
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`] as soon as the count enters a year that is not known, [`CalendarError::OutOfRange`].
    pub fn add_workdays(&self, from: NaiveDate, n: u32) -> Result<NaiveDate, CalendarError> {
        let (mut date, mut counted) = (from, 0);
        while counted < n {
            date = next(date)?;
            counted += u32::from(self.is_workday(date)?);
        }
        Ok(date)
    }

    /// How many working days lie after `after`, up to and with `until`. Zero when `until` is not later.
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`], [`CalendarError::OutOfRange`].
    pub fn count_workdays(&self, after: NaiveDate, until: NaiveDate) -> Result<u32, CalendarError> {
        let (mut date, mut counted) = (after, 0);
        while date < until {
            date = next(date)?;
            counted += u32::from(self.is_workday(date)?);
        }
        Ok(counted)
    }

    /// The earliest day that can turn out to be the `n`-th working day after `from`, whatever the missing years will bring: known days are
    /// counted as they are; of the unknown ones every Monday to Friday counts (no holiday), and so do the first [`MAKE_UP_ALLOWANCE`] weekend days
    /// (make-up days). For warnings only: a legal date needs [`WorkCalendar::add_workdays`]. Equal to it where all years are known.
    #[must_use]
    pub fn earliest_possible(&self, from: NaiveDate, n: u32) -> NaiveDate {
        let mut hopeful = Hopeful::new(self);
        let (mut date, mut counted) = (from, 0);
        while counted < n {
            let Ok(following) = next(date) else {
                return NaiveDate::MAX;
            };
            date = following;
            counted += u32::from(hopeful.counts(date));
        }
        date
    }
}

impl Year {
    /// A year without rows, as long as the year of `date`.
    fn empty(date: NaiveDate) -> Self {
        let length = if date.leap_year() { 366 } else { 365 };
        Self {
            days: vec![None; length],
            missing: length,
        }
    }
}

/// Takes unknown days for working days as far as that is possible.
pub(crate) struct Hopeful<'a> {
    calendar: &'a WorkCalendar,
    allowance: u32,
}

impl<'a> Hopeful<'a> {
    pub(crate) fn new(calendar: &'a WorkCalendar) -> Self {
        Self {
            calendar,
            allowance: MAKE_UP_ALLOWANCE,
        }
    }

    /// Can this day be a working day? To be asked in the order of days.
    pub(crate) fn counts(&mut self, date: NaiveDate) -> bool {
        match self.calendar.is_workday(date) {
            Ok(known) => known,
            Err(_) if !is_weekend(date) => true,
            Err(_) if self.allowance > 0 => {
                self.allowance -= 1;
                true
            }
            Err(_) => false,
        }
    }
}

/// Saturday or Sunday?
pub(crate) fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The next day.
pub(crate) fn next(date: NaiveDate) -> Result<NaiveDate, CalendarError> {
    date.succ_opt().ok_or(CalendarError::OutOfRange)
}
