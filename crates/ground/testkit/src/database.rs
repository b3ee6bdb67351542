//! A fresh database for each test.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use sea_orm_migration::{
    MigrationTrait,
    sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement},
};
use tongban_crypto::KeyRing;
use tongban_store::{Backend, FixedClock, Store, StoreConfig};

use crate::{Kit, start};

/// Opens a database of its own for one test and migrates it. On PostgreSQL it is a copy of one that was migrated already: migrating takes
/// three times as long as most tests.
pub async fn open(backend: Backend, migrations: Vec<Box<dyn MigrationTrait>>) -> Kit {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(start()));
    let mut config = StoreConfig::in_folder(folder.path());
    let store = match backend {
        Backend::Sqlite => {
            let store = open_store(&config, &clock).await;
            store.migrate(migrations).await.unwrap();
            store
        }
        Backend::Postgres => {
            let server = Server::connect().await;
            let template = server.template(migrations, &config, &clock).await;
            config.database_url = server.copy_of(&template).await;
            open_store(&config, &clock).await
        }
    };
    Kit {
        store,
        clock,
        backend,
        folder,
    }
}

async fn open_store(config: &StoreConfig, clock: &Arc<FixedClock>) -> Store {
    let keys = KeyRing::load_or_create(&config.data_dir.join("keys")).unwrap();
    Store::open(config, keys, Arc::<FixedClock>::clone(clock))
        .await
        .unwrap()
}

/// Creates an empty database on the PostgreSQL server of the tests and answers its address.
pub async fn create_database() -> String {
    // No other session uses template0, so many tests may copy it at once.
    Server::connect().await.copy_of("template0").await
}

/// The PostgreSQL server of the tests, by one connection.
struct Server {
    address: String,
    maintenance: DatabaseConnection,
}

impl Server {
    async fn connect() -> Self {
        let address = std::env::var("TONGBAN_TEST_POSTGRES")
            .expect("TONGBAN_TEST_POSTGRES names no server: run the tests with `cargo xtask test`");
        let address = address.trim_end_matches('/').to_owned();
        let mut options = ConnectOptions::new(format!("{address}/postgres"));
        options.max_connections(1).sqlx_logging(false);
        let maintenance = Database::connect(options).await.expect("PostgreSQL answers");
        Self { address, maintenance }
    }

    async fn run(&self, statement: &str) {
        self.maintenance.execute_unprepared(statement).await.unwrap();
    }

    async fn has(&self, database: &str) -> bool {
        let query = format!("SELECT 1 AS one FROM pg_database WHERE datname = '{database}'");
        let found = self
            .maintenance
            .query_one_raw(Statement::from_string(DbBackend::Postgres, query));
        found.await.unwrap().is_some()
    }

    /// Copies a database that nobody is connected to; answers the address of the copy.
    async fn copy_of(self, template: &str) -> String {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // One process a test under nextest, many tests a process under cargo test: both parts are needed.
        let name = format!("tongban_test_{}_{number}", std::process::id());
        self.run(&format!("DROP DATABASE IF EXISTS {name}")).await;
        self.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await;
        self.maintenance.close().await.unwrap();
        format!("{}/{name}", self.address)
    }

    /// The name of a database in which these migrations have run. The first test of a program that asks for it makes it; those of an older
    /// build of the same program are taken away.
    async fn template(
        &self,
        migrations: Vec<Box<dyn MigrationTrait>>,
        config: &StoreConfig,
        clock: &Arc<FixedClock>,
    ) -> String {
        let program = std::env::current_exe().unwrap();
        let built = program.metadata().unwrap().modified().unwrap();
        let names: Vec<&str> = migrations.iter().map(|migration| migration.name()).collect();
        let family = format!("tongban_template_{:016x}", hash(&(&program, names)));
        let name = format!("{family}_{:016x}", hash(&built));
        if self.has(&name).await {
            return name;
        }
        // Whoever comes second waits here and finds it made. The lock ends with the connection, should the test fail.
        let lock = hash(&family) as i64;
        self.run(&format!("SELECT pg_advisory_lock({lock})")).await;
        if !self.has(&name).await {
            let old = format!("SELECT datname FROM pg_database WHERE datname LIKE '{family}%'");
            let old = Statement::from_string(DbBackend::Postgres, old);
            for row in self.maintenance.query_all_raw(old).await.unwrap() {
                let old: String = row.try_get("", "datname").unwrap();
                self.run(&format!("DROP DATABASE {old}")).await;
            }
            let making = format!("{family}_making");
            self.run(&format!("CREATE DATABASE {making} TEMPLATE template0"))
                .await;
            let of_template = StoreConfig {
                database_url: format!("{}/{making}", self.address),
                ..config.clone()
            };
            let store = open_store(&of_template, clock).await;
            store.migrate(migrations).await.unwrap();
            store.close().await.unwrap();
            self.run(&format!("ALTER DATABASE {making} RENAME TO {name}"))
                .await;
        }
        self.run(&format!("SELECT pg_advisory_unlock({lock})")).await;
        name
    }
}

/// Always the same for the same.
fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
