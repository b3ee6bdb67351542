//! Legal limits: every unit, standing still, the end of the calendar, lights, and the explanation.

use chrono::{DateTime, NaiveDate, Utc};
use tongban_codes::{
    CalendarError, CodeError, Due, LegalClock, Light, LightRule, LimitUnit, Step, StopInterval, WorkCalendar,
    civil,
};

use crate::sample::{calendar, date, rows};

fn clock(unit: LimitUnit, limit: u32, started: &str) -> LegalClock {
    LegalClock::new(unit, limit, date(started))
}

fn stop(from: &str, to: Option<&str>) -> StopInterval {
    StopInterval {
        from: date(from),
        to: to.map(date),
    }
}

fn due(day: &str) -> Due {
    Due::Date(date(day))
}

#[test]
fn every_unit_has_its_count() {
    let calendar = calendar();
    for (unit, limit, started, end) in [
        (LimitUnit::Workday, 20, "2026-02-10", "2026-03-16"),
        (LimitUnit::Workday, 5, "2025-12-29", "2026-01-06"),
        (LimitUnit::Workday, 1, "2026-11-21", "2026-11-23"),
        // Every day counts; an end on a day off moves to the next working day.
        (LimitUnit::CalendarDay, 3, "2026-11-02", "2026-11-05"),
        (LimitUnit::CalendarDay, 3, "2026-09-28", "2026-10-08"),
        (LimitUnit::CalendarDay, 60, "2026-03-02", "2026-05-06"),
        (LimitUnit::Week, 2, "2026-09-17", "2026-10-08"),
        (LimitUnit::Week, 1, "2026-11-02", "2026-11-09"),
        // No 31st in February: its last day, which is a make-up working day in 2026.
        (LimitUnit::Month, 1, "2026-01-31", "2026-02-28"),
        (LimitUnit::Month, 1, "2025-12-31", "2026-02-02"),
        (LimitUnit::Month, 6, "2025-11-05", "2026-05-06"),
        (LimitUnit::Year, 1, "2025-02-28", "2026-02-28"),
        // Hours end on the last day they can reach, day off or not.
        (LimitUnit::Hour, 24, "2026-11-06", "2026-11-07"),
        (LimitUnit::Hour, 2, "2026-11-06", "2026-11-07"),
        (LimitUnit::Hour, 72, "2026-11-06", "2026-11-09"),
        // Done on the spot, even on a Sunday.
        (LimitUnit::Workday, 0, "2026-11-22", "2026-11-22"),
        (LimitUnit::Month, 0, "2026-11-22", "2026-11-22"),
    ] {
        assert_eq!(
            clock(unit, limit, started).due(&calendar),
            due(end),
            "{limit} {unit:?} from {started}"
        );
    }
}

#[test]
fn stops_do_not_count() {
    let calendar = calendar();
    for (unit, limit, started, stops, end) in [
        (
            LimitUnit::Workday,
            5,
            "2026-11-02",
            vec![stop("2026-11-04", Some("2026-11-10"))],
            "2026-11-16",
        ),
        // Overlapping, out of order, one reaching over the start, one that ends before it begins.
        (
            LimitUnit::Workday,
            5,
            "2026-11-02",
            vec![
                stop("2026-11-06", Some("2026-11-10")),
                stop("2026-11-04", Some("2026-11-08")),
                stop("2026-10-01", Some("2026-11-02")),
                stop("2026-11-13", Some("2026-11-12")),
            ],
            "2026-11-16",
        ),
        // A stop over a weekend only changes nothing, one after the end neither.
        (
            LimitUnit::Workday,
            5,
            "2026-11-02",
            vec![stop("2026-11-07", Some("2026-11-08"))],
            "2026-11-09",
        ),
        (
            LimitUnit::Workday,
            5,
            "2026-11-02",
            vec![stop("2026-11-10", None)],
            "2026-11-09",
        ),
        // Over the turn of the year.
        (
            LimitUnit::Workday,
            5,
            "2025-12-29",
            vec![stop("2025-12-31", Some("2026-01-05"))],
            "2026-01-09",
        ),
        (
            LimitUnit::Month,
            1,
            "2026-03-10",
            vec![stop("2026-03-20", Some("2026-03-24"))],
            "2026-04-15",
        ),
        (
            LimitUnit::CalendarDay,
            3,
            "2026-11-02",
            vec![stop("2026-11-03", Some("2026-11-03"))],
            "2026-11-06",
        ),
    ] {
        let clock = LegalClock {
            stops,
            ..clock(unit, limit, started)
        };
        assert_eq!(clock.due(&calendar), due(end), "{clock:?}");
    }
}

