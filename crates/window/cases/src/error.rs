//! Why a case could not be moved.

use std::collections::BTreeMap;

use tongban_access::Denied;
use tongban_catalogue::FieldProblem;
use tongban_store::StoreError;

/// A refusal is a value: a stable code and what its sentence needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub args: BTreeMap<String, String>,
    /// Fields of the form that are wrong, where that is the reason.
    pub fields: Vec<FieldProblem>,
}

/// What a use case of this room may answer instead of doing its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("there is no such case")]
    NotFound,
    /// The case was changed since the page was read.
    #[error("the case was changed by somebody else")]
    Conflict,
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the licence room failed")]
    Licence(#[from] tongban_licences::Error),
    #[error("the exchange failed")]
    Exchange(#[from] tongban_exchange::Error),
    #[error("the catalogue failed")]
    Catalogue(#[from] tongban_catalogue::Error),
    #[error("the directory failed")]
    Directory(#[from] tongban_directory::Error),
    #[error("the identity room failed")]
    Identity(#[from] tongban_identity::Error),
    #[error("a document could not be printed")]
    Press(#[from] tongban_press::PressError),
}

/// A refusal with a stable code.
pub(crate) fn refused(code: &'static str) -> Error {
    Error::Refused(Refusal {
        code,
        args: BTreeMap::new(),
        fields: Vec::new(),
    })
}

/// A refusal whose sentence names something.
pub(crate) fn refused_with(code: &'static str, args: &[(&str, &str)]) -> Error {
    let args = args
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Error::Refused(Refusal {
        code,
        args,
        fields: Vec::new(),
    })
}
