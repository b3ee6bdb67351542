//! Why an installation could not be backed up, restored, moved or re-sealed. Each is one sentence that says what to do.

use std::{io, path::PathBuf};

use sea_orm::DbErr;

use crate::StoreError;

/// A refusal or a failure of the work of keeping. Nothing that was there before is lost by any of them.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("{} is not there", .0.display())]
    Missing(PathBuf),
    #[error("{} is there already; name another file, nothing was overwritten", .0.display())]
    Exists(PathBuf),
    #[error("another backup is being written to {}", .0.display())]
    Busy(PathBuf),
    #[error("the address {0} names neither sqlite: nor postgres:")]
    Address(String),
    #[error("there is no database at {0}")]
    NoDatabase(String),
    #[error("there is no key ring in {}; put the one that was kept apart there first", .0.display())]
    NoKeyRing(PathBuf),
    #[error("the database holds no tables of this program")]
    NotOurs,
    #[error("the database is not up to date ({0} has not run); run `tongban migrate` on it first")]
    Behind(String),
    #[error(
        "{what} was made by a newer version of this program ({migration} is unknown here); use that version"
    )]
    Newer { what: &'static str, migration: String },
    #[error("{what} is not empty: {found}; nothing was changed")]
    NotEmpty { what: String, found: String },
    #[error("the program still runs on this database; stop it first")]
    Running,
    #[error("{} is not a backup of this program: {reason}", path.display())]
    NotABackup { path: PathBuf, reason: String },
    #[error("{} is damaged: {reason}; nothing was changed", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("the key ring in {} does not open this backup: {reason}; nothing was changed", folder.display())]
    WrongKeyRing { folder: PathBuf, reason: String },
    #[error("table {table} has columns that differ between the two databases: {columns}")]
    Columns { table: String, columns: String },
    #[error("column {table}.{column} has the type {kind}, which cannot be copied")]
    ColumnType {
        table: String,
        column: String,
        kind: String,
    },
    #[error("table {table}, column {column}: a value could not be read")]
    Cell {
        table: String,
        column: String,
        #[source]
        source: DbErr,
    },
    #[error("table {table} has {found} rows where {expected} were expected; nothing was changed")]
    Counts {
        table: String,
        expected: u64,
        found: u64,
    },
    #[error("the database failed")]
    Database(#[from] DbErr),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the key ring")]
    Crypto(#[from] tongban_crypto::CryptoError),
    #[error("{doing} {}", path.display())]
    File {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Says which file failed, for `map_err`.
pub(super) fn at(doing: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> KeepError {
    let path = path.to_path_buf();
    move |source| KeepError::File { doing, path, source }
}
