//! What kinds of licences there are.

pub(crate) mod domain;
pub(crate) mod import;
pub(crate) mod query;
pub(crate) mod register;
pub(crate) mod row;
