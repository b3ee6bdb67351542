//! The link of a case: what it opens for one who has no account, or is not signed in.

pub(crate) mod query;
