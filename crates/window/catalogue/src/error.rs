//! Why the catalogue says no.

use std::{collections::BTreeMap, fmt};

use tongban_access::Denied;
use tongban_codes::CodeError;
use tongban_store::StoreError;

use tongban_search::SearchError;

/// A refusal that a person can act on: a stable code and the words that its sentence needs.
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
    #[error("the directory failed")]
    Directory(#[source] tongban_directory::Error),
    #[error("the search failed")]
    Search(#[from] SearchError),
    #[error("the catalogue could not reach its data")]
    Store(#[source] StoreError),
}

impl Error {
    /// A refusal by its stable code.
    pub fn refused<const N: usize>(code: &'static str, args: [(&str, String); N]) -> Self {
        let args = args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self::Refused(Refusal { code, args })
    }

    /// What a code of the ground says.
    pub(crate) fn code(error: &CodeError) -> Self {
        let args = error
            .args()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self::Refused(Refusal {
            code: error.code(),
            args,
        })
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict,
            other => Self::Store(other),
        }
    }
}

impl From<tongban_directory::Error> for Error {
    fn from(error: tongban_directory::Error) -> Self {
        match error {
            tongban_directory::Error::Denied(denied) => Self::Denied(denied),
            tongban_directory::Error::Refused(refusal) => Self::Refused(Refusal {
                code: refusal.code,
                args: refusal.args,
            }),
            tongban_directory::Error::Store(error) => Self::Store(error),
            other => Self::Directory(other),
        }
    }
}
