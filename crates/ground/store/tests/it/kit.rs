//! A database for each test.

use std::sync::Arc;

use chrono::{TimeZone, Utc};
use sea_orm_migration::sea_orm::{ConnectionTrait, Database};
use tongban_crypto::KeyRing;
use tongban_store::{FixedClock, Store, StoreConfig};

pub struct Kit {
    pub store: Store,
    pub clock: Arc<FixedClock>,
    pub folder: tempfile::TempDir,
    pub config: StoreConfig,
}

impl Kit {
    /// Another process on the same database, with the same clock and key ring.
    pub async fn another(&self) -> Store {
        let keys = KeyRing::load_or_create(&self.folder.path().join("keys")).unwrap();
        Store::open(&self.config, keys, Arc::<FixedClock>::clone(&self.clock))
            .await
            .unwrap()
    }
}

pub async fn open(postgres: bool) -> Kit {
    let folder = tempfile::tempdir().unwrap();
    let mut config = StoreConfig::in_folder(folder.path());
    if postgres {
        config.database_url = database().await;
    }
    let clock = Arc::new(FixedClock::new(
        Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap(),
    ));
    let keys = KeyRing::load_or_create(&folder.path().join("keys")).unwrap();
    let store = Store::open(&config, keys, Arc::<FixedClock>::clone(&clock))
        .await
        .unwrap();
    store.migrate(tongban_store::migrations()).await.unwrap();
    Kit {
        store,
        clock,
        folder,
        config,
    }
}

/// The address of a fresh, empty database on the server.
pub async fn database() -> String {
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let server = std::env::var("TONGBAN_TEST_POSTGRES").expect("run the tests with `cargo xtask test`");
    let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("store_test_{}_{number}", std::process::id());
    let maintenance = Database::connect(format!("{server}/postgres")).await.unwrap();
    maintenance
        .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}"))
        .await
        .unwrap();
    maintenance
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0"))
        .await
        .unwrap();
    maintenance.close().await.unwrap();
    format!("{server}/{name}")
}

/// Writes a test once and runs it on both databases.
macro_rules! both {
    (async fn $name:ident($kit:ident: Kit) $body:block) => {
        async fn $name($kit: crate::kit::Kit) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() { super::$name(crate::kit::open(false).await).await; }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() { super::$name(crate::kit::open(true).await).await; }
        }
    };
}
pub(crate) use both;
