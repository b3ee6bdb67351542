//! Where the values of a case come from. Pure.

use serde::{Deserialize, Serialize};
pub use tongban_procedure::{Channel, Delivery};

/// Where a value or a material came from, as the page says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub kind: OriginKind,
    /// In words: the register, the licence.
    pub label: String,
    /// The read of the exchange or the licence it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<uuid::Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The kinds of origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// The applicant typed or uploaded it.
    You,
    /// The account that applies.
    Account,
    /// A department's register, through the exchange.
    Resource,
    /// A licence that the applicant holds.
    Licence,
    /// The source did not answer; the applicant fills it by hand.
    Waiting,
}
