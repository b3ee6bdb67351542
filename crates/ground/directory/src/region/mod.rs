//! Regions: five levels, 12 digits.

pub mod domain;
pub mod ensure;
pub mod import;
pub mod query;
