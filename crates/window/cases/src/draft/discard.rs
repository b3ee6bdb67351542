//! Throw a draft away.

use tongban_access::{Action, Actor};
use tongban_procedure::State;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{jobs, row};
use crate::{
    case::save,
    error::{Error, refused_with},
};

/// Throw a draft away.
#[derive(Debug, Clone)]
pub struct DiscardDraft {
    pub case: Uuid,
    /// The version that the page which asks showed.
    pub seen: Option<i32>,
}

/// Erases a draft: its form, what was fetched, what was handed in. The audit line stays and says nothing of the content.
///
/// Refuses `case.wrong_state` for what was filed: that is withdrawn, not erased.
pub async fn discard_draft(tx: &Tx, actor: &Actor, input: DiscardDraft) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseApply, input.case).await?;
    if loaded.state != State::Draft {
        return Err(refused_with(
            "case.wrong_state",
            &[("state", loaded.state.as_str())],
        ));
    }
    save::same_version(&loaded, input.seen)?;
    let files = row::erase(tx, &loaded.row).await?.ok_or(Error::Conflict)?;
    jobs::plan_erasing(tx, files).await?;
    tx.audit(AuditEntry::new("case.discard").on("case", input.case))
        .await?;
    Ok(())
}
