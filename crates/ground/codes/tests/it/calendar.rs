//! Adding and counting working days.

use chrono::{Datelike, Duration};
use tongban_codes::{CalendarError, DayKind, WorkCalendar};

use crate::sample::{calendar, date, rows};

#[test]
fn tells_what_a_day_is() {
    let calendar = calendar();
    for (day, kind) in [
        ("2026-02-13", DayKind::Workday),
        ("2026-02-14", DayKind::MakeUp(Some("春节"))),
        ("2026-02-15", DayKind::Holiday(Some("春节"))),
        ("2026-02-23", DayKind::Holiday(Some("春节"))),
        ("2026-03-01", DayKind::Weekend),
    ] {
        assert_eq!(calendar.kind(date(day)), Ok(kind), "{day}");
    }
}

#[test]
fn adds_over_holidays_make_up_days_and_years() {
    let calendar = calendar();
    for (from, n, to) in [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2025-12-29", 5, "2026-01-06"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-12-28", 3, "2026-12-31"),
    ] {
        assert_eq!(calendar.add_workdays(date(from), n), Ok(date(to)), "{from} + {n}");
    }
}

#[test]
fn counts_without_the_start_day() {
    let calendar = calendar();
    for (after, until, n) in [
        ("2026-11-20", "2026-11-20", 0),
        ("2026-11-23", "2026-11-20", 0),
        ("2026-11-20", "2026-11-22", 0),
        ("2026-11-20", "2026-11-23", 1),
        ("2026-02-10", "2026-03-16", 20),
        ("2025-12-29", "2026-01-06", 5),
        // The working days of the whole years, less the start day where it is one.
        ("2025-01-01", "2025-12-31", 248),
        ("2025-12-31", "2026-12-31", 248),
    ] {
        assert_eq!(
            calendar.count_workdays(date(after), date(until)),
            Ok(n),
            "{after}..{until}"
        );
    }
}

#[test]
fn refuses_a_year_it_does_not_know() {
    let calendar = calendar();
    let missing = Err(CalendarError::YearMissing(2027));
    assert_eq!(calendar.add_workdays(date("2026-12-28"), 4), missing);
    assert_eq!(calendar.add_workdays(date("2027-03-01"), 1), missing);
    assert_eq!(calendar.workday_on_or_after(date("2027-01-01")), missing);
    assert_eq!(
        calendar.is_workday(date("2027-01-01")).unwrap_err(),
        CalendarError::YearMissing(2027)
    );
    assert_eq!(
        calendar
            .count_workdays(date("2026-12-28"), date("2027-01-01"))
            .unwrap_err()
            .code(),
        "calendar.year_missing"
    );
    assert_eq!(
        calendar.is_workday(date("2024-12-31")).unwrap_err().args(),
        vec![("year", "2024".to_owned())]
    );
    assert_eq!(calendar.known_until(date("2025-06-01")), Some(date("2026-12-31")));
    assert_eq!(calendar.known_until(date("2027-06-01")), None);
    assert_eq!(
        WorkCalendar::default().add_workdays(date("2026-11-20"), 1),
        Err(CalendarError::YearMissing(2026))
    );
}

#[test]
fn a_year_with_one_day_missing_is_not_known() {
    let table = rows(2026)
        .into_iter()
        .filter(|(day, _, _)| *day != date("2026-07-15"));
    let calendar = WorkCalendar::from_days(table).unwrap();
    assert!(!calendar.knows(2026));
    assert_eq!(calendar.years().count(), 0);
    assert_eq!(
        calendar.add_workdays(date("2026-02-10"), 1),
        Err(CalendarError::YearMissing(2026))
    );
}

#[test]
fn rows_may_repeat_but_not_contradict() {
    let twice = rows(2026).into_iter().chain(rows(2026));
    assert_eq!(
        WorkCalendar::from_days(twice),
        WorkCalendar::from_days(rows(2026))
    );
    let contradiction = rows(2026).into_iter().chain([(date("2026-10-10"), false, "")]);
    assert_eq!(
        WorkCalendar::from_days(contradiction),
        Err(CalendarError::Contradiction(date("2026-10-10")))
    );
}

#[test]
fn the_earliest_possible_day_hopes_for_the_best() {
    let calendar = calendar();
    for (from, n, earliest) in [
        // All days known: the day itself.
        ("2026-02-10", 20, "2026-03-16"),
        // Three known days, then Friday 1 January and a make-up Saturday.
        ("2026-12-28", 5, "2027-01-02"),
        ("2026-12-28", 8, "2027-01-05"),
        // Wholly unknown: Tuesday to Friday, and a make-up Saturday; the second weekend finds no allowance left.
        ("2027-03-01", 5, "2027-03-06"),
        ("2027-03-01", 12, "2027-03-15"),
        ("2027-03-01", 0, "2027-03-01"),
    ] {
        assert_eq!(
            calendar.earliest_possible(date(from), n),
            date(earliest),
            "{from} + {n}"
        );
    }
}

#[test]
fn the_earliest_possible_day_is_never_late() {
    let calendar = calendar();
    let without_2026 = WorkCalendar::from_days(rows(2025)).unwrap();
    let mut from = date("2025-11-01");
    while from.year() < 2026 || from.ordinal() < 200 {
        for n in [1, 2, 3, 5, 10, 20, 45, 60] {
            let real = calendar.add_workdays(from, n).unwrap();
            assert!(without_2026.earliest_possible(from, n) <= real, "{from} + {n}");
        }
        from += Duration::days(1);
    }
}
