//! What carries a licence: its PDF, printed once and kept.

pub(crate) mod attach_carrier;
pub(crate) mod carrier;
pub(crate) mod missing_characters;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod row;
