//! Who may do what to which thing, and how far a list reaches.
//!
//! [`Actor`] is who acts, [`Agency`] for whom, [`Assurance`] how sure we are of it; [`Action`] is what is done; [`permit`] decides by a table that stands in `policies/`, in one place;
//! [`Reach`] is the same decision for lists, applied in SQL by each room's `query.rs`.

mod action;
mod actor;
mod assurance;
mod mandate;
mod permit;
mod reach;
mod table;

pub use action::Action;
pub use actor::{Actor, PartyKind, Post, Role};
pub use assurance::Assurance;
pub use mandate::{Agency, MandateKind, MandateScope};
pub use permit::{Denied, Explanation, Thing, explain, permit, permit_looking, require_second_factor};
pub use reach::Reach;
pub use table::{ActionRule, TableError, Who, Within, check_table, rules};
