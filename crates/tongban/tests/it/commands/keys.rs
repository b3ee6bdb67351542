//! New keys, everything sealed anew, old keys forgotten.

use std::path::Path;

use super::{
    data,
    keeping::{city, served},
    refuses, runs, tongban,
};
use crate::program::Program;

/// The ids of a purpose, the oldest first.
fn ids(data: &Path, purpose: &str) -> Vec<String> {
    runs(data, &["keys", "status"])
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(purpose)).then(|| words.next().unwrap().to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_cases_are_read_after_the_keys_were_rotated_and_forgotten() {
    let folder = city().await;
    let data = data(&folder);
    let before = served(&Program::serve(&data).await).await;
    let (field, index) = (ids(&data, "field"), ids(&data, "index"));
    assert_eq!((field.len(), index.len()), (1, 1));

    let said = runs(
        &data,
        &[
            "keys",
            "rotate",
            "--purpose",
            "field",
            "--purpose",
            "index",
            "--purpose",
            "checkpoint",
        ],
    );
    assert!(
        said.contains("to where the key ring is kept apart, now"),
        "{said}"
    );
    assert_eq!(
        (
            ids(&data, "field").len(),
            ids(&data, "index").len(),
            ids(&data, "checkpoint").len()
        ),
        (2, 2, 2)
    );
    let said = refuses(&data, &["keys", "retire", &field[0]]);
    assert!(
        said.contains("is still named by") && said.contains("run tongban keys reseal first"),
        "{said}"
    );
    assert_eq!(
        served(&Program::serve(&data).await).await,
        before,
        "old keys still read"
    );

    let said = runs(&data, &["keys", "reseal"]);
    assert!(said.trim_end().ends_with("left 0"), "{said}");
    let again = runs(&data, &["keys", "reseal"]);
    assert_eq!(
        again.trim_end().lines().last(),
        Some("values 0 files 0 left 0"),
        "{again}"
    );
    runs(&data, &["keys", "retire", &field[0]]);
    assert!(!ids(&data, "field").contains(&field[0]));
    let said = refuses(&data, &["keys", "retire", &index[0]]);
    assert!(said.contains("the log is never rewritten"), "{said}");

    assert_eq!(
        served(&Program::serve(&data).await).await,
        before,
        "read with the new key alone, and found by number"
    );
    let ended = tongban(&data, &["audit", "verify"]);
    assert_eq!(
        ended.code, 0,
        "the checkpoints of the old key are still ours: {ended:?}"
    );
    let used = runs(&data, &["keys", "status", "--used"]);
    assert!(
        used.lines()
            .any(|line| line.starts_with("field") && line.contains("current")),
        "{used}"
    );
}

#[test]
fn a_key_that_is_not_there_and_a_place_without_keys_are_told() {
    let folder = super::county();
    let data = data(&folder);
    let said = refuses(&data, &["keys", "retire", "0123456789abcdef"]);
    assert!(
        said.contains("there is no field or index key 0123456789abcdef"),
        "{said}"
    );
    let nowhere = folder.path().join("none");
    let said = refuses(&nowhere, &["keys", "status"]);
    assert!(said.contains("there is no database at"), "{said}");
    assert!(!nowhere.exists(), "looking makes nothing");
    let ended = tongban(&data, &["keys", "rotate", "--purpose", "door"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.aside.contains("invalid value 'door'") && ended.aside.contains("checkpoint"),
        "{ended:?}"
    );
}