#[test]
fn it_ends_in_any_case_on_the_day_that_was_set() {
    let calendar = calendar();
    let until = |day: &str, clock: LegalClock| LegalClock {
        until: Some(date(day)),
        ..clock
    };
    // Of the limit and the day the earlier one; a day off is no later, and a day far away changes nothing.
    for (unit, limit, day, end) in [
        (LimitUnit::Workday, 20, "2026-11-14", "2026-11-14"),
        (LimitUnit::Workday, 5, "2026-11-14", "2026-11-09"),
        (LimitUnit::Month, 1, "2026-11-14", "2026-11-14"),
        (LimitUnit::CalendarDay, 12, "2026-11-14", "2026-11-14"),
        (LimitUnit::Workday, 200, "2026-12-31", "2026-12-31"),
    ] {
        let clock = until(day, clock(unit, limit, "2026-11-02"));
        assert_eq!(clock.due(&calendar), due(end), "{clock:?}");
    }
    // Ten working days from the 3rd would be the 16th; it is Saturday the 14th.
    let clock = until("2026-11-14", clock(LimitUnit::Workday, 10, "2026-11-02"));
    let steps = clock.explain(&calendar).steps;
    assert_eq!(
        steps[steps.len() - 2..],
        [
            Step::Until {
                date: date("2026-11-14")
            },
            Step::End {
                date: date("2026-11-14")
            }
        ]
    );
    let rule = LightRule::default();
    for (today, left, light) in [
        ("2026-11-02", 9, Light::Green),
        ("2026-11-12", 1, Light::Yellow),
        ("2026-11-14", 0, Light::Yellow),
        ("2026-11-15", -1, Light::Red),
    ] {
        assert_eq!(clock.remaining(&calendar, date(today)), Ok(left), "{today}");
        assert_eq!(clock.light(&calendar, date(today), &rule), light, "{today}");
    }
    // It ends although it stands still, and although the calendar ends before.
    let stopped = LegalClock {
        stops: vec![stop("2026-11-04", None)],
        ..clock.clone()
    };
    assert_eq!(stopped.due(&calendar), due("2026-11-14"));
    assert_eq!(stopped.remaining(&calendar, date("2026-11-05")), Ok(6));
    assert_eq!(stopped.light(&calendar, date("2026-11-15"), &rule), Light::Red);
    let unknown = LegalClock {
        until: Some(date("2027-01-05")),
        ..LegalClock::new(LimitUnit::Workday, 10, date("2026-12-28"))
    };
    assert_eq!(unknown.due(&calendar), due("2027-01-05"));
}

#[test]
fn a_clock_that_stands_still_has_no_end_yet() {
    let calendar = calendar();
    let clock = LegalClock {
        stops: vec![stop("2026-11-05", None)],
        ..clock(LimitUnit::Workday, 5, "2026-11-02")
    };
    assert_eq!(
        clock.due(&calendar),
        Due::Stopped {
            since: date("2026-11-05"),
            remaining: 3
        }
    );
    // Nothing is used up meanwhile, and it never turns red.
    for today in ["2026-11-04", "2026-11-05", "2026-12-31", "2027-06-01"] {
        assert_eq!(clock.used(&calendar, date(today)), Ok(2), "{today}");
        assert_eq!(
            clock.light(&calendar, date(today), &LightRule::default()),
            Light::Green,
            "{today}"
        );
    }
    let steps = clock.explain(&calendar).steps;
    assert_eq!(
        steps.last(),
        Some(&Step::Stop {
            from: date("2026-11-05"),
            to: None,
            days: None
        })
    );
}

#[test]
fn used_and_remaining_add_up_and_go_below_zero() {
    let calendar = calendar();
    let clock = clock(LimitUnit::Workday, 20, "2026-11-02");
    for (today, used, remaining) in [
        ("2026-11-01", 0, 20),
        ("2026-11-02", 0, 20),
        ("2026-11-03", 1, 19),
        ("2026-11-08", 4, 16),
        ("2026-11-30", 20, 0),
        ("2026-12-02", 22, -2),
    ] {
        assert_eq!(clock.used(&calendar, date(today)), Ok(used), "{today}");
        assert_eq!(clock.remaining(&calendar, date(today)), Ok(remaining), "{today}");
    }
    // The days by which a day off moved the end are left too.
    let moved = LegalClock::new(LimitUnit::CalendarDay, 3, date("2026-09-28"));
    assert_eq!(moved.remaining(&calendar, date("2026-09-28")), Ok(10));
    assert_eq!(moved.remaining(&calendar, date("2026-10-08")), Ok(0));
}

