//! Why this room says no.

use std::{collections::BTreeMap, fmt};

use tongban_access::Denied;
use tongban_codes::CodeError;
use tongban_crypto::CryptoError;
use tongban_press::PressError;
use tongban_store::StoreError;

/// A refusal that a person can act on: a stable code and the words that its sentence needs. Never holds a number or a
/// code of a licence.
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
    /// A rule says no; the person can act on the sentence.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The actor may not do this.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such thing, or not for this actor.
    #[error("not found")]
    NotFound,
    /// Somebody else was faster.
    #[error("somebody else changed it meanwhile")]
    Conflict,
    /// The page of a licence could not be printed, for a reason that is not in the licence.
    #[error("the licence could not be printed")]
    Press(#[source] PressError),
    /// The platform failed.
    #[error("the licences could not be reached")]
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

impl From<CryptoError> for Error {
    fn from(error: CryptoError) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<CodeError> for Error {
    /// A number in the wrong form, under the code of the form's own rule (`citizen.check_digit`).
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

impl From<PressError> for Error {
    /// A character that no font has is a refusal that names it: somebody must install a font, and nothing is printed.
    fn from(error: PressError) -> Self {
        match error {
            PressError::MissingGlyph { characters } => {
                let points: Vec<_> = characters
                    .iter()
                    .map(|character| format!("U+{:04X}", u32::from(*character)))
                    .collect();
                refused(
                    "licence.character_missing",
                    [
                        ("characters", characters.iter().collect()),
                        ("code_points", points.join(" ")),
                    ],
                )
            }
            other => Self::Press(other),
        }
    }
}

impl From<tongban_directory::Error> for Error {
    fn from(error: tongban_directory::Error) -> Self {
        match error {
            tongban_directory::Error::Refused(refusal) => Self::Refused(Refusal {
                code: refusal.code,
                args: refusal.args,
            }),
            tongban_directory::Error::Denied(denied) => Self::Denied(denied),
            tongban_directory::Error::NotFound => Self::NotFound,
            tongban_directory::Error::Conflict => Self::Conflict,
            tongban_directory::Error::Store(error) => Self::Store(error),
        }
    }
}

impl From<tongban_identity::Error> for Error {
    fn from(error: tongban_identity::Error) -> Self {
        match error {
            tongban_identity::Error::Refused(refusal) => Self::Refused(Refusal {
                code: refusal.code,
                args: refusal.args,
            }),
            tongban_identity::Error::Denied(denied) => Self::Denied(denied),
            tongban_identity::Error::NotFound => Self::NotFound,
            tongban_identity::Error::Conflict => Self::Conflict,
            tongban_identity::Error::Store(error) => Self::Store(error),
        }
    }
}

/// A refusal by its stable code.
pub fn refused<const N: usize>(code: &'static str, args: [(&str, String); N]) -> Error {
    let args = args
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Error::Refused(Refusal { code, args })
}
