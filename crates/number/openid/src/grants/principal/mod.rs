//! What sectors know those as for whom others act.

mod row;

pub(crate) use row::{known, subject};
