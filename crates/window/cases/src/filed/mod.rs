//! What was filed, where the applicant was asked for more.

pub(crate) mod row;
