//! Accounts: who is known, under which names.

pub(crate) mod domain;
pub(crate) mod name;
pub(crate) mod query;
pub(crate) mod register_party;
pub(crate) mod register_staff;
pub(crate) mod row;

pub use domain::{Account, AccountKind, Party, subject_blind, subject_blinds};
pub use query::{account, find_party, find_party_in, find_staff, list_staff, party, party_in};
pub use register_party::{NewParty, register_party};
pub use register_staff::{NewStaff, register_staff};
