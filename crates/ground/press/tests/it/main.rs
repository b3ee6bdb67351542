#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]
//! The room from outside.

#[cfg(feature = "engine")]
mod engine;
mod ofd;
mod qr;
mod record;
