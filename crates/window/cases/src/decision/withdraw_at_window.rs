//! A clerk takes an application back at the wish of a person who stands at the window.

use tongban_access::{Action, Actor};
use tongban_procedure::Move;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::withdraw::close;
use crate::{
    case::save,
    error::{Error, refused},
};

/// Take a case back for a person at the window.
#[derive(Debug, Clone)]
pub struct WithdrawAtWindow {
    pub case: Uuid,
    pub seen: Option<i32>,
    /// The clerk has seen the person and the document.
    pub present: bool,
    /// Why the person wants it, as it stands in the history.
    pub reason: String,
}

/// Closes the case at the applicant's wish, as long as nothing is decided; presence and reason are on record.
///
/// Refuses `case.presence` (the clerk has not recorded that the person is present), `case.withdraw_reason_missing`.
pub async fn withdraw_at_window(tx: &Tx, actor: &Actor, input: WithdrawAtWindow) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseFileAtWindow, input.case).await?;
    let state = loaded.after(Move::Withdraw)?;
    save::same_version(&loaded, input.seen)?;
    if !input.present {
        return Err(refused("case.presence"));
    }
    let reason = input.reason.trim();
    if reason.is_empty() {
        return Err(refused("case.withdraw_reason_missing"));
    }
    let entry = AuditEntry::new("case.withdraw").with("presence", "recorded");
    close(tx, actor, &loaded, state, Some(reason), entry).await
}
