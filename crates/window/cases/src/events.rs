//! What this room tells later rooms. Ids only: a subscriber reads the rest.

use serde::{Deserialize, Serialize};
use tongban_codes::Light;
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
    /// The organ below has finished its first review.
    FirstReviewed = "case.first_reviewed",
    /// The office did not accept.
    CaseNotAccepted = "case.not_accepted",
    /// The office decided; the state of the case says how.
    CaseDecided = "case.decided",
    /// Nobody decided on a renewal in time: it counts as granted. `CaseDecided` comes with it.
    RenewedBySilence = "case.renewed_by_silence",
    /// Nobody has touched the draft for long; it will be erased in some days.
    DraftExpiring = "case.draft_expiring",
    /// A special procedure stopped the clock.
    SpecialStarted = "case.special_started",
    /// The special procedure is over; the clock runs again.
    SpecialEnded = "case.special_ended",
    /// The limit of the decision was extended.
    LimitExtended = "case.limit_extended",
    /// The term of a supplement ends soon.
    SupplementDue = "case.supplement_due",
    /// Nobody answered the supplement in its term; the case is closed.
    CaseLapsed = "case.lapsed",
    /// The paper result was handed over.
    CaseDelivered = "case.delivered",
    /// The applicant took it back.
    CaseWithdrawn = "case.withdrawn",
}

/// A running limit of the office is about to pass (yellow) or has passed (red): once a clock and colour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClockWarned {
    pub case: Uuid,
    /// Which limit: `supplement_notice`, `decide`, `first_review`, `deliver`; `special`: the time announced for a special procedure.
    pub rule: String,
    pub light: Light,
}

impl Event for ClockWarned {
    const TOPIC: &'static str = "case.clock_warned";
}

impl AboutCase for ClockWarned {
    fn case(&self) -> Uuid {
        self.case
    }
}

/// Every event of this room names its case.
pub trait AboutCase {
    /// The case it is about.
    fn case(&self) -> Uuid;
}
