//! Backup and restore, on both databases and across them.

use std::path::{Path, PathBuf};

use chrono::{TimeZone, Utc};
use sea_orm_migration::MigrationTrait;
use tongban_crypto::KeyRing;
use tongban_store::{
    Signer, Store, StoreConfig, StoreError,
    keep::{BackupRequest, KeepError, RestoreRequest, Restored, Step, backup, read_manifest, restore},
};

use crate::kit::{Kit, both, database};

fn silent(_step: Step) {}

async fn back_up(kit: &Kit, to: &Path) -> Result<tongban_store::keep::BackedUp, KeepError> {
    let request = BackupRequest {
        config: &kit.config,
        keys: kit.store.keys(),
        to,
        extra: &["demo.json", "not-there.json"],
        migrations: tongban_store::migrations,
        program: "0.0.0-test",
        now: kit.store.now(),
    };
    backup(request, &silent).await
}

/// Another installation: an empty folder, or one with an empty PostgreSQL beside it.
struct Elsewhere {
    folder: tempfile::TempDir,
    config: StoreConfig,
}

impl Elsewhere {
    async fn new(postgres: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = StoreConfig::in_folder(folder.path());
        if postgres {
            config.database_url = database().await;
        }
        Self { folder, config }
    }

    async fn restore(&self, from: &Path, keys: &Path, replace: bool) -> Result<Restored, KeepError> {
        self.restore_knowing(from, keys, replace, tongban_store::migrations)
            .await
    }

    async fn restore_knowing(
        &self,
        from: &Path,
        keys: &Path,
        replace: bool,
        migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    ) -> Result<Restored, KeepError> {
        let request = RestoreRequest {
            config: &self.config,
            from,
            keys: Some(keys),
            replace,
            migrations,
            now: Utc.with_ymd_and_hms(2026, 11, 24, 1, 2, 3).unwrap(),
        };
        restore(request, &silent).await
    }

    async fn open(&self) -> Store {
        let keys = KeyRing::load(&self.folder.path().join("keys")).unwrap().unwrap();
        let clock = std::sync::Arc::new(tongban_store::SystemClock);
        let store = Store::open(&self.config, keys, clock).await.unwrap();
        store.migrate(tongban_store::migrations()).await.unwrap();
        store
    }
}

fn keys(kit: &Kit) -> PathBuf {
    kit.folder.path().join("keys")
}

