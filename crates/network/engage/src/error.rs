//! Why a message could not be handled.

use tongban_store::{StoreError, WorkError};

/// A failure of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such message")]
    NotFound,
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the case room failed")]
    Case(#[from] tongban_cases::Error),
    #[error("the licence room failed")]
    Licence(#[from] tongban_licences::Error),
    #[error("the room of mandates failed")]
    Mandate(#[from] tongban_mandates::Error),
    #[error("the identity room failed")]
    Identity(#[from] tongban_identity::Error),
}

impl From<Error> for WorkError {
    fn from(error: Error) -> Self {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self(text)
    }
}