#[test]
fn lights_follow_the_rule() {
    let calendar = calendar();
    let rule = LightRule::default();
    let twenty = clock(LimitUnit::Workday, 20, "2026-11-02");
    for (today, light) in [
        ("2026-11-02", Light::Green),
        ("2026-11-23", Light::Green),
        ("2026-11-24", Light::Yellow),
        ("2026-11-30", Light::Yellow),
        ("2026-12-01", Light::Red),
        ("2028-01-01", Light::Red),
    ] {
        assert_eq!(twenty.light(&calendar, date(today), &rule), light, "{today}");
    }
    let strict = LightRule {
        percent_left: 50,
        days_left: 0,
    };
    assert_eq!(twenty.light(&calendar, date("2026-11-13"), &strict), Light::Green);
    assert_eq!(
        twenty.light(&calendar, date("2026-11-16"), &strict),
        Light::Yellow
    );
    let at_once = clock(LimitUnit::Workday, 0, "2026-11-02");
    assert_eq!(at_once.light(&calendar, date("2026-11-02"), &rule), Light::Yellow);
    assert_eq!(at_once.light(&calendar, date("2026-11-03"), &rule), Light::Red);
}

#[test]
fn where_the_calendar_ends_the_limit_stays_a_number() {
    let known = calendar();
    let clock = clock(LimitUnit::Workday, 20, "2026-12-15");
    let open = Due::Open {
        remaining: 8,
        earliest: date("2027-01-08"),
        missing_year: 2027,
    };
    assert_eq!(clock.due(&known), open);
    assert_eq!((open.date(), open.earliest()), (None, Some(date("2027-01-08"))));
    assert_eq!(clock.remaining(&known, date("2026-12-31")), Ok(8));
    assert_eq!(
        clock.remaining(&known, date("2027-01-05")),
        Err(CalendarError::YearMissing(2027))
    );
    // Warnings go by the earliest possible day, and are never red on a guess.
    let rule = LightRule::default();
    for (today, light) in [
        ("2026-12-31", Light::Green),
        ("2027-01-03", Light::Green),
        ("2027-01-04", Light::Yellow),
        ("2027-01-11", Light::Yellow),
        ("2028-06-01", Light::Yellow),
    ] {
        assert_eq!(clock.light(&known, date(today), &rule), light, "{today}");
    }
    assert_eq!(
        clock.explain(&known).steps.last(),
        Some(&Step::CalendarEnds {
            missing_year: 2027,
            counted: 12,
            remaining: 8,
            earliest: date("2027-01-08")
        })
    );
    // Importing the year gives the date: 4 to 8 January are five days, 11 to 13 three more.
    let imported = WorkCalendar::from_days(rows(2026).into_iter().chain(rows(2027))).unwrap();
    assert_eq!(clock.due(&imported), due("2027-01-13"));
    assert_eq!(clock.light(&imported, date("2027-01-14"), &rule), Light::Red);
}

#[test]
fn a_year_without_a_calendar_takes_clocks_too() {
    let known = calendar();
    assert_eq!(
        clock(LimitUnit::Workday, 5, "2027-03-01").due(&known),
        Due::Open {
            remaining: 5,
            earliest: date("2027-03-06"),
            missing_year: 2027
        }
    );
    // Calendar days can be counted, but whether the end is a day off is not known.
    assert_eq!(
        clock(LimitUnit::CalendarDay, 10, "2026-12-25").due(&known),
        Due::Open {
            remaining: 0,
            earliest: date("2027-01-04"),
            missing_year: 2027
        }
    );
    assert_eq!(
        clock(LimitUnit::Hour, 48, "2027-03-01").due(&known),
        due("2027-03-03")
    );
    assert_eq!(
        clock(LimitUnit::Workday, 0, "2027-03-01").due(&known),
        due("2027-03-01")
    );
    // Stopped in an unknown year: at most these are left.
    let stopped = LegalClock {
        stops: vec![stop("2027-03-03", None)],
        ..clock(LimitUnit::Workday, 5, "2027-03-01")
    };
    assert_eq!(
        stopped.due(&known),
        Due::Stopped {
            since: date("2027-03-03"),
            remaining: 5
        }
    );
    assert_eq!(
        stopped.explain(&known).steps.last(),
        Some(&Step::Stop {
            from: date("2027-03-03"),
            to: None,
            days: None
        })
    );
}

#[test]
fn a_minute_before_midnight_is_another_legal_day() {
    let calendar = calendar();
    let accepted =
        |instant: &str| -> NaiveDate { civil::beijing_date(instant.parse::<DateTime<Utc>>().unwrap()) };
    for (instant, end) in [
        ("2026-11-19T15:59:00Z", due("2026-11-20")), // Thursday 23:59 in Beijing
        ("2026-11-19T16:01:00Z", due("2026-11-23")), // Friday 00:01
        ("2025-12-31T15:59:00Z", due("2026-01-04")), // the last minute of the year: a make-up Sunday is next
        ("2025-12-31T16:01:00Z", due("2026-01-04")), // the first minute of New Year's Day
        ("2026-12-30T15:59:00Z", due("2026-12-31")),
        (
            "2026-12-30T16:01:00Z",
            Due::Open {
                remaining: 1,
                earliest: date("2027-01-01"),
                missing_year: 2027,
            },
        ),
    ] {
        let clock = LegalClock::new(LimitUnit::Workday, 1, accepted(instant));
        assert_eq!(clock.due(&calendar), end, "{instant}");
    }
}

