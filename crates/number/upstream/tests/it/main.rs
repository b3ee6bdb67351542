//! A platform that can lie, and what the accounts of the room of identity make of one that does not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod accounts;
#[expect(
    dead_code,
    reason = "the people of the room of identity; not all of them are met here"
)]
#[path = "../../../identity/tests/it/builders.rs"]
mod builders;
mod lies;
#[path = "../../../../ground/testkit/shared/everything_at_rest.rs"]
mod rest;
