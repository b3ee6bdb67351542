//! The exchange against a real HTTP server on loopback, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod department;
mod directory;
mod lists;
mod privacy;
mod reads;
mod refusals;
mod tls;
mod troubles;
mod world;
