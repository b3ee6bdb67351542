//! Why a rating could not be taken or answered.

use std::collections::BTreeMap;

use tongban_access::Denied;
use tongban_store::StoreError;

/// A refusal is a value: a stable code and what its sentence needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub args: BTreeMap<String, String>,
}

/// What a use case of this room may answer instead of doing its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("there is no such thing")]
    NotFound,
    #[error("it was changed by somebody else")]
    Conflict,
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the case room failed")]
    Case(#[from] tongban_cases::Error),
    #[error("the room of messages failed")]
    Engage(#[from] tongban_engage::Error),
}

pub(crate) fn refused(code: &'static str) -> Error {
    Error::Refused(Refusal {
        code,
        args: BTreeMap::new(),
    })
}
