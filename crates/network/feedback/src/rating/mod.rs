//! Ratings: 5 levels, from 1 (very bad) to 5 (very good).

pub(crate) mod ask;
pub(crate) mod domain;
pub(crate) mod give;
pub(crate) mod give_by_link;
pub(crate) mod give_by_number;
pub(crate) mod query;
