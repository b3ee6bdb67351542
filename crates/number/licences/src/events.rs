//! What later rooms are told.

use serde::{Deserialize, Serialize};
use tongban_store::Event;
use uuid::Uuid;

use crate::LicenceStatus;

/// A licence was issued, or a new edition of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceIssued {
    pub licence: Uuid,
}

impl Event for LicenceIssued {
    const TOPIC: &'static str = "licence.issued";
}

/// The status of a licence is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceChanged {
    pub licence: Uuid,
    pub status: LicenceStatus,
}

impl Event for LicenceChanged {
    const TOPIC: &'static str = "licence.changed";
}
