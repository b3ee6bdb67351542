//! What an office has to do, and what a person has running.

pub(crate) mod query;
