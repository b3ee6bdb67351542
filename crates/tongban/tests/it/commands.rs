//! What a city's IT team does at the command line before anybody can sign in.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

const REGIONS: &str = "code,name\n519900000000,示范市\n519921000000,示范市一县\n";
const ORGANISATIONS: &str = "code,name,region_code\n11519921MB28559184,一县市场监督管理局,519921000000\n";

/// Runs the program; answers whether it ended well and what it said.
fn tongban(data: &Path, words: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tongban"))
        .args(words)
        .arg("--data-dir")
        .arg(data)
        .env("RUST_LOG", "error")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

fn runs(data: &Path, words: &[&str]) -> String {
    let (well, said) = tongban(data, words);
    assert!(well, "{words:?}: {said}");
    said
}

fn refuses(data: &Path, words: &[&str]) -> String {
    let (well, said) = tongban(data, words);
    assert!(!well, "{words:?} should end badly: {said}");
    said
}

/// A folder with one county and one office.
fn county() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (list, text) in [("regions", REGIONS), ("organisations", ORGANISATIONS)] {
        let file = folder.path().join(format!("{list}.csv"));
        fs::write(&file, text).unwrap();
        runs(
            &folder.path().join("data"),
            &["import", list, file.to_str().unwrap()],
        );
    }
    folder
}

#[test]
fn staff_are_added_listed_unlocked_and_given_a_new_password() {
    let folder = county();
    let data = folder.path().join("data");
    let post = "clerk:519921000000:11519921MB28559184";
    let said = runs(
        &data,
        &["staff", "add", "liu.min", "--name", "刘敏", "--post", post],
    );
    let password = said
        .lines()
        .find_map(|line| line.strip_prefix("password  "))
        .unwrap();
    assert!(password.len() >= 20, "{said}");
    assert!(runs(&data, &["staff", "list"]).contains("liu.min"));

    assert!(
        refuses(
            &data,
            &["staff", "add", "liu.min", "--name", "又一位", "--post", post]
        )
        .contains("login_taken")
    );
    let nowhere = "clerk:519921000000:11519921MB00000000";
    assert!(
        refuses(
            &data,
            &["staff", "add", "zhou.z", "--name", "周正", "--post", nowhere]
        )
        .contains("no organisation")
    );
    assert!(refuses(&data, &["staff", "unlock", "nobody"]).contains("nobody"));

    runs(&data, &["staff", "unlock", "liu.min"]);
    assert!(!runs(&data, &["staff", "password", "liu.min"]).contains(password));
}

#[test]
fn resources_are_entered_all_or_none() {
    let folder = county();
    let data = folder.path().join("data");
    let entry = |code: &str| {
        serde_json::json!({
            "code": code, "name": "人口基本信息", "region": "519921000000", "organisation": "11519921MB28559184",
            "share_class": "conditional", "url": "https://population.example/facts", "subject": "person",
            "fields": [{"name": "name", "title": "姓名"}], "secret_file": "population.secret",
        })
    };
    let list = folder.path().join("resources.json");
    let enter = |entries: serde_json::Value| {
        fs::write(&list, entries.to_string()).unwrap();
        tongban(&data, &["resources", list.to_str().unwrap()])
    };
    let (well, said) = enter(serde_json::json!([entry("population.basic")]));
    assert!(!well && said.contains("population.secret"), "{said}");
    fs::write(
        folder.path().join("population.secret"),
        "a-secret-of-the-register\n",
    )
    .unwrap();
    let (well, said) = enter(serde_json::json!([
        entry("population.basic"),
        entry("Not A Code")
    ]));
    assert!(!well && said.contains("resource_code"), "{said}");
    let (well, said) = enter(serde_json::json!([
        entry("population.basic"),
        entry("population.address")
    ]));
    assert!(well && said.starts_with("2 resources"), "{said}");
}
