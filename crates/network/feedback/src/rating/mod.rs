//! Ratings: 5 levels, from 1 (very bad) to 5 (very good).

pub(crate) mod domain;
pub(crate) mod give;
pub(crate) mod query;
