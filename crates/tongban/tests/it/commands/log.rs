//! The signed log, changed behind the program's back.

use std::{fs, path::Path};

use super::{county, data, number, runs, tamper, tongban, written};

/// What `audit verify` says, and its exit code.
fn verify(data: &Path, more: &[&str]) -> (i32, String) {
    let words: Vec<&str> = [&["audit", "verify"], more].concat();
    let ended = tongban(data, &words);
    (ended.code, ended.out)
}

fn add(data: &Path, login: &str) {
    let post = "clerk:519921000000:11519921MB28559184";
    runs(data, &["staff", "add", login, "--name", "刘敏", "--post", post]);
}

/// The files of a database: the last act of a process may stand in the second only.
const FILES: [&str; 2] = ["tongban.db", "tongban.db-wal"];
type Whole = Vec<(&'static str, Vec<u8>)>;

/// An installation with some rows in its log, and the database as it is.
fn installation() -> (tempfile::TempDir, std::path::PathBuf, Whole) {
    let folder = county();
    let data = data(&folder);
    for login in ["liu.min", "zhou.zheng", "he.ming"] {
        add(&data, login);
    }
    let whole = FILES
        .into_iter()
        .filter_map(|name| fs::read(data.join(name)).ok().map(|bytes| (name, bytes)))
        .collect();
    (folder, data, whole)
}

fn put_back(data: &Path, whole: &Whole) {
    for name in FILES.into_iter().chain(["tongban.db-shm"]) {
        // Those beside the first are there only where a connection did not close in peace.
        fs::remove_file(data.join(name)).ok();
    }
    for (name, bytes) in whole {
        fs::write(data.join(name), bytes).unwrap();
    }
}

#[tokio::test]
async fn whatever_was_changed_ends_with_one_and_names_the_place() {
    let (_folder, data, whole) = installation();
    let rows = number(&data, "SELECT COUNT(*) FROM audit_entries").await;
    let (code, said) = verify(&data, &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("verdict: intact\n"), "{said}");
    assert!(said.contains(&format!("rows covered {rows} waiting 0")), "{said}");
    assert!(rows >= 5, "{said}");

    let of = |number: i64| format!("(SELECT entry FROM audit_leaves WHERE number = {number})");
    let (two, three) = (of(2), of(3));
    for (what, sql, told) in [
        (
            "a row is changed",
            format!("UPDATE audit_entries SET action = 'nothing' WHERE id = {two}"),
            vec!["(number 2) was changed: it is not what was numbered and signed"],
        ),
        (
            "a row is removed",
            format!("DELETE FROM audit_entries WHERE id = {three}"),
            vec!["(number 3) is gone"],
        ),
        (
            "two rows change places",
            format!(
                "CREATE TEMP TABLE two AS SELECT * FROM audit_entries WHERE id = {two}; \
                 CREATE TEMP TABLE three AS SELECT * FROM audit_entries WHERE id = {three}; \
                 DELETE FROM audit_entries WHERE id IN (SELECT id FROM two UNION SELECT id FROM three); \
                 CREATE TEMP TABLE ids AS SELECT (SELECT id FROM two) AS two, (SELECT id FROM three) AS three; \
                 UPDATE two SET id = (SELECT three FROM ids); UPDATE three SET id = (SELECT two FROM ids); \
                 INSERT INTO audit_entries SELECT * FROM two; INSERT INTO audit_entries SELECT * FROM three"
            ),
            vec!["(number 2) was changed", "(number 3) was changed"],
        ),
        (
            "two leaves change places",
            "UPDATE audit_leaves SET number = 1000 WHERE number = 2; UPDATE audit_leaves SET number = 2 WHERE number = 3; \
             UPDATE audit_leaves SET number = 3 WHERE number = 1000"
                .to_owned(),
            vec!["exchanged, reordered, removed or written anew"],
        ),
        (
            "a row is slipped in",
            format!(
                "CREATE TEMP TABLE more AS SELECT * FROM audit_entries WHERE id = {two}; UPDATE more SET id = zeroblob(16); \
                 INSERT INTO audit_entries SELECT * FROM more"
            ),
            vec!["has no number and does not wait for one"],
        ),
    ] {
        tamper(&data, &sql).await;
        let (code, said) = verify(&data, &[]);
        assert_eq!(code, 1, "{what}: {said}");
        assert!(said.starts_with("verdict: changed\n"), "{what}: {said}");
        for told in told {
            assert!(said.contains(told), "{what}: {said}");
        }
        put_back(&data, &whole);
        let (code, said) = verify(&data, &[]);
        assert_eq!(code, 0, "{what}, and put back: {said}");
    }
}

/// What was cut off whole shows only against a checkpoint that lay elsewhere.
#[test]
fn a_cut_off_end_shows_against_a_checkpoint_kept_elsewhere() {
    let (folder, data, whole) = installation();
    let early = written(&folder, "early.json", runs(&data, &["audit", "checkpoint"]));
    add(&data, "wu.fan");
    let kept = written(&folder, "kept.json", runs(&data, &["audit", "checkpoint"]));
    for file in [&early, &kept] {
        let (code, said) = verify(&data, &["--checkpoint", file]);
        assert_eq!(code, 0, "{said}");
        assert!(
            said.contains("compared with the checkpoint kept elsewhere"),
            "{said}"
        );
    }

    // The end goes with everything that belongs to it: leaves, checkpoints, frontier.
    put_back(&data, &whole);
    let (code, said) = verify(&data, &[]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("a cut end") && said.contains("would not show"),
        "{said}"
    );
    assert_eq!(verify(&data, &["--checkpoint", &early]).0, 0);
    let (code, said) = verify(&data, &["--checkpoint", &kept]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("the checkpoint kept elsewhere covers") && said.contains("the end was cut off"),
        "{said}"
    );

    // Written on in another way, the log is long enough again and still not the one that was signed.
    add(&data, "zheng.ping");
    add(&data, "sun.ning");
    let (code, said) = verify(&data, &["--checkpoint", &kept]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("are not those of the checkpoint kept elsewhere"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_judged_ends_with_two() {
    let (folder, data, _) = installation();
    let spoilt = written(&folder, "spoilt.json", "{\"size\": 7}");
    for (data, file, words) in [
        (data.as_path(), Some(spoilt.as_str()), "is not a checkpoint"),
        (data.as_path(), Some("/no/such/file.json"), "cannot be read"),
        (folder.path(), None, "there is no key ring in"),
    ] {
        let mut typed = vec!["audit", "verify"];
        typed.extend(file.map(|file| ["--checkpoint", file]).into_iter().flatten());
        let said = super::refuses(data, &typed);
        assert!(said.contains(words), "{said}");
    }
    assert!(
        !folder.path().join("tongban.db").exists(),
        "looking makes nothing"
    );
}
