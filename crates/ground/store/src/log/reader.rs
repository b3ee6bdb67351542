//! Looking at a log without writing anything, not even a lock file.

use std::path::PathBuf;
use std::time::SystemTime;

use sea_orm::{
    AccessMode, ColumnTrait, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, EntityTrait,
    IsolationLevel, QueryFilter, QueryOrder, QuerySelect, TransactionOptions, TransactionTrait,
    sqlx::sqlite::SqliteConnectOptions,
};
use uuid::Uuid;

use super::{Checkpoint, LogLine, Stream, standing::newest_checkpoint};
use crate::{Backend, StoreConfig, StoreError, row::audit_entry};

/// A read-only look at the log, of a running installation or of one that stands still.
#[derive(Debug)]
pub struct LogReader {
    connection: DatabaseConnection,
    backend: Backend,
    /// An SQLite file that nobody had open, as it was then.
    still: Option<Still>,
}

/// A file that is read without locks, because nobody writes to it.
#[derive(Debug)]
struct Still {
    file: PathBuf,
    seen: (u64, Option<SystemTime>),
}

impl LogReader {
    /// Opens the database for reading. It must exist.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let backend = config.backend().ok_or(StoreError::Unavailable(
            "the database address names neither sqlite nor postgres",
        ))?;
        let mut options = ConnectOptions::new(&config.database_url);
        options.max_connections(1).sqlx_logging(false);
        let mut still = None;
        if backend == Backend::Sqlite {
            let file = sqlite_file(&config.database_url)?;
            if !file.is_file() {
                return Err(StoreError::Unavailable("there is no database in the data folder"));
            }
            // While the program runs, and after it was killed, its write-ahead log lies beside the database. Without
            // one nobody writes, and SQLite is told so: otherwise even a reader makes files beside the database.
            if !write_ahead_log(&file).exists() {
                still = Some(Still {
                    seen: look(&file)?,
                    file,
                });
            }
            let immutable = still.is_some();
            options.map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .create_if_missing(false)
                    .read_only(true)
                    .immutable(immutable)
                    .pragma("busy_timeout", "5000")
            });
        }
        Ok(Self {
            connection: Database::connect(options).await?,
            backend,
            still,
        })
    }

    /// The checkpoint that covers most; `None` while there is none.
    pub async fn newest_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        newest_checkpoint(&self.connection).await
    }

    /// Lines of one stream about an object, oldest first, at most 500.
    pub async fn lines_of(
        &self,
        stream: Stream,
        object_kind: &str,
        object_id: &str,
    ) -> Result<Vec<LogLine>, StoreError> {
        let rows = audit_entry::Entity::find()
            .filter(audit_entry::Column::Stream.eq(stream.as_str()))
            .filter(audit_entry::Column::ObjectKind.eq(object_kind))
            .filter(audit_entry::Column::ObjectId.eq(object_id))
            .order_by_asc(audit_entry::Column::At)
            .order_by_asc(audit_entry::Column::Id)
            .limit(500)
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(LogLine::from).collect())
    }

    /// The line with this id.
    pub async fn line(&self, id: Uuid) -> Result<Option<LogLine>, StoreError> {
        let row = audit_entry::Entity::find_by_id(id).one(&self.connection).await?;
        Ok(row.map(LogLine::from))
    }

    /// One view of the database, whatever is written meanwhile.
    pub(super) async fn view(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = match self.backend {
            Backend::Sqlite => TransactionOptions::default(),
            Backend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "a transaction that only reads: the log is judged in one view of it"
        )]
        let view = self.connection.begin_with_options(options).await?;
        Ok(view)
    }

    /// An error if somebody began to write to a file that was read as standing still.
    pub(super) fn was_left_alone(&self) -> Result<(), StoreError> {
        let Some(still) = &self.still else {
            return Ok(());
        };
        if write_ahead_log(&still.file).exists() || look(&still.file)? != still.seen {
            return Err(StoreError::Unavailable(
                "the program was started while the log was read; try again",
            ));
        }
        Ok(())
    }
}

fn sqlite_file(url: &str) -> Result<PathBuf, StoreError> {
    let options: SqliteConnectOptions = url
        .parse()
        .map_err(|_| StoreError::Unavailable("the database address cannot be read"))?;
    Ok(options.get_filename().to_path_buf())
}

fn write_ahead_log(file: &std::path::Path) -> PathBuf {
    let mut name = file.as_os_str().to_os_string();
    name.push("-wal");
    PathBuf::from(name)
}

fn look(file: &std::path::Path) -> Result<(u64, Option<SystemTime>), StoreError> {
    let metadata = std::fs::metadata(file)
        .map_err(|error| StoreError::Corrupt(format!("the database file cannot be looked at: {error}")))?;
    Ok((metadata.len(), metadata.modified().ok()))
}
