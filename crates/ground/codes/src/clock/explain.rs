//! "Why this date": the steps of a count, ready to be told on a page.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DayEffect, Due, LegalClock, LimitUnit};
use crate::calendar::WorkCalendar;

/// A count with all that happened on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The unit
    pub unit: LimitUnit,
    /// How many of them
    pub limit: u32,
    /// What happened, in the order of days
    pub steps: Vec<Step>,
    /// The outcome
    pub due: Due,
}

/// One step of a count. Days of the same sort that follow each other are one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Step {
    /// The day of the event; it does not count itself
    Start {
        /// That day
        date: NaiveDate,
    },
    /// The first day that counts
    FirstDay {
        /// That day
        date: NaiveDate,
    },
    /// Weekend days that do not count
    Weekend {
        /// First day
        from: NaiveDate,
        /// Last day
        to: NaiveDate,
        /// How many
        days: u32,
    },
    /// Holidays that do not count
    Holiday {
        /// First day
        from: NaiveDate,
        /// Last day
        to: NaiveDate,
        /// How many
        days: u32,
        /// The holiday, e.g. 春节
        name: Option<String>,
    },
    /// A weekend day on which offices work, and which counts
    MakeUp {
        /// That day
        date: NaiveDate,
        /// The holiday it makes up for
        name: Option<String>,
    },
    /// The clock stood still
    Stop {
        /// First day
        from: NaiveDate,
        /// Last day, unless it still stands
        to: Option<NaiveDate>,
        /// How many days, unless it still stands
        days: Option<u32>,
    },
    /// The end fell on a day off and moved to the next working day
    Moved {
        /// The counted end
        from: NaiveDate,
        /// The end
        to: NaiveDate,
    },
    /// The calendar ends here, the date stays open
    CalendarEnds {
        /// The year whose working days are missing
        missing_year: i32,
        /// Days counted so far
        counted: u32,
        /// Days still to be counted
        remaining: u32,
        /// The end cannot be before this day
        earliest: NaiveDate,
    },
    /// It ends on this day in any case
    Until {
        /// That day
        date: NaiveDate,
    },
    /// The last day of the limit
    End {
        /// That day
        date: NaiveDate,
    },
}

/// Counts and writes down the steps.
pub(super) fn explain(clock: &LegalClock, calendar: &WorkCalendar) -> Explanation {
    let mut steps = vec![Step::Start { date: clock.started }];
    let (mut counted, mut moved_from) = (0, None);
    let due = clock.due_after(
        calendar,
        |date, effect| {
            if matches!(effect, DayEffect::Counts { .. }) {
                counted += 1;
                if counted == 1 {
                    steps.push(Step::FirstDay { date });
                }
            }
            note(&mut steps, date, effect);
        },
        |end| moved_from = Some(end),
    );
    match due {
        Due::Date(date) => {
            steps.extend(moved_from.map(|from| Step::Moved { from, to: date }));
            if clock.until == Some(date) {
                steps.push(Step::Until { date });
            }
            steps.push(Step::End { date });
        }
        Due::Open {
            remaining,
            earliest,
            missing_year,
        } => {
            steps.push(Step::CalendarEnds {
                missing_year,
                counted,
                remaining,
                earliest,
            });
        }
        // The last step says since when it stands; where the calendar ended before, it has not been seen yet.
        Due::Stopped { since, .. } => {
            if !matches!(steps.last(), Some(Step::Stop { to: None, .. })) {
                steps.push(Step::Stop {
                    from: since,
                    to: None,
                    days: None,
                });
            }
        }
    }
    Explanation {
        unit: clock.unit,
        limit: clock.limit,
        steps,
        due,
    }
}

/// Adds a day to the last step if it continues it, else as a new step. Ordinary counted days are not noted.
fn note(steps: &mut Vec<Step>, date: NaiveDate, effect: DayEffect<'_>) {
    let yesterday = date.pred_opt();
    match (effect, steps.last_mut()) {
        (DayEffect::Counts { make_up: None }, _) => {}
        (DayEffect::Counts { make_up: Some(name) }, _) => steps.push(Step::MakeUp {
            date,
            name: name.map(str::to_owned),
        }),
        (DayEffect::Weekend, Some(Step::Weekend { to, days, .. })) if Some(*to) == yesterday => {
            *to = date;
            *days += 1;
        }
        (DayEffect::Weekend, _) => steps.push(Step::Weekend {
            from: date,
            to: date,
            days: 1,
        }),
        (
            DayEffect::Holiday(name),
            Some(Step::Holiday {
                to,
                days,
                name: known,
                ..
            }),
        ) if Some(*to) == yesterday && known.as_deref() == name => {
            *to = date;
            *days += 1;
        }
        (DayEffect::Holiday(name), _) => {
            steps.push(Step::Holiday {
                from: date,
                to: date,
                days: 1,
                name: name.map(str::to_owned),
            });
        }
        (DayEffect::Stopped { open: true }, Some(Step::Stop { to, days, .. })) if *to == yesterday => {
            (*to, *days) = (None, None);
        }
        (DayEffect::Stopped { open: true }, _) => steps.push(Step::Stop {
            from: date,
            to: None,
            days: None,
        }),
        (
            DayEffect::Stopped { open: false },
            Some(Step::Stop {
                to, days: Some(days), ..
            }),
        ) if *to == yesterday => {
            *to = Some(date);
            *days += 1;
        }
        (DayEffect::Stopped { open: false }, _) => steps.push(Step::Stop {
            from: date,
            to: Some(date),
            days: Some(1),
        }),
    }
}
