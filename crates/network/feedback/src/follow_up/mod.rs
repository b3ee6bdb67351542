//! What a bad rating sets going.

pub(crate) mod answer;
pub(crate) mod query;
