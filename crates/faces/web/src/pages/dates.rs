//! Dates, times and money as people read them. Instants are UTC; pages show the civil time of Beijing.

use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike, Utc, Weekday};
use minijinja::{
    Environment, Error, ErrorKind,
    value::{Kwargs, Value},
};

use super::Locale;
use crate::kit::Surroundings;

/// Beijing is eight hours ahead of UTC, all year.
const BEIJING_SECONDS: i32 = 8 * 3600;

/// An instant in the civil time of Beijing.
pub fn beijing(instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(BEIJING_SECONDS) {
        Some(offset) => instant.with_timezone(&offset),
        None => instant.fixed_offset(),
    }
}

/// Adds `date`, `datetime`, `clock` and `money`.
pub(super) fn add_filters(
    environment: &mut Environment<'static>,
    locale: Locale,
    surroundings: &Arc<dyn Surroundings>,
) {
    let clock = Arc::clone(surroundings);
    environment.add_filter(
        "date",
        move |value: Value, options: Kwargs| -> Result<String, Error> {
            let day = Moment::read(&value)?.day();
            let with_year = options
                .get::<Option<bool>>("year")?
                .unwrap_or(day.year() != beijing(clock.now()).year());
            let with_weekday = options.get::<Option<bool>>("weekday")?.unwrap_or(true);
            options.assert_all_used()?;
            Ok(day_text(locale, day, with_year, with_weekday))
        },
    );
    let clock = Arc::clone(surroundings);
    environment.add_filter(
        "datetime",
        move |value: Value, options: Kwargs| -> Result<String, Error> {
            let instant = Moment::read(&value)?.instant()?;
            let day = instant.date_naive();
            let with_year = options
                .get::<Option<bool>>("year")?
                .unwrap_or(day.year() != beijing(clock.now()).year());
            options.assert_all_used()?;
            let separator = if locale == Locale::Chinese { " " } else { ", " };
            Ok(format!(
                "{}{separator}{}",
                day_text(locale, day, with_year, false),
                clock_text(&instant)
            ))
        },
    );
    environment.add_filter("clock", |value: Value| -> Result<String, Error> {
        Ok(clock_text(&Moment::read(&value)?.instant()?))
    });
    environment.add_filter("money", move |fen: i64| money_text(locale, fen));
}

/// What a template may call a date: `2026-12-01`, or an instant in RFC 3339.
enum Moment {
    Day(NaiveDate),
    Instant(DateTime<FixedOffset>),
}

impl Moment {
    fn read(value: &Value) -> Result<Self, Error> {
        let text = value.as_str().unwrap_or_default();
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::Instant(beijing(instant.to_utc())));
        }
        text.parse().map(Self::Day).map_err(|_| {
            Error::new(
                ErrorKind::InvalidOperation,
                format!("{value:?} is neither a date nor an instant"),
            )
        })
    }

    fn day(&self) -> NaiveDate {
        match self {
            Self::Day(day) => *day,
            Self::Instant(instant) => instant.date_naive(),
        }
    }

    fn instant(self) -> Result<DateTime<FixedOffset>, Error> {
        match self {
            Self::Instant(instant) => Ok(instant),
            Self::Day(day) => Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("{day} is a day, not an instant"),
            )),
        }
    }
}

fn day_text(locale: Locale, day: NaiveDate, with_year: bool, with_weekday: bool) -> String {
    let (year, month, number) = (day.year(), day.month(), day.day());
    match locale {
        Locale::Chinese => {
            let year = if with_year {
                format!("{year} 年 ")
            } else {
                String::new()
            };
            let weekday = if with_weekday {
                format!("（{}）", chinese_weekday(day.weekday()))
            } else {
                String::new()
            };
            format!("{year}{month} 月 {number} 日{weekday}")
        }
        Locale::English => {
            let year = if with_year {
                format!(" {year}")
            } else {
                String::new()
            };
            let weekday = if with_weekday {
                format!(" ({})", day.weekday())
            } else {
                String::new()
            };
            format!("{number} {}{year}{weekday}", english_month(month))
        }
    }
}

fn clock_text(instant: &DateTime<FixedOffset>) -> String {
    format!("{:02}:{:02}", instant.hour(), instant.minute())
}

/// Fen as yuan; whole yuan without decimals.
fn money_text(locale: Locale, fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let (yuan, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    let digits = yuan.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let decimals = if rest == 0 {
        String::new()
    } else {
        format!(".{rest:02}")
    };
    match locale {
        Locale::Chinese => format!("{sign}{grouped}{decimals} 元"),
        Locale::English => format!("{sign}¥{grouped}{decimals}"),
    }
}

fn chinese_weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "星期一",
        Weekday::Tue => "星期二",
        Weekday::Wed => "星期三",
        Weekday::Thu => "星期四",
        Weekday::Fri => "星期五",
        Weekday::Sat => "星期六",
        Weekday::Sun => "星期日",
    }
}

fn english_month(month: u32) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_as_people_write_it() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        for (locale, with_year, with_weekday, expected) in [
            (Locale::Chinese, false, true, "12 月 1 日（星期二）"),
            (Locale::Chinese, true, false, "2026 年 12 月 1 日"),
            (Locale::English, false, true, "1 December (Tue)"),
            (Locale::English, true, true, "1 December 2026 (Tue)"),
        ] {
            assert_eq!(day_text(locale, day, with_year, with_weekday), expected);
        }
    }

    #[test]
    fn an_instant_belongs_to_the_day_of_beijing() {
        for (instant, expected) in [
            ("2026-12-01T15:59:00Z", "2026-12-01"),
            ("2026-12-01T16:01:00Z", "2026-12-02"),
            ("2026-12-31T16:00:00Z", "2027-01-01"),
        ] {
            assert_eq!(
                Moment::read(&Value::from(instant)).unwrap().day().to_string(),
                expected
            );
        }
    }

    #[test]
    fn money_is_yuan() {
        for (fen, chinese, english) in [
            (0, "0 元", "¥0"),
            (5_000, "50 元", "¥50"),
            (1_250, "12.50 元", "¥12.50"),
            (123_456_789, "1,234,567.89 元", "¥1,234,567.89"),
            (-105, "-1.05 元", "-¥1.05"),
        ] {
            assert_eq!(money_text(Locale::Chinese, fen), chinese);
            assert_eq!(money_text(Locale::English, fen), english);
        }
    }
}
