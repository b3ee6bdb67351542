//! What persons and firms let systems of others have: given on the page of consent, listed, taken back.

mod linked;
pub(crate) mod principal;
mod query;
pub(crate) mod row;

/// The lines of the log that are told to the owner of an account. Each has the text `history-ACTION`, dots as dashes.
pub const HISTORY_ACTIONS: [&str; 4] = [
    "openid.consented",
    "openid.signed_in",
    "openid.unlinked",
    "openid.replayed",
];

pub use linked::{LinkedApp, linked_apps, unlink_app};
