//! What holds for every value.

use chrono::{Duration, NaiveDate};
use proptest::prelude::*;
use tongban_codes::{
    CaseNumber, CitizenNumber, Due, Fen, ItemCode, LegalClock, LicenceIdentifier, LicenceTypeCode, LimitUnit,
    OrganisationCode, Phone, RegionCode, Step, StopInterval, Uscc, WorkCalendar,
};

use crate::sample::{calendar, date};

const BODY_ALPHABET: &str = "[0-9A-HJ-NPQRTUWXY]";

fn births() -> impl Strategy<Value = NaiveDate> {
    (0..80_000_i64).prop_map(|days| date("1850-01-01") + Duration::days(days))
}

fn citizens() -> impl Strategy<Value = CitizenNumber> {
    (
        prop::sample::select(vec!["519900", "519901", "810000", "911840"]),
        births(),
        0..1000_u16,
    )
        .prop_map(|(prefix, birth, sequence)| CitizenNumber::generate(prefix, birth, sequence).unwrap())
}

fn organisations() -> impl Strategy<Value = OrganisationCode> {
    "[0-9A-HJ-NPQRTUWXY]{8}".prop_map(|body| OrganisationCode::generate(&body).unwrap())
}

fn usccs() -> impl Strategy<Value = Uscc> {
    ("[1-9AN]", "[1-9]", "5199[0-9]{2}", organisations()).prop_map(
        |(department, class, region, organisation)| {
            let first = |text: &str| text.chars().next().unwrap();
            Uscc::generate(first(&department), first(&class), &region, &organisation).unwrap()
        },
    )
}

fn licences() -> impl Strategy<Value = LicenceIdentifier> {
    (usccs(), 1..1000_u16, usccs(), "[0-9A-Z]{1,32}", 1..1000_u16).prop_map(
        |(authority, number, issuer, serial, version)| {
            let type_code = LicenceTypeCode::new(&authority, number).unwrap();
            LicenceIdentifier::build(&type_code, &issuer, &serial, version).unwrap()
        },
    )
}

fn regions() -> impl Strategy<Value = RegionCode> {
    (
        "[1-9][0-9]",
        "00|[0-9]{2}",
        "00|[0-9]{2}",
        "000|[0-9]{3}",
        "000|[0-9]{3}",
    )
        .prop_map(|(province, city, county, township, village)| {
            RegionCode::parse(&format!("{province}{city}{county}{township}{village}")).unwrap()
        })
}

fn days() -> impl Strategy<Value = NaiveDate> {
    (0..600_i64).prop_map(|days| date("2025-01-01") + Duration::days(days))
}

fn stops() -> impl Strategy<Value = Vec<StopInterval>> {
    prop::collection::vec((days(), 0..20_i64), 0..3).prop_map(|stops| {
        stops
            .into_iter()
            .map(|(from, length)| StopInterval {
                from,
                to: Some(from + Duration::days(length)),
            })
            .collect()
    })
}

fn clocks() -> impl Strategy<Value = LegalClock> {
    (
        prop::sample::select(LimitUnit::ALL.to_vec()),
        0..25_u32,
        days(),
        stops(),
    )
        .prop_map(|(unit, limit, started, stops)| {
            // Long units only as long as the known calendar reaches.
            let limit = if matches!(unit, LimitUnit::Month | LimitUnit::Year) {
                limit % 2
            } else {
                limit
            };
            LegalClock {
                unit,
                limit,
                started,
                stops,
                until: None,
            }
        })
}

/// The text with the character at one position exchanged for another.
fn exchange(text: &str, at: usize, with: char) -> Option<String> {
    let at = at % text.len();
    let changed: String = text
        .chars()
        .enumerate()
        .map(|(index, c)| if index == at { with } else { c })
        .collect();
    (changed != text).then_some(changed)
}

/// A day for comparing: the end, or the earliest possible one.
fn end(clock: &LegalClock, calendar: &WorkCalendar) -> NaiveDate {
    clock.due(calendar).earliest().unwrap()
}

