//! Why identity says no.

use std::{collections::BTreeMap, fmt};

use tongban_access::{Actor, Denied};
use tongban_codes::CodeError;
use tongban_store::StoreError;
use uuid::Uuid;

/// A refusal that a person can act on: a stable code and the words that its sentence needs. Never holds a number,
/// a phone, a password or a code.
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
    #[error("the accounts could not be reached")]
    Store(#[source] StoreError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict,
            other => Self::Store(other),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<CodeError> for Error {
    /// A number or phone in the wrong form, under the code of the form's own rule (`citizen.check_digit`).
    fn from(error: CodeError) -> Self {
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

/// The account of whoever is signed in, for what everybody may do with their own account. Who acts for another does it with their own too.
pub(crate) fn own_account(actor: &Actor, action: &'static str) -> Result<Uuid, Denied> {
    actor.holder().ok_or(Denied::new(actor, action))
}