async fn next(store: &Store, name: &'static str) -> i64 {
    store
        .write(
            Signer::system(),
            move |tx| async move { tx.next_number(name).await },
        )
        .await
        .unwrap()
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Two sequences that every act moves together.
async fn move_both(store: &Store) {
    store
        .write(Signer::system(), |tx| async move {
            tx.next_number("left").await?;
            tx.next_number("right").await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

both! { async fn one_state_is_backed_up_while_acts_go_on(kit: Kit) {
    let file = kit.store.blobs().put(b"a licence").await.unwrap();
    std::fs::write(kit.folder.path().join("demo.json"), "{}").unwrap();
    move_both(&kit.store).await;
    let store = kit.store.clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let busy = tokio::spawn(async move {
        let mut stopped = stopped;
        let mut acts = 1_i64;
        while matches!(stopped.try_recv(), Err(tokio::sync::oneshot::error::TryRecvError::Empty)) {
            move_both(&store).await;
            acts += 1;
        }
        acts
    });
    let outside = tempfile::tempdir().unwrap();
    let to = outside.path().join("tongban.backup");
    let made = back_up(&kit, &to).await.unwrap();
    stop.send(()).unwrap();
    let acts = busy.await.unwrap();
    assert_eq!(names_in(outside.path()), ["tongban.backup"], "nothing is left beside it");
    assert_eq!(made.bytes, std::fs::metadata(&to).unwrap().len());
    assert_eq!(made.manifest, read_manifest(&to).unwrap());
    assert_eq!(made.manifest.tables["sequences"], 2);

    // Into SQLite and into PostgreSQL, whichever it came from.
    for postgres in [false, true] {
        let elsewhere = Elsewhere::new(postgres).await;
        let restored = elsewhere.restore(&to, &keys(&kit), false).await.unwrap();
        assert_eq!(restored.tables, made.manifest.tables);
        assert_eq!(restored.set_aside, None);
        let again = elsewhere.open().await;
        let (left, right) = (next(&again, "left").await, next(&again, "right").await);
        assert_eq!(left, right, "one act is there as a whole or not at all");
        assert!((2..=acts + 1).contains(&left), "{left} of {acts}");
        assert_eq!(again.blobs().get(&file).await.unwrap().as_ref(), b"a licence");
        again.close().await.unwrap();
        let mut expected = vec!["blobs", "demo.json", "keys"];
        if !postgres { expected.push("tongban.db"); }
        assert_eq!(names_in(elsewhere.folder.path()), expected);
    }
} }

both! { async fn the_key_ring_and_plain_text_are_not_in_it(kit: Kit) {
    let sealed = kit.store.seal("phone", "10012345678").unwrap();
    kit.store.blobs().put(b"a secret of somebody").await.unwrap();
    kit.store
        .write(Signer::system(), move |tx| {
            let sealed = sealed.clone();
            async move { tx.remember("key", "request", &sealed).await }
        })
        .await
        .unwrap();
    let to = kit.folder.path().join("backup.tar");
    back_up(&kit, &to).await.unwrap();
    let bytes = std::fs::read(&to).unwrap();
    let ring = std::fs::read_to_string(keys(&kit).join("keyring.json")).unwrap();
    let secrets = ring.split('"').filter(|word| word.len() == 64);
    let mut searched = 0;
    for needle in secrets.chain(["10012345678", "a secret of somebody"]) {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()));
        searched += 1;
    }
    assert!(searched > 6);
    assert!(bytes.windows(6).any(|window| window == b"sm4gcm"), "the sealed value is");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    }
} }

both! { async fn an_existing_file_is_never_overwritten(kit: Kit) {
    let to = kit.folder.path().join("backup.tar");
    std::fs::write(&to, "dear to somebody").unwrap();
    let refused = back_up(&kit, &to).await.unwrap_err();
    assert!(matches!(refused, KeepError::Exists(_)));
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "dear to somebody");
} }

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_run_left_is_overwritten_and_what_a_running_one_writes_is_not() {
    let kit = crate::kit::open(false).await;
    let to = kit.folder.path().join("backup.tar");
    let partial = kit.folder.path().join("backup.tar.partial");
    std::fs::write(&partial, vec![7; 10_000]).unwrap();
    std::fs::write(kit.folder.path().join("backup.tar.database"), "half").unwrap();
    let other = std::fs::File::open(&partial).unwrap();
    other.try_lock().unwrap();
    assert!(matches!(
        back_up(&kit, &to).await.unwrap_err(),
        KeepError::Busy(_)
    ));
    assert!(!to.exists());
    drop(other);
    back_up(&kit, &to).await.unwrap();
    read_manifest(&to).unwrap();
    assert!(!partial.exists());
    // A place that cannot be written to leaves nothing.
    let nowhere = back_up(&kit, Path::new("/no/such/folder/backup.tar"))
        .await
        .unwrap_err();
    assert!(matches!(nowhere, KeepError::File { .. }));
}

