//! What later rooms are told. Ids and codes only, never a number or a fact.

use serde::{Deserialize, Serialize};
use tongban_store::Event;
use uuid::Uuid;

/// A department's system answered about another person than the one asked about. The facts were thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongSubject {
    /// The read, as in `exchange_reads` and in the evidence.
    pub read: Uuid,
    /// Which resource answered.
    pub resource: String,
}

impl Event for WrongSubject {
    const TOPIC: &'static str = "exchange.wrong_subject";
}
