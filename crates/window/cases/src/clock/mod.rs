//! The legal clock of a case: which rule, from when, until when, and why.

pub(crate) mod explain;
pub(crate) mod query;
pub(crate) mod recompute;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod start;
pub(crate) mod warn;
