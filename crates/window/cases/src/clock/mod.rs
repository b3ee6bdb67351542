//! The legal clock of a case: which rule, from when, until when, and why.

pub(crate) mod query;
pub(crate) mod recompute;
pub(crate) mod run;
pub(crate) mod start;
pub(crate) mod warn;
