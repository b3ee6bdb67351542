//! Who acts for whom: representatives, administrators and agents of firms; family and guardians of persons.
//!
//! - `mandate` giving, accepting, refusing, taking back, giving up; recording at a window; lists
//! - `acting` for whom a session acts
//! - `representation` the legal representative of a firm, found in the register of enterprises through the exchange
//! - `jobs` the daily work
//!
//! A mandate names its agent by citizen number: whoever proves that number finds it. It names its principal by account, because
//! matters, licences and messages hang on that.

mod acting;
mod error;
mod events;
mod jobs;
mod mandate;
mod migrations;
mod representation;
mod sealed;

pub use acting::{Acting, ActingFor, act_for_self, acting, begin_to_act};
pub use error::{Error, Refusal};
pub use events::{Change, MandateChanged};
pub use jobs::{Daily, wire};
pub use mandate::{
    GiveMandate, InForce, MandateNotice, MandateRules, MandateView, Named, RecordAtWindow, Scope, Side,
    Standing, agency_stands_in, answer_mandate, end_at_window, end_mandate, give_mandate, given_mandates,
    mandate, mandate_in_force, mandate_notice_in, mandate_stands_in, mandates_in_force, mandates_of,
    received_mandates, record_at_window, waiting_mandates,
};
pub use migrations::migrations;
pub use representation::{Claim, RepresentationPurpose, RepresentationRules, claim_representation};
pub use sealed::SEALED_COLUMNS;
