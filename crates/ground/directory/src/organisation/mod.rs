//! Organisations: the bodies that carry matters out.

pub mod domain;
pub mod ensure;
pub mod import;
pub mod query;
