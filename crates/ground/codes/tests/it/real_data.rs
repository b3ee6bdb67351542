//! The real data beside the checkout (or in the folder named by `TONGBAN_SHARED`), where it is at hand.

use std::{collections::BTreeMap, io::Write as _, path::PathBuf};

use chrono::{Datelike, NaiveDate};
use serde_json::Value;
use tongban_codes::{
    CitizenNumber, DayKind, FindingLevel, ItemCode, ItemCodeFamily, ItemType, LicenceIdentifier,
    LicenceTypeCode, OrganisationCode, RegionCode, Sex, Uscc, WorkCalendar, check_digit,
};

/// The text of a file of the shared data, or `None` (and a line that says so) when the data is not there.
fn shared(path: &str) -> Option<String> {
    let folder = std::env::var_os("TONGBAN_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"),
        PathBuf::from,
    );
    let file = folder.join("data").join(path);
    if !file.exists() {
        say(&format!(
            "real-data: skipped codes {path}: it is not here (set TONGBAN_SHARED)"
        ));
        return None;
    }
    say(&format!("real-data: ran codes {path}"));
    Some(std::fs::read_to_string(file).unwrap())
}

/// Tells the run whether real data was used; it counts the lines of the file named by `TONGBAN_REAL_DATA_LOG`.
fn say(line: &str) {
    eprintln!("{line}");
    if let Ok(log) = std::env::var("TONGBAN_REAL_DATA_LOG") {
        let mut log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        writeln!(log, "{line}").unwrap();
    }
}

/// Rows of a plain CSV without its header.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

#[test]
fn check_digit_vectors() {
    let Some(json) = shared("vectors/check_digits.json") else {
        return;
    };
    let vectors: Value = serde_json::from_str(&json).unwrap();
    let list = |group: &str, key: &str| vectors[group][key].as_array().unwrap().clone();
    let mut seen = 0;
    for vector in list("id18", "valid") {
        let number = CitizenNumber::parse(text(&vector, "v")).unwrap();
        assert_eq!(number.as_str(), text(&vector, "v"));
        seen += 1;
    }
    for vector in list("id18", "invalid") {
        assert!(CitizenNumber::parse(text(&vector, "v")).is_err(), "{vector}");
        // The lower-case x is the one that the lenient parser takes.
        assert_eq!(
            CitizenNumber::parse_lenient(text(&vector, "v")).is_ok(),
            text(&vector, "why").starts_with("lower-case"),
            "{vector}"
        );
        seen += 1;
    }
    for vector in list("uscc18", "valid") {
        let code = Uscc::parse(text(&vector, "v")).unwrap();
        assert!(code.organisation_code().is_some(), "{vector}");
        seen += 1;
    }
    for vector in list("uscc18", "invalid") {
        assert!(Uscc::parse(text(&vector, "v")).is_err(), "{vector}");
        seen += 1;
    }
    for vector in list("org9", "valid") {
        assert_eq!(
            OrganisationCode::parse(vector.as_str().unwrap())
                .unwrap()
                .to_string(),
            vector.as_str().unwrap()
        );
        seen += 1;
    }
    for vector in list("elicence_id", "examples") {
        let identifier = LicenceIdentifier::parse(text(&vector, "identifier")).unwrap();
        let parts: String = vector["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part.as_str().unwrap())
            .collect();
        assert_eq!(check_digit::mod_37_36(&parts), Some(identifier.check()));
        assert_eq!(text(&vector, "check"), identifier.check().to_string());
        seen += 1;
    }
    eprintln!("check digit vectors: {seen} held");
    assert!(seen >= 55, "{seen}");
}

#[test]
fn invented_people_and_firms_are_valid() {
    let Some(people) = shared("gen/synthetic_people.csv") else {
        return;
    };
    for row in rows(&people) {
        let number = CitizenNumber::parse(row[1]).unwrap();
        assert_eq!(
            (
                number.sex() == Sex::Male,
                number.birth_date().to_string().as_str()
            ),
            (row[2] == "M", row[3])
        );
        tongban_codes::Phone::parse(row[4]).unwrap();
    }
    let Some(firms) = shared("gen/synthetic_enterprises.csv") else {
        return;
    };
    for row in rows(&firms) {
        assert!(Uscc::parse(row[0]).unwrap().organisation_code().is_some());
    }
}

#[test]
fn real_regions_have_the_levels_and_parents_of_the_list() {
    for file in [
        "divisions/sichuan_51_to_township.csv",
        "divisions/guangan_5116_villages.csv",
    ] {
        let Some(text) = shared(file) else { return };
        let header: Vec<&str> = text
            .lines()
            .next()
            .unwrap()
            .trim_start_matches('\u{feff}')
            .split(',')
            .collect();
        let column = |name: &str| header.iter().position(|field| *field == name).unwrap();
        let (code, level, parent) = (column("code12"), column("level"), column("parent_code12"));
        for row in rows(&text) {
            let region = RegionCode::parse(row[code]).unwrap();
            assert_eq!(region.level().as_str(), row[level], "{row:?}");
            assert_eq!(
                region
                    .parent()
                    .map_or("000000000000".to_owned(), |parent| parent.to_string()),
                row[parent],
                "{row:?}"
            );
        }
    }
}

#[test]
fn real_item_codes_are_told_apart_and_judged() {
    let Some(lines) = shared("items/sichuan_guangan_items.jsonl") else {
        return;
    };
    let mut families: BTreeMap<String, u32> = BTreeMap::new();
    let (mut bodies, mut rows) = (0, 0);
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let code = ItemCode::parse(text(&row, "item_code")).unwrap();
        *families.entry(format!("{:?}", code.family())).or_default() += 1;
        assert_ne!(code.family(), ItemCodeFamily::Unknown, "{code}");
        assert_eq!(code.basic(), text(&row, "base_code"), "{code}");
        assert_eq!(code.body(), Some(text(&row, "org_code")), "{code}");
        let body_fault = code
            .validate()
            .iter()
            .any(|finding| finding.code.starts_with("item.body"));
        assert_eq!(body_fault, row["org_code_is_valid_uscc"] == false, "{code}");
        assert!(code.validate().iter().all(|finding| finding.level == FindingLevel::Notice || finding.code.starts_with("item.body")), "{code}");
        assert_eq!(
            ItemType::from_code(text(&row, "task_type"))
                .unwrap()
                .chinese_name(),
            text(&row, "task_type_name")
        );
        bodies += u32::from(body_fault);
        rows += 1;
    }
    eprintln!("item codes: {families:?}, {bodies} of {rows} with a body that is not valid");
    assert_eq!((rows, bodies), (1135, 153));
}

