#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]
//! The room from outside.

#[cfg(feature = "engine")]
mod engine;
mod qr;
mod record;
