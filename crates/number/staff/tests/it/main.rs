//! Staff on both databases.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod builders;
mod delegations;
mod factors;
mod roster;
