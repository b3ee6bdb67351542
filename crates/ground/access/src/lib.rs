//! Who may do what to which thing, and how far a list reaches.
//!
//! [`Actor`] is who acts, [`Agency`] for whom, [`Assurance`] how sure we are of it; [`Action`] is what is done; [`permit`] decides by a table
//! and by rules in Cedar that stand in `policies/`; [`Reach`] is the same decision for lists, and its
//! [`condition`](Reach::condition) what each room's `query.rs` gives to SQL.

mod action;
mod actor;
mod assurance;
mod entities;
mod error;
mod mandate;
mod permit;
mod policies;
mod query;
mod reach;
mod table;

pub use action::Action;
pub use actor::{Actor, PartyKind, Post, Role};
pub use assurance::Assurance;
pub use error::PolicyError;
pub use mandate::{Agency, MandateKind, MandateScope};
pub use permit::{
    Denied, Explanation, Shared, Thing, explain, permit, permit_looking, require_second_factor,
};
pub use policies::{Policies, Rule, enforce_policies, in_force};
pub use query::ReachColumns;
pub use reach::{Place, Reach, Scope};
pub use table::{ActionRule, Row, Who, Within};
