//! How often matters are asked for.

pub(crate) mod query;
