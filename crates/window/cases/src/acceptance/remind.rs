//! Remind the applicant, once, that a supplement is still wanted.

use tongban_access::{Action, Actor};
use tongban_codes::civil::beijing_date;
use tongban_procedure::{State, limits};
use tongban_store::Tx;
use uuid::Uuid;

use crate::{
    case::{history::Line, row, save},
    error::Error,
    events::SupplementDue,
};

/// Remind of a supplement.
#[derive(Debug, Clone)]
pub(crate) struct Remind {
    pub case: Uuid,
    /// The clock of the term that this is about.
    pub clock: Uuid,
}

/// Reminds, as long as the applicant can still answer.
pub(crate) async fn remind(tx: &Tx, actor: &Actor, input: Remind) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseAccept, input.case).await?;
    let term = row::running_clock(tx, input.case, limits::SUPPLEMENT_ANSWER).await?;
    let waits = loaded.state == State::Supplement && term.is_some_and(|clock| clock.id == input.clock);
    let over = loaded
        .row
        .supplement_until
        .is_some_and(|until| beijing_date(tx.now()) > until);
    if !waits || over || !tx.once(&format!("case.remind:{}", input.clock)).await? {
        return Ok(());
    }
    let line = Line {
        case: input.case,
        kind: "supplement_reminded",
        note: None,
        document: None,
    };
    save::note(tx, actor, line).await?;
    tx.emit(&SupplementDue { case: input.case }).await?;
    Ok(())
}
