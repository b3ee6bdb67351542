//! Notices for an office: a limit that is about to pass, or has passed.

pub(crate) mod hear;
pub(crate) mod query;
pub(crate) mod row;

pub use query::{Notice, notices, open_notices};
