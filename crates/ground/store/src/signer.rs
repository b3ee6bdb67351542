//! Who stands behind an act, as the log keeps it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The kind of the one who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerKind {
    /// Nobody signed in.
    Nobody,
    Resident,
    Enterprise,
    Staff,
    /// The platform itself: a clock, a job, an import.
    System,
}

impl SignerKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Resident => "resident",
            Self::Enterprise => "enterprise",
            Self::Staff => "staff",
            Self::System => "system",
        }
    }
}

/// Who acts, and for whom. The richer `Actor` of the room `access` makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    pub kind: SignerKind,
    /// The account that acts.
    pub id: Option<Uuid>,
    /// The account it acts for, when that is another.
    pub on_behalf_of: Option<Uuid>,
}

impl Signer {
    /// The platform itself.
    pub fn system() -> Self {
        Self {
            kind: SignerKind::System,
            id: None,
            on_behalf_of: None,
        }
    }

    /// Somebody who has not signed in.
    pub fn nobody() -> Self {
        Self {
            kind: SignerKind::Nobody,
            id: None,
            on_behalf_of: None,
        }
    }
}