#[test]
fn real_licence_types_can_be_read() {
    let Some(types) = shared("licences/licence_type_codes.csv") else {
        return;
    };
    for row in rows(&types) {
        let code = LicenceTypeCode::parse(row[0]).unwrap();
        assert_eq!(code.authority().is_some(), row.contains(&"True"), "{row:?}");
    }
}

#[test]
fn real_calendar() {
    let Some(text) = shared("calendar/cn_days_2023_2026.csv") else {
        return;
    };
    let table: Vec<(NaiveDate, bool, String, String)> = rows(&text)
        .map(|row| {
            (
                row[0].parse().unwrap(),
                row[2] == "1",
                row[4].to_owned(),
                row[3].to_owned(),
            )
        })
        .collect();
    let days = || {
        table
            .iter()
            .map(|(date, workday, name, _)| (*date, *workday, name.as_str()))
    };
    let calendar = WorkCalendar::from_days(days()).unwrap();
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2023, 2024, 2025, 2026]);
    for (date, workday, name, kind) in &table {
        assert_eq!(calendar.is_workday(*date), Ok(*workday));
        let expected = match calendar.kind(*date).unwrap() {
            DayKind::Workday => "workday",
            DayKind::MakeUp(_) => "makeup_workday",
            DayKind::Weekend => "weekend",
            DayKind::Holiday(_) => "holiday",
        };
        // Two weekend days beside New Year 2024 are holidays without a name in the list: to the calendar, a weekend.
        let unnamed = name.is_empty() && kind == "holiday" && expected == "weekend";
        assert!(expected == kind || unnamed, "{date}");
    }
    for (year, workdays) in [(2023, 249), (2024, 251), (2025, 248), (2026, 248)] {
        let day = |year| NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        let count = days()
            .filter(|(date, workday, _)| date.year() == year && *workday)
            .count();
        assert_eq!(count, workdays);
        if year > 2023 {
            assert_eq!(
                calendar.count_workdays(day(year - 1), day(year)),
                Ok(u32::try_from(workdays).unwrap())
            );
        }
    }
    // The table of these tests says the same about its two years.
    assert_eq!(crate::sample::calendar(), {
        // 6 October 2025 is named 中秋 in the list; the name of the longer holiday is kept in our table.
        let renamed = days()
            .filter(|(date, _, _)| date.year() >= 2025)
            .map(|(date, workday, name)| {
                (
                    date,
                    workday,
                    if date == crate::sample::date("2025-10-06") {
                        "国庆节"
                    } else {
                        name
                    },
                )
            });
        WorkCalendar::from_days(renamed).unwrap()
    });
    // Whichever years are taken away, the earliest possible day is never late.
    for missing in 2023..=2026 {
        let partial = WorkCalendar::from_days(days().filter(|(date, _, _)| date.year() != missing)).unwrap();
        for (from, _, _) in days().filter(|(date, _, _)| date.year() == missing) {
            for n in [1, 2, 5, 10, 20, 45] {
                let Ok(real) = calendar.add_workdays(from, n) else {
                    continue;
                };
                assert!(partial.earliest_possible(from, n) <= real, "{from} + {n}");
            }
        }
    }
}
