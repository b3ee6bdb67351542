//! Why the exchange did not do what was asked.

use std::collections::BTreeMap;

use tongban_access::Denied;
use tongban_store::StoreError;

/// A refusal by rule: a stable code that a face turns into a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub args: BTreeMap<String, String>,
}

/// What a use case of this room answers when it does not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no; the person can act on the sentence.
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    /// The actor may not do this.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such thing, or not for this actor.
    #[error("not found")]
    NotFound,
    /// Somebody else was faster.
    #[error("changed by somebody else")]
    Conflict,
    /// The platform failed; nobody is to blame for it at the desk.
    #[error("the exchange could not use its database")]
    Store(#[source] StoreError),
    /// The client for calls to department systems could not be made.
    #[error("the client for department systems could not be made")]
    Client(#[source] tongban_courier::ClientError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict,
            other => Self::Store(other),
        }
    }
}

/// A refusal with its arguments.
pub fn refused<const COUNT: usize>(code: &'static str, args: [(&str, &str); COUNT]) -> Error {
    let args = args
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    Error::Refused(Refusal { code, args })
}
