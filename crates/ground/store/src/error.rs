//! Why the store could not do its work.

use sea_orm::{DbErr, SqlErr};

/// A failure of the store. It is never a person's fault: refusals are values of the rooms.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answered with an error.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// Sealing, unsealing or a key file failed.
    #[error("a sealed value could not be handled")]
    Crypto(#[from] tongban_crypto::CryptoError),
    /// A file of the blob store failed.
    #[error("the file store failed")]
    Blob(#[from] object_store::Error),
    /// A stored document is not what its row says.
    #[error("stored data is not readable: {0}")]
    Corrupt(String),
    /// The database has run a migration that this program does not know.
    #[error("a newer version of this program ran here ({0} is unknown to this one); use that version")]
    Newer(String),
    /// Somebody else changed the row since it was read.
    #[error("{0} was changed by somebody else")]
    Conflict(&'static str),
    /// The store is shutting down, or the writer did not take the act in time.
    #[error("the store is not available: {0}")]
    Unavailable(&'static str),
    /// The writer's thread could not be started.
    #[error("the writer could not be started")]
    Thread(#[source] std::io::Error),
    /// A use case called `write` inside `write`; the inner act would wait for the outer one for ever.
    #[error("a write was started inside a write")]
    Nested,
    /// The closure kept the transaction after it had answered.
    #[error("a use case kept its transaction")]
    Kept,
    /// The closure panicked; nothing was written.
    #[error("a use case stopped in the middle")]
    Panicked,
}

impl StoreError {
    /// Whether a unique rule of the schema refused the row.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
