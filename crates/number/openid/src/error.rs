//! Why this room says no: to people by a refusal, to programs by an error of the standards.

use std::{collections::BTreeMap, fmt};

use tongban_access::Denied;
use tongban_crypto::CryptoError;
use tongban_store::StoreError;

/// A refusal that a person can act on: a stable code and the words that its sentence needs. Never holds a token or a secret.
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
    #[error("the clients and grants could not be reached")]
    Store(#[source] StoreError),
    #[error("the accounts could not be reached")]
    Identity(#[source] tongban_identity::Error),
    #[error("the mandates could not be reached")]
    Mandate(#[source] tongban_mandates::Error),
    #[error("a token could not be signed")]
    Crypto(#[from] CryptoError),
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
            other => Self::Identity(other),
        }
    }
}

impl From<tongban_mandates::Error> for Error {
    fn from(error: tongban_mandates::Error) -> Self {
        match error {
            tongban_mandates::Error::Store(error) => Self::from(error),
            tongban_mandates::Error::Identity(error) => Self::from(error),
            other => Self::Mandate(other),
        }
    }
}

/// A refusal by its stable code, as an error.
pub(crate) fn refused<const N: usize>(code: &'static str, args: [(&str, String); N]) -> Error {
    Error::Refused(Refusal {
        code,
        args: args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    })
}

/// What a program is told that did not get what it asked for (RFC 6749 §5.2 and the standards that build on it).
#[derive(Debug)]
pub struct Trouble {
    /// The word of the standard: `invalid_grant`, `invalid_client`, `invalid_dpop_proof` …
    pub error: &'static str,
    /// For the developer, in English; says nothing about what exists here.
    pub description: &'static str,
    /// What went wrong on our side, for the log.
    pub cause: Option<Box<Error>>,
    /// After how many seconds to come again, where too many calls came.
    pub retry_after: Option<u64>,
}

impl Trouble {
    pub(crate) fn new(error: &'static str, description: &'static str) -> Self {
        Self {
            error,
            description,
            cause: None,
            retry_after: None,
        }
    }

    /// A request that is not as the standard has it.
    pub fn request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    /// A code or token that is unknown, over, used, or somebody else's: which of them, nobody is told.
    pub(crate) fn grant() -> Self {
        Self::new("invalid_grant", "the code or token does not hold")
    }

    pub(crate) fn client() -> Self {
        Self::new(
            "invalid_client",
            "the client is not known, or did not show who it is",
        )
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self.error {
            "invalid_client" | "invalid_token" => 401,
            "insufficient_scope" => 403,
            "server_error" => 500,
            _ if self.retry_after.is_some() => 429,
            "temporarily_unavailable" => 503,
            _ => 400,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let (word, description) = match &error {
            Error::Store(StoreError::Unavailable(_)) | Error::Conflict => {
                ("temporarily_unavailable", "try again in a moment")
            }
            _ => ("server_error", "something failed here"),
        };
        Self {
            error: word,
            description,
            cause: Some(Box::new(error)),
            retry_after: None,
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

impl From<tongban_identity::Error> for Trouble {
    fn from(error: tongban_identity::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<CryptoError> for Trouble {
    fn from(error: CryptoError) -> Self {
        Error::from(error).into()
    }
}
