//! The API through its router, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod cases;
mod document;
mod follow;
mod public;
mod renewal;
mod sessions;
mod window;
mod world;
