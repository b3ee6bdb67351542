//! 程序: what the law says about the way of a matter, as data and pure functions.
//!
//! No database, no time of its own: who asks brings the item, the day and the calendar.
//!
//! - `states` where a case stands and which moves lead on
//! - `limits` clock rules, each with its article; `clock` how a clock stands on a day, and why it ends on its date
//! - `special` 特别程序 and the extension; `hearing` the terms of a hearing
//! - `inspection` how many officers look at a place
//! - `renewal` 延续: which licences, until when, for how long
//! - `ways` how a case comes and how its result leaves
//! - `documents` the kinds of 文书; `words` what they say; `remedies` what may be done against a decision

mod clock;
mod documents;
mod hearing;
mod inspection;
pub mod limits;
pub mod remedies;
pub mod renewal;
mod special;
mod states;
mod ways;
pub mod words;

pub use clock::{CaseClock, ClockExplanation, ClockReading};
pub use documents::Kind as DocumentKind;
pub use hearing::{HearingTerm, hearing_terms};
pub use inspection::{officers_named, officers_needed};
pub use limits::Rule;
pub use renewal::{Renewable, RenewalView};
pub use special::{EXTENSION, Effect, Extension, Procedure, SpecialView, extension, procedures};
pub use states::{Move, State, next};
pub use ways::{Channel, Delivery};
pub use words::Body as DocumentBody;