proptest! {
    #[test]
    fn citizen_numbers_read_back_and_hide(number in citizens()) {
        prop_assert_eq!(&CitizenNumber::parse(number.as_str()).unwrap(), &number);
        prop_assert_eq!(&CitizenNumber::parse_lenient(&number.as_str().to_lowercase()).unwrap(), &number);
        let printed = format!("{number} {number:?}");
        prop_assert!(!printed.contains(&number.as_str()[4..14]));
    }

    #[test]
    fn one_wrong_character_breaks_a_citizen_number(number in citizens(), at in 0..18_usize, with in "[0-9X]") {
        if let Some(changed) = exchange(number.as_str(), at, with.chars().next().unwrap()) {
            prop_assert!(CitizenNumber::parse(&changed).is_err(), "{}", changed);
        }
    }

    #[test]
    fn one_wrong_character_breaks_a_uscc(code in usccs(), at in 0..18_usize, with in BODY_ALPHABET) {
        prop_assert_eq!(&Uscc::parse(code.as_str()).unwrap(), &code);
        if let Some(changed) = exchange(code.as_str(), at, with.chars().next().unwrap()) {
            prop_assert!(Uscc::parse(&changed).is_err(), "{}", changed);
        }
    }

    #[test]
    fn organisation_codes_read_back(code in organisations()) {
        prop_assert_eq!(&OrganisationCode::parse(code.as_str()).unwrap(), &code);
        let printed = code.to_string();
        prop_assert_eq!(&OrganisationCode::parse(&printed).unwrap(), &code);
    }

    #[test]
    fn one_wrong_character_breaks_a_licence_identifier(identifier in licences(), at in 0..96_usize, with in "[0-9A-Z]") {
        prop_assert_eq!(&LicenceIdentifier::parse(identifier.as_str()).unwrap(), &identifier);
        if let Some(changed) = exchange(identifier.as_str(), at, with.chars().next().unwrap()) {
            prop_assert!(LicenceIdentifier::parse(&changed).is_err(), "{}", changed);
        }
    }

    #[test]
    fn one_wrong_digit_breaks_a_case_number(region in regions(), day in births(), serial in 1..1_000_000_u32, at in 0..21_usize, with in "[0-9]") {
        let number = CaseNumber::build(&region, day, serial).unwrap();
        let printed = number.to_string();
        prop_assert_eq!(&CaseNumber::parse(&printed).unwrap(), &number);
        prop_assert_eq!((number.date(), number.serial()), (day, serial));
        if let Some(changed) = exchange(number.as_str(), at, with.chars().next().unwrap()) {
            prop_assert!(CaseNumber::parse(&changed).is_err(), "{}", changed);
        }
    }

    #[test]
    fn regions_know_their_family(region in regions(), other in regions()) {
        for (ancestor, below) in region.ancestors().iter().zip(region.self_and_ancestors()) {
            prop_assert!(ancestor.level() < below.level());
            prop_assert!(ancestor.contains(&region) && !region.contains(ancestor));
        }
        prop_assert_eq!(region.ancestors().len() + 1, region.self_and_ancestors().len());
        prop_assert_eq!(other.contains(&region), region.self_and_ancestors().contains(&other));
        prop_assert_eq!(region.contains(&other), other.as_str().starts_with(region.prefix()));
    }

    #[test]
    fn amounts_read_back(fen in any::<i64>().prop_filter("its size must fit", |fen| *fen != i64::MIN)) {
        prop_assert_eq!(Fen::parse(&Fen(fen).to_decimal()).unwrap(), Fen(fen));
    }

    #[test]
    fn no_text_breaks_a_parser(text in "\\PC{0,40}|[0-9A-Z.-]{0,60}") {
        let _ = (CitizenNumber::parse(&text), CitizenNumber::parse_lenient(&text), Uscc::parse_lenient(&text), OrganisationCode::parse_lenient(&text));
        let _ = (RegionCode::parse_lenient(&text), LicenceIdentifier::parse(&text), CaseNumber::parse(&text), Phone::parse_lenient(&text), Fen::parse(&text));
        if let Ok(code) = ItemCode::parse(&text) {
            let _ = code.validate();
            prop_assert_eq!(code.as_str(), text.trim());
        }
    }

    #[test]
    fn counting_undoes_adding(from in days(), n in 0..60_u32) {
        let calendar = calendar();
        let to = calendar.add_workdays(from, n).unwrap();
        prop_assert_eq!(calendar.count_workdays(from, to).unwrap(), n);
        prop_assert!(n == 0 || calendar.is_workday(to).unwrap());
        prop_assert_eq!(calendar.earliest_possible(from, n), to);
        prop_assert!(calendar.add_workdays(from, n + 1).unwrap() > to);
    }

    #[test]
    fn a_clock_never_ends_earlier_for_more_limit_or_more_standing_still(clock in clocks(), stop in days(), length in 0..20_i64) {
        let calendar = calendar();
        let before = end(&clock, &calendar);
        let longer = LegalClock { limit: clock.limit + 1, ..clock.clone() };
        prop_assert!(end(&longer, &calendar) >= before);
        let mut stopped = clock.clone();
        stopped.stops.push(StopInterval { from: stop, to: Some(stop + Duration::days(length)) });
        prop_assert!(end(&stopped, &calendar) >= before);
    }

    #[test]
    fn a_clock_in_days_never_ends_earlier_for_starting_later(clock in clocks()) {
        prop_assume!(!matches!(clock.unit, LimitUnit::Month | LimitUnit::Year));
        let calendar = calendar();
        let later = LegalClock { started: clock.started + Duration::days(1), ..clock.clone() };
        prop_assert!(end(&later, &calendar) >= end(&clock, &calendar));
    }

    #[test]
    fn on_the_last_day_nothing_is_left_and_the_explanation_says_so(clock in clocks()) {
        let calendar = calendar();
        let explanation = clock.explain(&calendar);
        prop_assert_eq!(explanation.due, clock.due(&calendar));
        if let Due::Date(last) = explanation.due {
            prop_assert_eq!(explanation.steps.last(), Some(&Step::End { date: last }));
            // Days of standing still between a counted end and the day it moved to stay out of this sum.
            if clock.stops.iter().all(|stop| !stop.covers(last)) && matches!(clock.unit, LimitUnit::Workday | LimitUnit::Hour) {
                prop_assert_eq!(clock.remaining(&calendar, last), Ok(0));
            }
        }
    }
}
