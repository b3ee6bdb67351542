//! The applicant takes the application back.

use tongban_access::{Action, Actor};
use tongban_codes::civil::beijing_date;
use tongban_procedure::{Move, State};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{history::Line, row, save},
    error::Error,
    events::CaseWithdrawn,
    renewal::by_silence::not_silent,
    special::row as special,
};

/// Take a case back.
#[derive(Debug, Clone)]
pub struct Withdraw {
    pub case: Uuid,
    pub seen: Option<i32>,
}

/// Closes the case at the applicant's wish, as long as nothing is decided.
pub async fn withdraw(tx: &Tx, actor: &Actor, input: Withdraw) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseWithdraw, input.case).await?;
    let state = loaded.after(Move::Withdraw)?;
    save::same_version(&loaded, input.seen)?;
    let entry = AuditEntry::new("case.withdraw");
    close(tx, actor, &loaded, state, None, entry).await
}

/// Closes a case that is taken back, with the note and the line of the log of whoever does it.
pub(super) async fn close(
    tx: &Tx,
    actor: &Actor,
    loaded: &save::Loaded,
    state: State,
    note: Option<&str>,
    entry: AuditEntry,
) -> Result<(), Error> {
    not_silent(tx, loaded).await?;
    let case = loaded.id();
    let today = beijing_date(tx.now());
    row::end_clocks(tx, case, today).await?;
    special::end(tx, case, today, None).await?;
    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    row.closed_at = Some(tx.now());
    (row.due_on, row.due_earliest) = (None, None);
    let row = save::store(tx, loaded, row).await?;
    let line = Line {
        case,
        kind: "withdrawn",
        note,
        document: None,
    };
    save::note(tx, actor, line).await?;
    tx.audit(entry.on("case", case).about(&row.applicant_blind))
        .await?;
    tx.emit(&CaseWithdrawn { case }).await?;
    Ok(())
}
