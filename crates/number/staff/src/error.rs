//! Why this room says no.

use std::{collections::BTreeMap, fmt};

use tongban_access::Denied;
use tongban_store::StoreError;

/// A refusal that a person can act on: a stable code and the words that its sentence needs. Never holds a code or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub args: BTreeMap<String, String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code)?;
        for (name, value) in &self.args {
            write!(formatter, " {name}={value}")?;
        }
        Ok(())
    }
}

/// Why a call of this room did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("refused: {0}")]
    Refused(Refusal),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("not found")]
    NotFound,
    #[error("somebody else changed it meanwhile")]
    Conflict,
    #[error("the staff could not be reached")]
    Store(#[source] StoreError),
    #[error("the accounts could not be reached")]
    Identity(#[source] tongban_identity::Error),
    #[error("the lists could not be reached")]
    Directory(#[source] tongban_directory::Error),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict,
            other => Self::Store(other),
        }
    }
}

impl From<tongban_identity::Error> for Error {
    fn from(error: tongban_identity::Error) -> Self {
        match error {
            tongban_identity::Error::Store(error) => Self::from(error),
            tongban_identity::Error::Conflict => Self::Conflict,
            tongban_identity::Error::NotFound => Self::NotFound,
            tongban_identity::Error::Denied(denied) => Self::Denied(denied),
            other => Self::Identity(other),
        }
    }
}

impl From<tongban_directory::Error> for Error {
    fn from(error: tongban_directory::Error) -> Self {
        match error {
            tongban_directory::Error::Store(error) => Self::from(error),
            tongban_directory::Error::Denied(denied) => Self::Denied(denied),
            other => Self::Directory(other),
        }
    }
}

/// A refusal by its stable code.
pub(crate) fn refusal<const N: usize>(code: &'static str, args: [(&str, String); N]) -> Refusal {
    Refusal {
        code,
        args: args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

/// A refusal by its stable code, as an error.
pub(crate) fn refused<const N: usize>(code: &'static str, args: [(&str, String); N]) -> Error {
    Error::Refused(refusal(code, args))
}
