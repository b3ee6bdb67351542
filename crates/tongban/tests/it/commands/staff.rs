//! Accounts of staff, and the department systems that an installation reads from.

use std::fs;

use super::{county, refuses, runs, tongban};

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
        let ended = tongban(&data, &["resources", list.to_str().unwrap()]);
        (ended.code == 0, ended.said())
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
