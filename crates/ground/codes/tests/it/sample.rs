//! A calendar of 2025 and 2026 as the State Council announced them, and short ways to write dates.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, Weekday};
use tongban_codes::WorkCalendar;

/// First day, last day, "do offices work", name.
type Exception = (&'static str, &'static str, bool, &'static str);

const EXCEPTIONS: [Exception; 25] = [
    ("2025-01-01", "2025-01-01", false, "元旦"),
    ("2025-01-26", "2025-01-26", true, "春节"),
    ("2025-01-28", "2025-02-04", false, "春节"),
    ("2025-02-08", "2025-02-08", true, "春节"),
    ("2025-04-04", "2025-04-06", false, "清明"),
    ("2025-04-27", "2025-04-27", true, "劳动节"),
    ("2025-05-01", "2025-05-05", false, "劳动节"),
    ("2025-05-31", "2025-06-02", false, "端午"),
    ("2025-09-28", "2025-09-28", true, "国庆节"),
    ("2025-10-01", "2025-10-08", false, "国庆节"),
    ("2025-10-11", "2025-10-11", true, "国庆节"),
    ("2026-01-01", "2026-01-03", false, "元旦"),
    ("2026-01-04", "2026-01-04", true, "元旦"),
    ("2026-02-14", "2026-02-14", true, "春节"),
    ("2026-02-15", "2026-02-23", false, "春节"),
    ("2026-02-28", "2026-02-28", true, "春节"),
    ("2026-04-04", "2026-04-06", false, "清明"),
    ("2026-05-01", "2026-05-05", false, "劳动节"),
    ("2026-05-09", "2026-05-09", true, "劳动节"),
    ("2026-06-19", "2026-06-21", false, "端午"),
    ("2026-09-20", "2026-09-20", true, "国庆节"),
    ("2026-09-25", "2026-09-27", false, "中秋"),
    ("2026-10-01", "2026-10-07", false, "国庆节"),
    ("2026-10-10", "2026-10-10", true, "国庆节"),
    // Invented, for the tests that import a missing year.
    ("2027-01-01", "2027-01-03", false, "元旦"),
];

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// All rows of a year.
pub fn rows(year: i32) -> Vec<(NaiveDate, bool, &'static str)> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    first
        .iter_days()
        .take_while(|day| day.year() == year)
        .map(|day| {
            let weekday = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            let exception = EXCEPTIONS
                .iter()
                .find(|(from, to, _, _)| (date(from)..=date(to)).contains(&day));
            exception.map_or((day, weekday, ""), |(_, _, workday, name)| (day, *workday, *name))
        })
        .collect()
}

/// The published calendar: 2025 and 2026, nothing after.
pub fn calendar() -> WorkCalendar {
    static PUBLISHED: LazyLock<WorkCalendar> =
        LazyLock::new(|| WorkCalendar::from_days(rows(2025).into_iter().chain(rows(2026))).unwrap());
    PUBLISHED.clone()
}
