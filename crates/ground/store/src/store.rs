//! Opening the database, reading from it, writing to it.

use std::{
    any::Any,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use rand::{Rng as _, RngExt as _};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, TransactionOptions, TransactionTrait};
use sea_orm_migration::{MigrationTrait, migrator::MigratorTraitSelf};
use tokio::sync::Notify;
use tongban_crypto::KeyRing;
use uuid::{ContextV7, Timestamp, Uuid};

use crate::{
    Backend, Blobs, Clock, Signer, StoreConfig, StoreError, Tx,
    brake::Lots,
    clock::to_microseconds,
    counts::Counts,
    kept::Kept,
    last,
    log::LogLeader,
    tx::LastRows,
    writer::{self, Writer},
};

/// A connection to PostgreSQL that has rested for so long is tried before it is used: the server may have closed it.
const RESTED: Duration = Duration::from_secs(10);
/// Statements that a connection to SQLite keeps prepared.
const PREPARED: usize = 512;

/// Pages that a connection to SQLite keeps, in KiB and negative as SQLite asks: 16 MiB.
const CACHE: &str = "-16384";

/// The database, the keys, the clock and the file store. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    backend: Backend,
    readers: DatabaseConnection,
    /// On SQLite all acts pass through one writer; on PostgreSQL each takes a connection of the pool.
    writer: Option<Writer>,
    clock: Arc<dyn Clock>,
    ids: Mutex<ContextV7>,
    keys: KeyRing,
    blobs: Blobs,
    kept: Kept,
    lots: Lots,
    poke: Notify,
    /// Whether an act of this process wrote log rows, so that closing has something to cover.
    logged: AtomicBool,
    counts: Arc<Counts>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Store")
            .field("backend", &self.0.backend)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, creating the file where it is SQLite. Does not migrate.
    pub async fn open(
        config: &StoreConfig,
        keys: KeyRing,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let backend = config.backend().ok_or(StoreError::Unavailable(
            "the database address names neither sqlite nor postgres",
        ))?;
        std::fs::create_dir_all(&config.data_dir)
            .map_err(|error| StoreError::Corrupt(format!("data folder: {error}")))?;
        let counts = Arc::new(Counts::default());
        let (readers, writer) = match backend {
            Backend::Sqlite => {
                let writer = Writer::start(&config.database_url, Arc::clone(&counts)).await?;
                let mut reading = connect_sqlite(&config.database_url, config.connections.max(1)).await?;
                counts.watch(&mut reading);
                (reading, Some(writer))
            }
            Backend::Postgres => {
                let mut options = ConnectOptions::new(&config.database_url);
                options
                    .max_connections(config.connections.max(2))
                    .test_before_acquire_if_idle_for(RESTED)
                    .sqlx_logging(false);
                let mut pool = Database::connect(options).await?;
                counts.watch(&mut pool);
                (pool, None)
            }
        };
        let blobs = Blobs::in_folder(&config.data_dir.join("blobs"), keys.clone())?;
        Ok(Self(Arc::new(Inner {
            backend,
            readers,
            writer,
            clock,
            ids: Mutex::new(ContextV7::new()),
            keys,
            blobs,
            kept: Kept::default(),
            lots: Lots::default(),
            poke: Notify::new(),
            logged: AtomicBool::new(false),
            counts,
        })))
    }

    /// Runs the migrations that have not run yet, in the order given. Refuses a database that a newer program has changed
    /// ([`StoreError::Newer`]).
    pub async fn migrate(&self, migrations: Vec<Box<dyn MigrationTrait>>) -> Result<(), StoreError> {
        let connection = self.0.writer.as_ref().map_or(&self.0.readers, Writer::connection);
        run_migrations(connection, migrations).await
    }

    /// Runs a use case in one durable transaction; its answer leaves after the commit.
    ///
    /// On SQLite the waiting acts share one commit, each in a savepoint of its own; if that commit fails, all of
    /// them fail. On PostgreSQL each act is a transaction. The closure may run again, and awaits nothing but
    /// the database.
    pub async fn write<T, E, F, Fut>(&self, signer: Signer, work: F) -> Result<T, E>
    where
        F: Fn(Tx) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if writer::inside_write() {
            return Err(StoreError::Nested.into());
        }
        let answer = match &self.0.writer {
            Some(writer) => writer.run(self.clone(), signer, work).await,
            None => self.write_alone(signer, work).await,
        };
        if answer.is_ok() {
            self.0.poke.notify_waiters();
        }
        answer
    }

    async fn write_alone<T, E, F, Fut>(&self, signer: Signer, work: F) -> Result<T, E>
    where
        F: Fn(Tx) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where an act on PostgreSQL begins"
        )]
        let transaction = self
            .0
            .readers
            .begin_with_options(TransactionOptions::default())
            .await
            .map_err(StoreError::from)?;
        let transaction = Arc::new(transaction);
        let left = LastRows::default();
        let tx = Tx::new(Arc::clone(&transaction), self.clone(), signer, left.clone());
        let result = writer::guarded(work(tx)).await;
        let transaction = Arc::try_unwrap(transaction).map_err(|_| StoreError::Kept)?;
        match result {
            Ok(Ok(answer)) => {
                last::write(&transaction, left.take()).await?;
                transaction.commit().await.map_err(StoreError::from)?;
                self.0.counts.committed(1);
                Ok(answer)
            }
            Ok(Err(refusal)) => {
                transaction.rollback().await.map_err(StoreError::from)?;
                Err(refusal)
            }
            Err(failure) => {
                transaction.rollback().await.map_err(StoreError::from)?;
                Err(failure.into())
            }
        }
    }

    /// The reading connections. Only `query.rs` of a room uses them.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.0.readers
    }

    /// The connection that writes, for tests that look at its settings. `None` on PostgreSQL.
    pub fn writing_connection(&self) -> Option<&DatabaseConnection> {
        self.0.writer.as_ref().map(Writer::connection)
    }

    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    pub fn now(&self) -> DateTime<Utc> {
        to_microseconds(self.0.clock.now())
    }

    pub fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    pub(crate) fn lots(&self) -> &Lots {
        &self.0.lots
    }

    /// A value that was [kept](Self::keep) under this key, when it was made from this revision of its rows.
    pub fn kept<T: Any + Send + Sync>(&self, key: &str, revision: i64) -> Option<Arc<T>> {
        self.0.kept.get(key, revision)
    }

    /// Keeps a value that many rows were read for, until a newer one takes its place. Read the revision
    /// ([`last_number`](Self::last_number)) before the rows: then what is kept is never older than it says.
    pub fn keep<T: Any + Send + Sync>(&self, key: &str, revision: i64, value: Arc<T>) {
        self.0.kept.put(key, revision, value);
    }

    /// Seals a personal identifier for a column. `field` binds it to its place.
    pub fn seal(&self, field: &str, plain: &str) -> Result<String, StoreError> {
        Ok(self.0.keys.seal(field, plain.as_bytes())?)
    }

    /// Opens a sealed value of the same `field`.
    pub fn unseal(&self, field: &str, sealed: &str) -> Result<String, StoreError> {
        let plain = self.0.keys.unseal(field, sealed)?;
        String::from_utf8(plain).map_err(|_| StoreError::Corrupt(format!("a sealed {field} is not text")))
    }

    /// The blind index of a value under the current key, for equality look-ups.
    pub fn blind(&self, field: &str, plain: &str) -> String {
        self.0.keys.blind(field, plain)
    }

    /// Blind indexes under the current and the retiring keys: look-ups try all of them.
    pub fn blinds(&self, field: &str, plain: &str) -> Vec<String> {
        self.0.keys.blinds(field, plain)
    }

    /// A code for links and cookies: 160 bits, URL-safe.
    pub fn random_code(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let mut bytes = [0_u8; 20];
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where codes get their randomness"
        )]
        rand::rng().fill_bytes(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// `count` random decimal digits.
    pub fn random_digits(&self, count: usize) -> String {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where one-time codes get their randomness"
        )]
        let mut random = rand::rng();
        (0..count)
            .map(|_| char::from(b'0' + random.random_range(0..10_u8)))
            .collect()
    }

    pub(crate) fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let ids = self.0.ids.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(&*ids, seconds, now.timestamp_subsec_nanos()))
    }

    pub(crate) fn random_id(&self) -> Uuid {
        let mut bytes = [0_u8; 16];
        #[expect(
            clippy::disallowed_methods,
            reason = "ids that must not tell when they were made"
        )]
        rand::rng().fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.0.counts
    }

    pub(crate) fn poke(&self) -> &Notify {
        &self.0.poke
    }

    pub(crate) fn has_logged(&self) {
        self.0.logged.store(true, Ordering::Relaxed);
    }

    /// Lets waiting acts finish, numbers the log rows that this process wrote, and closes the connections.
    ///
    /// The connections are closed even when the rows could not be numbered; they are safe, and the next start numbers them.
    pub async fn close(&self) -> Result<(), StoreError> {
        if let Some(writer) = &self.0.writer {
            writer.settle(false).await;
        }
        let covered = if self.0.logged.load(Ordering::Relaxed) {
            LogLeader::new(self.clone()).finish().await
        } else {
            Ok(())
        };
        if let Some(writer) = &self.0.writer {
            writer.settle(true).await;
            writer.connection().clone().close().await?;
        }
        self.0.readers.clone().close().await?;
        covered
    }
}

/// Runs the migrations that have not run yet on a connection. Refuses a database that a newer program has changed.
pub(crate) async fn run_migrations(
    connection: &DatabaseConnection,
    migrations: Vec<Box<dyn MigrationTrait>>,
) -> Result<(), StoreError> {
    struct Once(Mutex<Option<Vec<Box<dyn MigrationTrait>>>>);
    #[async_trait::async_trait]
    impl MigratorTraitSelf for Once {
        fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()
                .unwrap_or_default()
        }
    }
    let known: Vec<String> = migrations
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let migrator = Once(Mutex::new(Some(migrations)));
    let unknown = migrator
        .get_migration_models(connection)
        .await?
        .into_iter()
        .find(|ran| !known.contains(&ran.version));
    if let Some(unknown) = unknown {
        return Err(StoreError::Newer(unknown.version));
    }
    MigratorTraitSelf::up(&migrator, connection, None).await?;
    Ok(())
}

pub(crate) async fn connect_sqlite(url: &str, connections: u32) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        // nobody else can close a connection to a file
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .statement_cache_capacity(PREPARED)
                .create_if_missing(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("busy_timeout", "5000")
                .pragma("cache_size", CACHE)
        });
    Ok(Database::connect(options).await?)
}
