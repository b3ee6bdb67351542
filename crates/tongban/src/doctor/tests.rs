//! Whole installations, well and ill.

use std::{path::Path, sync::Arc};

use chrono::{TimeZone, Utc};
use tongban_access::Actor;
use tongban_crypto::KeyRing;
use tongban_directory::{builtin_calendar, import::ImportOptions, import_calendar};
use tongban_store::{FixedClock, Store};

use super::{Check, State, look};
use crate::settings::Settings;

fn clock(month: u32, day: u32) -> Arc<FixedClock> {
    Arc::new(FixedClock::new(
        Utc.with_ymd_and_hms(2026, month, day, 2, 0, 0).unwrap(),
    ))
}

fn settings(folder: &Path) -> Settings {
    Settings {
        data_dir: folder.to_path_buf(),
        public_address: "https://zw.example.gov.cn".to_owned(),
        sms_gateway: "http://sms.example".to_owned(),
        ..Settings::default()
    }
}

async fn open(folder: &Path) -> Store {
    let keys = KeyRing::load_or_create(&folder.join("keys")).unwrap();
    std::fs::set_permissions(
        folder.join("keys"),
        std::os::unix::fs::PermissionsExt::from_mode(0o700),
    )
    .unwrap();
    Store::open(&settings(folder).store(), keys, clock(6, 1))
        .await
        .unwrap()
}

async fn installation(folder: &Path) -> Store {
    let store = open(folder).await;
    store.migrate(crate::migrations::all()).await.unwrap();
    import_calendar(
        &store,
        &Actor::System,
        &builtin_calendar().unwrap(),
        &ImportOptions::silent(),
    )
    .await
    .unwrap();
    store
}

fn of<'check>(checks: &'check [Check], name: &str) -> &'check Check {
    checks
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("no check {name} in {checks:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_well_installation_has_no_fault_beside_the_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let store = installation(folder.path()).await;
    store.blobs().put(b"a file").await.unwrap();
    let checks = look(&settings(folder.path()), clock(6, 1)).await;
    for name in [
        "data folder",
        "key ring",
        "database",
        "migrations",
        "sealed values",
        "files",
        "work calendar",
        "jobs",
        "log",
        "public address",
        "cookies",
        "short messages",
    ] {
        assert_eq!(of(&checks, name).state, State::Ok, "{:?}", of(&checks, name));
    }
    // Late in the year only the calendar has something to say; in the next one it is a fault.
    let late = look(&settings(folder.path()), clock(11, 24)).await;
    let calendar = of(&late, "work calendar");
    assert_eq!(calendar.state, State::Warning);
    assert!(
        calendar.sentence.contains("2026-12-31, in 37 days"),
        "{}",
        calendar.sentence
    );
    let next = FixedClock::new(Utc.with_ymd_and_hms(2027, 1, 1, 0, 0, 0).unwrap());
    let next = look(&settings(folder.path()), Arc::new(next)).await;
    assert_eq!(of(&next, "work calendar").state, State::Fault);
    // Nobody numbers the rows of the import in this test: by then that is a fault too.
    assert_eq!(of(&next, "log").state, State::Fault);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_or_missing_place_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let checks = look(&settings(folder.path()), clock(6, 1)).await;
    assert_eq!(of(&checks, "key ring").state, State::Fault);
    assert_eq!(of(&checks, "database").state, State::Fault);
    assert_eq!(of(&checks, "content").state, State::Warning);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing was made"
    );
    let checks = look(&settings(&folder.path().join("none")), clock(6, 1)).await;
    assert_eq!(of(&checks, "data folder").state, State::Fault);
    assert!(!folder.path().join("none").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_ill_is_told_and_not_mended() {
    let folder = tempfile::tempdir().unwrap();
    let store = installation(folder.path()).await;
    let file = store.blobs().put(b"a file").await.unwrap();
    store.close().await.unwrap();
    let path = folder
        .path()
        .join("blobs")
        .join(&file.as_str()[..2])
        .join(file.as_str());
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let ring = folder.path().join("keys/keyring.json");
    let mode =
        |mode| std::fs::set_permissions(&ring, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();

    let checks = look(&settings(folder.path()), clock(6, 1)).await;
    assert_eq!(of(&checks, "files").state, State::Fault);
    assert!(of(&checks, "files").sentence.contains(file.as_str()));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    mode(0o644);
    let checks = look(&settings(folder.path()), clock(6, 1)).await;
    assert_eq!(of(&checks, "key ring").state, State::Fault);
    assert!(of(&checks, "key ring").sentence.contains("must be 0600"));
    mode(0o600);

    // A database that is behind is told and left behind.
    let behind = tempfile::tempdir().unwrap();
    let store = open(behind.path()).await;
    store.migrate(tongban_store::migrations()).await.unwrap();
    store.close().await.unwrap();
    for _ in 0..2 {
        let checks = look(&settings(behind.path()), clock(6, 1)).await;
        assert_eq!(of(&checks, "migrations").state, State::Fault);
    }
    // A file that is no database is a fault, not an end of the program.
    std::fs::write(behind.path().join("tongban.db"), vec![7; 8_192]).unwrap();
    let checks = look(&settings(behind.path()), clock(6, 1)).await;
    assert_eq!(of(&checks, "database").state, State::Fault);
}
