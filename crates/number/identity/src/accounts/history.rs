//! What happened to the own account: who signed in and how, what was changed.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_access::Actor;
use tongban_store::{Page, PageRequest, Store};

use crate::{Error, error::own_account};

/// The lines of the log that are told to the owner of an account. Each has the text `history-ACTION`, dots as dashes.
pub const HISTORY_ACTIONS: [&str; 27] = [
    "identity.signed_in",
    "identity.signed_out",
    "identity.signed_out_everywhere",
    "identity.sign_in_failed",
    "identity.code_failed",
    "identity.locked",
    "identity.unlocked",
    "identity.password_changed",
    "identity.password_reset",
    "identity.phone_changed",
    "identity.phone_lost",
    "identity.passkey_bound",
    "identity.passkey_removed",
    "identity.face_checked",
    "identity.real_name_checked",
    "identity.recognised",
    "identity.scan_answered",
    "identity.served_at_window",
    "identity.exported",
    "identity.correction_asked",
    "identity.correction_declined",
    "identity.name_corrected",
    "identity.post_chosen",
    "identity.second_factor_shown",
    "identity.staff_changed",
    "identity.upstream_linked",
    "identity.upstream_cut",
];

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    pub at: DateTime<Utc>,
    /// One of [`HISTORY_ACTIONS`], or of the further ones.
    pub action: String,
    /// `password`, `code`, `passkey`, `scan`, `upstream`, `upstream_anew`, `demo`, where somebody signed in.
    pub way: Option<String>,
    pub device: Option<String>,
    /// The system or platform of others that it is about.
    pub app: Option<String>,
}

/// What happened to the own account, the newest first. `more` are actions of later rooms that are told too.
pub async fn own_history(
    store: &Store,
    actor: &Actor,
    more: &[&str],
    page: PageRequest,
) -> Result<Page<HistoryLine>, Error> {
    let account = own_account(actor, "identity.own_history")?;
    let actions = [&HISTORY_ACTIONS[..], more].concat();
    let found = store
        .log_of_actions("account", &account.to_string(), &actions, page)
        .await?;
    Ok(found.map(|line| {
        let text = |name: &str| {
            let value = line.detail.get(name)?.as_str()?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        HistoryLine {
            at: line.at,
            way: text("way"),
            device: text("device"),
            app: text("app"),
            action: line.action,
        }
    }))
}
