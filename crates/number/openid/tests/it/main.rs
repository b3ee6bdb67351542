//! The provider on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod authorize;
mod builders;
mod clients;
mod device;
mod exchange;
mod keys;
mod logout;
mod proof;
mod tokens;
