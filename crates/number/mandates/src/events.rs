//! What later rooms are told.

use serde::{Deserialize, Serialize};
use tongban_store::Event;
use uuid::Uuid;

/// What happened to a mandate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Waits for the agent's yes.
    Offered,
    /// A window recorded it, document in hand.
    Recorded,
    /// The register names the agent as the representative of the firm.
    Represented,
    Accepted,
    Refused,
    /// The principal took it back.
    Revoked,
    /// A window ended it, document in hand.
    EndedAtWindow,
    /// The agent gave it up.
    GivenUp,
    /// The register names somebody else.
    Lapsed,
    /// It ends in two weeks.
    Ending,
}

/// A mandate stands in another way than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateChanged {
    pub mandate: Uuid,
    pub change: Change,
}

impl Event for MandateChanged {
    const TOPIC: &'static str = "mandates.changed";
}
