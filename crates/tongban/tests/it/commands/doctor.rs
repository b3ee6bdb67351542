//! What the doctor says, and with which exit code: 0 where nothing is at fault, 1 where something is.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use chrono::Datelike as _;
use tongban_store::{Clock as _, SystemClock};

use super::{county, data, inventory, runs, tamper, tongban, written};

/// The line about a check.
fn line<'said>(said: &'said str, name: &str) -> &'said str {
    let begins = |line: &&str| line.get(9..).is_some_and(|rest| rest.starts_with(name));
    said.lines()
        .find(begins)
        .unwrap_or_else(|| panic!("no line about {name} in\n{said}"))
}

#[track_caller]
fn ill(data: &Path, name: &str, words: &str) {
    let ended = tongban(data, &["doctor"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let line = line(&ended.out, name);
    assert!(
        line.starts_with("fault ") && line.contains(words),
        "{}",
        ended.out
    );
    assert!(!ended.out.trim_end().ends_with(" faults 0"), "{}", ended.out);
}

/// A calendar that reaches to the end of next year, whatever year this is.
fn import_calendar(folder: &tempfile::TempDir) {
    let year = SystemClock.now().year();
    let rows: String = (year - 1..=year + 1)
        .map(|year| format!("{year},year,complete\n"))
        .collect();
    let calendar = written(folder, "calendar.csv", format!("date,kind,name\n{rows}"));
    runs(&data(folder), &["import", "calendar", &calendar]);
}

#[tokio::test]
async fn it_names_what_is_ill_and_mends_nothing() {
    let folder = county();
    let data = data(&folder);
    ill(
        &data,
        "work calendar",
        "today is not covered, so no legal limit gets a date; import the new one",
    );
    import_calendar(&folder);
    let ended = tongban(&data, &["doctor"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for name in [
        "key ring",
        "database",
        "migrations",
        "files",
        "work calendar",
        "jobs",
        "log",
    ] {
        assert!(line(&ended.out, name).starts_with("ok "), "{}", ended.out);
    }
    assert!(ended.out.trim_end().ends_with(" faults 0"), "{}", ended.out);
    let report: serde_json::Value = serde_json::from_str(&runs(&data, &["doctor", "--json"])).unwrap();
    assert_eq!(report["ok"], true);

    let ring = data.join("keys/keyring.json");
    let mode = |mode| fs::set_permissions(&ring, PermissionsExt::from_mode(mode)).unwrap();
    mode(0o644);
    ill(&data, "key ring", "it must be 0600");
    assert_eq!(
        fs::metadata(&ring).unwrap().permissions().mode() & 0o777,
        0o644,
        "it mends nothing"
    );
    let ended = tongban(&data, &["doctor", "--json"]);
    assert_eq!(ended.code, 1);
    let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    let check = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["name"] == "key ring")
        .unwrap();
    assert_eq!((&report["ok"], &check["state"]), (&false.into(), &"fault".into()));
    mode(0o600);

    tamper(
        &data,
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)",
    )
    .await;
    ill(
        &data,
        "migrations",
        "a newer version of the program ran here (m9999_later)",
    );
    tamper(
        &data,
        "DELETE FROM seaql_migrations WHERE version = 'm9999_later'",
    )
    .await;
    let all = tongban::migrations::all();
    let last = all.last().unwrap().name();
    tamper(
        &data,
        &format!("DELETE FROM seaql_migrations WHERE version = '{last}'"),
    )
    .await;
    ill(
        &data,
        "migrations",
        "1 have not run; back up, then run tongban migrate",
    );
    tamper(
        &data,
        &format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{last}', 0)"),
    )
    .await;
    assert_eq!(tongban(&data, &["doctor"]).code, 0, "well again");
}

#[test]
fn an_empty_place_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    ill(folder.path(), "key ring", "there is none in");
    ill(folder.path(), "database", "it cannot be opened");
    ill(&folder.path().join("none"), "data folder", "is not there");
    assert!(inventory(folder.path()).is_empty());
}
