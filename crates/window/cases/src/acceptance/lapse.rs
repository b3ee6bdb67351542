//! A supplement that nobody answered within the item's own term closes the case.

use std::sync::Arc;

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::{DocumentKind, Move, limits, next};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{history::Line, row, save},
    document::issue::{self, Particulars},
    error::Error,
    events::CaseLapsed,
    jobs,
};

/// The applicant's term may have passed.
#[derive(Debug, Clone)]
pub(crate) struct Lapse {
    pub case: Uuid,
    /// The clock of the term that this is about.
    pub clock: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
}

/// Closes the case in writing, where its term has passed by the calendar of now and by the day that the applicant was told; otherwise does
/// nothing, or looks again later.
pub(crate) async fn lapse(tx: &Tx, actor: &Actor, input: Lapse) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseAccept, input.case).await?;
    save::same_item(&loaded, &input.item)?;
    let term = row::running_clock(tx, input.case, limits::SUPPLEMENT_ANSWER)
        .await?
        .filter(|clock| clock.id == input.clock);
    let state = next(loaded.state, Move::Lapse, loaded.row.supplemented);
    let (Some(term), Some(state)) = (term, state) else {
        return Ok(());
    };
    let today = beijing_date(tx.now());
    let told = loaded.row.supplement_until;
    if !jobs::has_passed(&term, told, &input.calendar, today)? {
        return Ok(jobs::plan(tx, &term, told, &input.calendar).await?);
    }
    row::end_clocks(tx, input.case, today).await?;
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    case.closed_at = Some(tx.now());
    (case.due_on, case.due_earliest) = (None, None);
    let case = save::store(tx, &loaded, case).await?;
    let particulars = Particulars {
        reasons: case.supplement_text.clone(),
        until: case.supplement_until,
        ..Particulars::default()
    };
    let document = issue::issue(tx, &case, &input.item, DocumentKind::Lapse, &particulars).await?;
    let line = Line {
        case: input.case,
        kind: "lapsed",
        note: None,
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.lapse")
            .on("case", input.case)
            .about(&case.applicant_blind),
    )
    .await?;
    tx.emit(&CaseLapsed { case: input.case }).await?;
    Ok(())
}
