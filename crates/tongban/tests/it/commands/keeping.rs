//! Backup, restore, and moving to PostgreSQL, with a city that has lived for some weeks.

use std::{fs, path::Path, sync::Arc};

use serde_json::Value;
use tongban::demo;
use tongban_store::{StoreConfig, SystemClock};

use super::{data, database, inventory, program, refuses, runs, shown, tongban};
use crate::program::Program;

/// The demo city, as `tongban demo` builds it, in a folder of its own.
pub(super) async fn city() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    demo::build(&StoreConfig::in_folder(&data(&folder)), Arc::new(SystemClock))
        .await
        .unwrap();
    folder
}

/// The cases of a resident as the program serves them: numbers, what was filled in, and the files.
pub(super) async fn served(program: &Program) -> Vec<Value> {
    let http = tongban_courier::http_client("command-test", None).unwrap();
    let token = program.sign_in(&http, "王建国").await;
    let ask = async |path: &str| {
        let url = format!("{}/api/v1/{path}", program.address);
        let answer = http.get(url).bearer_auth(&token).send().await.unwrap();
        answer.error_for_status().unwrap().json::<Value>().await.unwrap()
    };
    let mut cases = Vec::new();
    for row in ask("cases?limit=100").await["items"].as_array().unwrap() {
        let case = ask(&format!("cases/{}", row["id"].as_str().unwrap())).await;
        let kept = ["id", "number", "state", "values", "materials", "version"];
        cases.push(kept.iter().map(|name| case[name].clone()).collect());
    }
    let text = serde_json::to_string(&cases).unwrap();
    assert!(
        text.contains("示范市一县政通路 18 号 2 单元 301") && text.contains("购房合同.pdf"),
        "{text}"
    );
    cases
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_restored_and_serves_the_same_cases() {
    let folder = city().await;
    let there = data(&folder);
    let backup = folder.path().join("backup.tar");
    let words = ["backup", "--to", &shown(&backup)];
    let before = {
        // Beside the running program.
        let program = Program::serve(&there).await;
        let before = served(&program).await;
        let said = runs(&there, &words);
        assert!(said.contains("The key ring is not in it"), "{said}");
        before
    };
    let said = refuses(&there, &words);
    assert!(
        said.contains("is there already; name another file, nothing was overwritten"),
        "{said}"
    );

    let keys = shown(&there.join("keys"));
    let restore = |from: &Path| {
        [
            "restore".to_owned(),
            "--from".to_owned(),
            shown(from),
            "--keys".to_owned(),
            keys.clone(),
        ]
    };
    let said_of = |to: &Path, from: &Path| {
        let words = restore(from);
        refuses(to, &words.each_ref().map(String::as_str))
    };
    // A place that is not empty.
    let untouched = inventory(&there);
    let said = said_of(&there, &backup);
    assert!(
        said.contains("is not empty") && said.contains("nothing was changed"),
        "{said}"
    );
    let mut forced = program(&["restore", "--replace", "--from", &shown(&backup), "--data-dir"]);
    forced.arg(&there).stdin(std::process::Stdio::null());
    let forced = super::ended(forced);
    assert_eq!(forced.code, 2, "{forced:?}");
    assert!(
        forced.aside.contains("nobody is there to answer, so add --yes"),
        "{forced:?}"
    );
    assert_eq!(inventory(&there), untouched);
    // A spoilt one, half a one, and what never was one.
    let to = folder.path().join("again");
    let whole = fs::read(&backup).unwrap();
    let spoilt = folder.path().join("spoilt.tar");
    let mut changed = whole.clone();
    let middle = whole
        .windows(15)
        .position(|window| window == b"SQLite format 3")
        .unwrap()
        + 9_000;
    changed[middle] ^= 1;
    for (content, words) in [
        (changed.as_slice(), "is damaged: "),
        (&whole[..whole.len() / 2], "is damaged: it is cut off"),
        (b"a letter", "is not a backup of this program"),
    ] {
        fs::write(&spoilt, content).unwrap();
        let said = said_of(&to, &spoilt);
        assert!(said.contains(words), "{said}");
        assert!(!to.exists() || inventory(&to).is_empty(), "{words}");
    }
    let said = refuses(&to, &["restore", "--from", &shown(&backup)]);
    assert!(said.contains("there is no key ring in"), "{said}");

    let words = restore(&backup);
    let said = runs(&to, &words.each_ref().map(String::as_str));
    assert!(
        said.contains("The search index is built when the program starts"),
        "{said}"
    );
    assert_eq!(served(&Program::serve(&to).await).await, before);
    let ended = tongban(&to, &["audit", "verify"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let ended = tongban(&to, &["doctor"]);
    assert!(
        ended.out.lines().any(|line| line.starts_with("ok       files ")),
        "{ended:?}"
    );
    assert!(
        ended
            .out
            .lines()
            .any(|line| line.starts_with("ok       sealed values ")),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_moves_to_postgresql_and_back() {
    let folder = city().await;
    let there = data(&folder);
    let postgres = tongban_testkit::create_database().await;
    let copy = |from: &str, to: &str| super::ended(program(&["db", "copy", "--from", from, "--to", to]));
    let forth = copy(&database(&there), &postgres);
    assert_eq!(forth.code, 0, "{forth:?}");
    assert!(
        forth.out.trim_end().ends_with("the same on both sides"),
        "{forth:?}"
    );

    // The rows are in PostgreSQL now, keys and files where they were.
    let mut verify = program(&["audit", "verify", "--data-dir"]);
    verify.arg(&there).env("TONGBAN_DATABASE_URL", &postgres);
    let verified = super::ended(verify);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(verified.out.starts_with("verdict: intact\n"), "{verified:?}");

    let back = folder.path().join("back");
    fs::create_dir(&back).unwrap();
    let returned = copy(&postgres, &database(&back));
    assert_eq!(returned.code, 0, "{returned:?}");
    assert_eq!(returned.out, forth.out, "as many rows of every table");
    let keys = back.join("keys");
    tongban_crypto::KeyRing::load(&there.join("keys"))
        .unwrap()
        .unwrap()
        .save(&keys)
        .unwrap();
    let verified = tongban(&back, &["audit", "verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");

    // What holds rows is never a target, and what is not there is no source.
    for (from, to, words) in [
        (postgres.as_str(), database(&back), "is not empty"),
        (&database(&back), postgres.clone(), "is not empty"),
        (
            &database(folder.path()),
            postgres.clone(),
            "there is no database at",
        ),
        (
            "mysql://nobody@127.0.0.1/tongban",
            postgres.clone(),
            "names neither sqlite: nor postgres:",
        ),
    ] {
        let refused = copy(from, &to);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.aside.contains(words), "{refused:?}");
    }
}
