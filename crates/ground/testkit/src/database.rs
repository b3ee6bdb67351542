//! A fresh database for each test.

use std::sync::Arc;

use sea_orm_migration::{
    MigrationTrait,
    sea_orm::{ConnectionTrait, Database},
};
use tongban_crypto::KeyRing;
use tongban_store::{Backend, FixedClock, Store, StoreConfig};

use crate::{Kit, start};

/// Opens a database of its own for one test and migrates it.
pub async fn open(backend: Backend, migrations: Vec<Box<dyn MigrationTrait>>) -> Kit {
    let folder = tempfile::tempdir().unwrap();
    let mut config = StoreConfig::in_folder(folder.path());
    if backend == Backend::Postgres {
        config.database_url = create_database().await;
    }
    let clock = Arc::new(FixedClock::new(start()));
    let keys = KeyRing::load_or_create(&folder.path().join("keys")).unwrap();
    let store = Store::open(&config, keys, Arc::<FixedClock>::clone(&clock))
        .await
        .unwrap();
    store.migrate(migrations).await.unwrap();
    Kit {
        store,
        clock,
        backend,
        folder,
    }
}

/// Creates an empty database on the PostgreSQL server of the tests and answers its address.
pub async fn create_database() -> String {
    let server = std::env::var("TONGBAN_TEST_POSTGRES")
        .expect("TONGBAN_TEST_POSTGRES names no server: run the tests with `cargo xtask test`");
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    // One process a test under nextest, many tests a process under cargo test: both parts are needed.
    let name = format!("tongban_test_{}_{number}", std::process::id());
    let server = server.trim_end_matches('/');
    let maintenance = Database::connect(format!("{server}/postgres"))
        .await
        .expect("PostgreSQL answers");
    maintenance
        .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}"))
        .await
        .unwrap();
    // No other session uses template0, so many tests may copy it at once.
    maintenance
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0"))
        .await
        .unwrap();
    maintenance.close().await.unwrap();
    format!("{server}/{name}")
}