#[test]
fn hours_end_at_an_instant() {
    let started: DateTime<Utc> = "2026-11-06T15:30:00Z".parse().unwrap();
    let hours = clock(LimitUnit::Hour, 2, "2026-11-06");
    assert_eq!(
        hours.due_instant(started).unwrap().to_rfc3339(),
        "2026-11-06T17:30:00+00:00"
    );
    assert_eq!(
        clock(LimitUnit::Workday, 2, "2026-11-06").due_instant(started),
        None
    );
}

#[test]
fn explains_every_day_that_did_not_count() {
    let calendar = calendar();
    let name = || Some("春节".to_owned());
    assert_eq!(
        clock(LimitUnit::Workday, 20, "2026-02-10")
            .explain(&calendar)
            .steps,
        vec![
            Step::Start {
                date: date("2026-02-10")
            },
            Step::FirstDay {
                date: date("2026-02-11")
            },
            Step::MakeUp {
                date: date("2026-02-14"),
                name: name()
            },
            Step::Holiday {
                from: date("2026-02-15"),
                to: date("2026-02-23"),
                days: 9,
                name: name()
            },
            Step::MakeUp {
                date: date("2026-02-28"),
                name: name()
            },
            Step::Weekend {
                from: date("2026-03-01"),
                to: date("2026-03-01"),
                days: 1
            },
            Step::Weekend {
                from: date("2026-03-07"),
                to: date("2026-03-08"),
                days: 2
            },
            Step::Weekend {
                from: date("2026-03-14"),
                to: date("2026-03-15"),
                days: 2
            },
            Step::End {
                date: date("2026-03-16")
            },
        ]
    );
    let stopped = LegalClock {
        stops: vec![stop("2026-11-04", Some("2026-11-10"))],
        ..clock(LimitUnit::Workday, 5, "2026-11-02")
    };
    assert_eq!(
        stopped.explain(&calendar).steps,
        vec![
            Step::Start {
                date: date("2026-11-02")
            },
            Step::FirstDay {
                date: date("2026-11-03")
            },
            Step::Stop {
                from: date("2026-11-04"),
                to: Some(date("2026-11-10")),
                days: Some(7)
            },
            Step::Weekend {
                from: date("2026-11-14"),
                to: date("2026-11-15"),
                days: 2
            },
            Step::End {
                date: date("2026-11-16")
            },
        ]
    );
    assert_eq!(
        clock(LimitUnit::CalendarDay, 3, "2026-09-28")
            .explain(&calendar)
            .steps[2..],
        [
            Step::Moved {
                from: date("2026-10-01"),
                to: date("2026-10-08")
            },
            Step::End {
                date: date("2026-10-08")
            }
        ]
    );
}

#[test]
fn units_clocks_and_explanations_travel_as_json() {
    for unit in LimitUnit::ALL {
        assert_eq!(LimitUnit::parse(unit.as_str()), Ok(unit));
        assert_eq!(LimitUnit::parse(unit.chinese_name()), Ok(unit));
    }
    assert_eq!(LimitUnit::parse("工作日"), Ok(LimitUnit::Workday));
    assert_eq!(LimitUnit::parse("fortnight"), Err(CodeError::LimitUnitUnknown));
    let clock = clock(LimitUnit::Workday, 20, "2026-12-15");
    let json = serde_json::to_string(&clock).unwrap();
    assert_eq!(serde_json::from_str::<LegalClock>(&json).unwrap(), clock);
    let explanation = serde_json::to_value(clock.explain(&calendar())).unwrap();
    assert_eq!(explanation["steps"][0]["kind"], "start");
    assert_eq!(explanation["due"]["kind"], "open");
    assert_eq!(explanation["due"]["value"]["remaining"], 8);
    assert_eq!(
        serde_json::to_string(&due("2026-12-15")).unwrap(),
        r#"{"kind":"date","value":"2026-12-15"}"#
    );
}

#[test]
fn absurd_limits_end_too() {
    let calendar = calendar();
    for unit in LimitUnit::ALL {
        let clock = clock(unit, u32::MAX, "2026-11-02");
        assert!(
            clock
                .due(&calendar)
                .earliest()
                .is_some_and(|end| end > date("2200-01-01")),
            "{unit:?}"
        );
        assert_eq!(
            clock.light(&calendar, date("2026-12-01"), &LightRule::default()),
            Light::Green
        );
    }
}
