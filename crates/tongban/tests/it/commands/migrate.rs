//! Bringing a database up to date.

use super::{county, data, inventory, number, refuses, runs, tamper};

const COUNT: &str = "SELECT COUNT(*) FROM seaql_migrations";

#[tokio::test]
async fn a_fresh_place_is_made_and_a_second_run_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = data(&folder);
    assert_eq!(runs(&data, &["migrate"]), "the database is up to date\n");
    let first = number(&data, COUNT).await;
    assert_eq!(first, i64::try_from(tongban::migrations::all().len()).unwrap());
    let names = |data| -> Vec<String> { inventory(data).into_iter().map(|(path, _)| path).collect() };
    let there = names(&data);
    assert!(
        there.iter().any(|path| path.ends_with("keys/keyring.json")),
        "{there:?}"
    );
    assert_eq!(runs(&data, &["migrate"]), "the database is up to date\n");
    assert_eq!((number(&data, COUNT).await, names(&data)), (first, there));
}

#[tokio::test]
async fn a_database_that_is_behind_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let data = data(&folder);
    let keys = tongban_crypto::KeyRing::load_or_create(&data.join("keys")).unwrap();
    let config = tongban_store::StoreConfig::in_folder(&data);
    let store = tongban_store::Store::open(&config, keys, std::sync::Arc::new(tongban_store::SystemClock))
        .await
        .unwrap();
    store.migrate(tongban_store::migrations()).await.unwrap();
    store.close().await.unwrap();
    let before = number(&data, COUNT).await;
    runs(&data, &["migrate"]);
    assert!(number(&data, COUNT).await > before);
}

/// Whoever has gone back to an older program is told so by every command that would write, and nothing is written.
#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_by_name() {
    let folder = county();
    let data = data(&folder);
    tamper(
        &data,
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)",
    )
    .await;
    let regions = super::written(&folder, "more.csv", "code,name\n519922000000,示范市二县\n");
    for words in [
        vec!["migrate"],
        vec!["serve"],
        vec!["staff", "list"],
        vec!["import", "regions", &regions],
    ] {
        let said = refuses(&data, &words);
        assert!(
            said.contains("a newer version of this program ran here (m9999_later is unknown to this one); use that version"),
            "{words:?}: {said}"
        );
    }
    assert_eq!(number(&data, "SELECT COUNT(*) FROM regions").await, 2);
    let said = refuses(
        &data,
        &["backup", "--to", &super::shown(&folder.path().join("backup.tar"))],
    );
    assert!(said.contains("newer version"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = super::written(&folder, "a-file", "dear to somebody");
    let said = refuses(&std::path::Path::new(&file).join("data"), &["migrate"]);
    assert!(said.contains("a-file/data"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "dear to somebody");
}
