//! What this room tells later rooms. Ids only: a subscriber reads the rest.

use serde::{Deserialize, Serialize};
use tongban_store::Event;
use uuid::Uuid;

macro_rules! case_events {
    ($($(#[$doc:meta])* $name:ident = $topic:literal),+ $(,)?) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name { pub case: Uuid }

        impl Event for $name {
            const TOPIC: &'static str = $topic;
        }

        impl AboutCase for $name {
            fn case(&self) -> Uuid {
                self.case
            }
        })+
    };
}

case_events! {
    /// The applicant handed the application in.
    CaseSubmitted = "case.submitted",
    /// The applicant was told once what is missing.
    SupplementAsked = "case.supplement_asked",
    /// The applicant handed in what was missing.
    SupplementAnswered = "case.supplement_answered",
    /// The office accepted; the clock runs.
    CaseAccepted = "case.accepted",
    /// The office did not accept.
    CaseNotAccepted = "case.not_accepted",
    /// The office decided; the state of the case says how.
    CaseDecided = "case.decided",
    /// Nobody has touched the draft for long; it will be erased in some days.
    DraftExpiring = "case.draft_expiring",
    /// The applicant took it back.
    CaseWithdrawn = "case.withdrawn",
}

/// Every event of this room names its case.
pub trait AboutCase {
    /// The case it is about.
    fn case(&self) -> Uuid;
}