both! { async fn a_spoilt_backup_is_refused_and_leaves_nothing(kit: Kit) {
    move_both(&kit.store).await;
    let blob = kit.store.blobs().put(&vec![9; 40_000]).await.unwrap();
    let outside = tempfile::tempdir().unwrap();
    let to = outside.path().join("backup.tar");
    back_up(&kit, &to).await.unwrap();
    let whole = std::fs::read(&to).unwrap();
    let elsewhere = Elsewhere::new(false).await;
    let spoilt = outside.path().join("spoilt.tar");
    let at = |needle: &[u8]| whole.windows(needle.len()).position(|window| window == needle).unwrap();
    let changed = |offset: usize| {
        let mut bytes = whole.clone();
        bytes[offset] ^= 1;
        bytes
    };
    let inside_blob = at(blob.as_str().as_bytes()) + 1_000;
    let inside_database = at(b"SQLite format 3") + 5_000;
    for (bytes, words) in [
        (whole[..whole.len() / 2].to_vec(), "cut off"),
        (whole[..700].to_vec(), "cut off"),
        (Vec::new(), "is not a backup"),
        (b"PK something else, long enough to be looked at".repeat(30), "is not a backup"),
        (changed(inside_blob), "is not what was backed up"),
        (changed(inside_database), "is not what was backed up"),
    ] {
        std::fs::write(&spoilt, bytes).unwrap();
        let refused = elsewhere.restore(&spoilt, &keys(&kit), false).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
        assert!(names_in(elsewhere.folder.path()).is_empty());
    }
    let missing = elsewhere.restore(&outside.path().join("none"), &keys(&kit), false).await.unwrap_err();
    assert!(matches!(missing, KeepError::Missing(_)));
    // The whole one is still taken.
    elsewhere.restore(&to, &keys(&kit), false).await.unwrap();
} }

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_key_ring_or_an_older_program_is_refused() {
    let kit = crate::kit::open(false).await;
    let outside = tempfile::tempdir().unwrap();
    let to = outside.path().join("backup.tar");
    back_up(&kit, &to).await.unwrap();
    let elsewhere = Elsewhere::new(false).await;

    let none = elsewhere.restore(&to, outside.path(), false).await.unwrap_err();
    assert!(matches!(none, KeepError::NoKeyRing(_)));
    let other = tempfile::tempdir().unwrap();
    KeyRing::load_or_create(other.path()).unwrap();
    let wrong = elsewhere.restore(&to, other.path(), false).await.unwrap_err();
    assert!(matches!(&wrong, KeepError::WrongKeyRing { .. }), "{wrong}");
    assert!(names_in(elsewhere.folder.path()).is_empty());

    // A ring that went on rotating still opens an old backup; one from before the rotation does not open a new one.
    let before = tempfile::tempdir().unwrap();
    kit.store.keys().save(before.path()).unwrap();
    kit.store.keys().rotate_field_key().unwrap();
    kit.store.keys().save(&keys(&kit)).unwrap();
    let later = outside.path().join("later.tar");
    back_up(&kit, &later).await.unwrap();
    let stale = elsewhere.restore(&later, before.path(), false).await.unwrap_err();
    assert!(stale.to_string().contains("it lacks the key"), "{stale}");

    let newer = elsewhere
        .restore_knowing(&to, &keys(&kit), false, Vec::new)
        .await
        .unwrap_err();
    assert!(matches!(newer, KeepError::Newer { .. }));
    assert!(names_in(elsewhere.folder.path()).is_empty());
    elsewhere.restore(&to, &keys(&kit), false).await.unwrap();
}

both! { async fn a_full_place_gives_way_only_when_told_and_when_nobody_runs_on_it(kit: Kit) {
    let postgres = kit.store.backend() == tongban_store::Backend::Postgres;
    move_both(&kit.store).await;
    let outside = tempfile::tempdir().unwrap();
    let to = outside.path().join("backup.tar");
    back_up(&kit, &to).await.unwrap();
    let elsewhere = Elsewhere::new(postgres).await;
    kit.store.keys().save(&elsewhere.folder.path().join("keys")).unwrap();
    let running = elsewhere.open().await;
    for _ in 0..5 { move_both(&running).await; }
    std::fs::create_dir_all(elsewhere.folder.path().join("search")).unwrap();

    let full = elsewhere.restore(&to, &keys(&kit), false).await.unwrap_err();
    assert!(matches!(&full, KeepError::NotEmpty { .. }), "{full}");
    let runs = elsewhere.restore(&to, &keys(&kit), true).await.unwrap_err();
    assert!(matches!(&runs, KeepError::Running), "{runs}");
    assert_eq!(next(&running, "left").await, 6, "nothing was touched");
    running.close().await.unwrap();

    let restored = elsewhere.restore(&to, &keys(&kit), true).await.unwrap();
    assert!(!elsewhere.folder.path().join("search").exists(), "the index is built anew");
    let again = elsewhere.open().await;
    assert_eq!(next(&again, "left").await, 2);
    again.close().await.unwrap();
    if postgres {
        assert_eq!(restored.set_aside, None);
    } else {
        // What gave way is kept: the former numbers can be read from it.
        let aside = restored.set_aside.unwrap();
        let mut config = elsewhere.config.clone();
        config.database_url = format!("sqlite:{}", aside.join("tongban.db").display());
        let keys = KeyRing::load(&elsewhere.folder.path().join("keys")).unwrap().unwrap();
        let former = Store::open(&config, keys, kit.clock.clone()).await.unwrap();
        assert_eq!(next(&former, "left").await, 7);
        former.close().await.unwrap();
    }
} }
