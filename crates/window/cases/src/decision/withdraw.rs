//! The applicant takes the application back.

use tongban_access::{Action, Actor};
use tongban_codes::civil::beijing_date;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{domain::Move, history::Line, row, save},
    error::Error,
    events::CaseWithdrawn,
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
    let today = beijing_date(tx.now());
    row::end_clocks(tx, input.case, today).await?;
    special::end(tx, input.case, today, None).await?;
    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    row.closed_at = Some(tx.now());
    (row.due_on, row.due_earliest) = (None, None);
    let row = save::store(tx, &loaded, row).await?;
    save::note(
        tx,
        actor,
        Line {
            case: input.case,
            kind: "withdrawn",
            note: None,
            document: None,
        },
    )
    .await?;
    tx.audit(
        AuditEntry::new("case.withdraw")
            .on("case", input.case)
            .about(&row.applicant_blind),
    )
    .await?;
    tx.emit(&CaseWithdrawn { case: input.case }).await?;
    Ok(())
}
