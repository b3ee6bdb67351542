//! A database apart from a running store.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    IsolationLevel, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigrationTrait;

use super::KeepError;
use crate::{Backend, StoreConfig, store::run_migrations};

/// How often the sessions of others are counted before they are believed to stay.
const SESSIONS_LEAVE: u32 = 10;

/// One database, one connection.
pub(super) struct Place {
    pub connection: DatabaseConnection,
    pub backend: Backend,
}

/// The file of a `sqlite:` address.
pub(super) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(PathBuf::from(rest.split('?').next().unwrap_or(rest)))
}

/// An address without the password in it, for sentences.
pub(super) fn shown(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_secret, host)) => format!("{scheme}://{host}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    }
}

fn backend_of(url: &str) -> Result<Backend, KeepError> {
    let config = StoreConfig {
        database_url: url.to_owned(),
        ..StoreConfig::in_folder(Path::new("."))
    };
    config.backend().ok_or_else(|| KeepError::Address(shown(url)))
}

impl Place {
    /// Opens a database that is there. Never makes one.
    pub async fn existing(url: &str) -> Result<Self, KeepError> {
        let backend = backend_of(url)?;
        if let Some(file) = sqlite_file(url).filter(|file| !file.is_file()) {
            return Err(KeepError::NoDatabase(file.display().to_string()));
        }
        Self::open(url, backend, false).await
    }

    /// Opens a database, making the file where it is SQLite and missing.
    pub async fn fresh(url: &str) -> Result<Self, KeepError> {
        let backend = backend_of(url)?;
        Self::open(url, backend, true).await
    }

    async fn open(url: &str, backend: Backend, create: bool) -> Result<Self, KeepError> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).min_connections(1).sqlx_logging(false);
        if backend == Backend::Sqlite {
            options.map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .create_if_missing(create)
                    .pragma("synchronous", "FULL")
                    .pragma("foreign_keys", "ON")
                    .pragma("busy_timeout", "5000")
            });
        }
        Ok(Self {
            connection: Database::connect(options).await?,
            backend,
        })
    }

    /// A transaction that sees one state of the whole database for as long as it is open, beside a running program.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, KeepError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "reads one state of all tables, outside every act"
        )]
        let snapshot = self
            .connection
            .begin_with_options(match self.backend {
                Backend::Sqlite => TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                    ..TransactionOptions::default()
                },
                Backend::Postgres => TransactionOptions {
                    isolation_level: Some(IsolationLevel::RepeatableRead),
                    access_mode: Some(AccessMode::ReadOnly),
                    ..TransactionOptions::default()
                },
            })
            .await?;
        // SQLite takes its snapshot at the first read, PostgreSQL at the first statement.
        snapshot
            .query_all_raw(self.statement(match self.backend {
                Backend::Sqlite => "SELECT 1 FROM sqlite_master LIMIT 1",
                Backend::Postgres => "SELECT 1",
            }))
            .await?;
        Ok(snapshot)
    }

    /// A transaction that fills this place: all of it or nothing.
    pub async fn filling(&self) -> Result<DatabaseTransaction, KeepError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "fills a database that no program runs on yet"
        )]
        let filling = self
            .connection
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await?;
        Ok(filling)
    }

    pub async fn migrate(&self, migrations: Vec<Box<dyn MigrationTrait>>) -> Result<(), KeepError> {
        Ok(run_migrations(&self.connection, migrations).await?)
    }

    /// Whether somebody else has this database open.
    pub async fn in_use(&self) -> Result<bool, KeepError> {
        match self.backend {
            Backend::Sqlite => {
                // In WAL mode every open connection holds a shared lock that an exclusive one cannot pass.
                let exclusive = async {
                    self.connection
                        .execute_unprepared("PRAGMA busy_timeout = 200")
                        .await?;
                    self.connection
                        .execute_unprepared("PRAGMA locking_mode = EXCLUSIVE")
                        .await?;
                    self.connection.execute_unprepared("BEGIN EXCLUSIVE").await?;
                    self.connection.execute_unprepared("ROLLBACK").await
                };
                // Any other error is a spoilt file, on which no program runs.
                Ok(exclusive
                    .await
                    .is_err_and(|error| error.to_string().contains("locked")))
            }
            Backend::Postgres => {
                // A program that has just stopped: the server takes a moment to see its sessions off.
                for _ in 0..SESSIONS_LEAVE {
                    if self.other_sessions().await? == 0 {
                        return Ok(false);
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Ok(self.other_sessions().await? > 0)
            }
        }
    }

    async fn other_sessions(&self) -> Result<i64, KeepError> {
        let row = self
            .connection
            .query_one_raw(self.statement(
                "SELECT COUNT(*) AS count FROM pg_stat_activity WHERE datname = current_database() \
                 AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
            ))
            .await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("", "count"))?)
    }

    pub fn statement(&self, sql: impl Into<String>) -> Statement {
        Statement::from_string(self.connection.get_database_backend(), sql)
    }

    pub async fn close(self) -> Result<(), KeepError> {
        Ok(self.connection.close().await?)
    }
}
