//! Signing out: people come from a system of others, and systems of others hear of it.

mod ask;
mod tell;

pub use ask::SignOutAsk;
pub(crate) use tell::{BackChannel, on_sessions_ended, send, tell};
