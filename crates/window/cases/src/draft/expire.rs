//! Tell about a draft that nobody touches any more, or erase it.

use tongban_access::{Action, Actor};
use tongban_procedure::State;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    jobs,
    rest::{Due, due},
    row,
};
use crate::{case::save, error::Error, events::DraftExpiring};

/// Does what is due for one draft: nothing, a warning (once a rest), or erasing it. What was touched, filed or erased
/// meanwhile is left alone, so that it may run again.
pub(crate) async fn expire_draft(tx: &Tx, case: Uuid) -> Result<Due, Error> {
    let loaded = match save::load(tx, &Actor::System, Action::CaseApply, case).await {
        Err(Error::NotFound) => return Ok(Due::Nothing),
        loaded => loaded?,
    };
    if loaded.state != State::Draft {
        return Ok(Due::Nothing);
    }
    let what = due(loaded.row.touched_at, row::warned_at(tx, case).await?, tx.now());
    match what {
        Due::Nothing => {}
        Due::Warn => {
            row::note_warning(tx, case).await?;
            tx.emit(&DraftExpiring { case }).await?;
        }
        Due::Erase => {
            let files = row::erase(tx, &loaded.row).await?.ok_or(Error::Conflict)?;
            jobs::plan_erasing(tx, files).await?;
            tx.audit(AuditEntry::new("case.erase_draft").on("case", case))
                .await?;
        }
    }
    Ok(what)
}
