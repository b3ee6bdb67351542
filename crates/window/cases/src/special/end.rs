//! End a special procedure: the clock of the decision runs again from the next day.

use std::sync::Arc;

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::{Move, limits};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::row;
use crate::{
    case::{history::Line, row as cases, save},
    clock::run,
    error::{Error, refused},
    events::SpecialEnded,
    renewal::by_silence::not_silent,
};

/// End the special procedure that stops the clock.
#[derive(Debug, Clone)]
pub struct EndSpecial {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    pub seen: Option<i32>,
    /// What it found, in words that the applicant reads.
    pub result: String,
}

/// Ends it; its time, this day included, does not count. Refuses `case.special_none`, `case.result_missing`.
pub async fn end_special(tx: &Tx, actor: &Actor, input: EndSpecial) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseSpecialProcedure, input.case).await?;
    let state = loaded.after(Move::EndSpecial)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    let mut procedures = row::of_cases_in(tx, &[input.case]).await?;
    let open = procedures
        .iter_mut()
        .find(|known| known.is_open())
        .ok_or_else(|| refused("case.special_none"))?;
    let result = input.result.trim();
    if result.is_empty() {
        return Err(refused("case.result_missing"));
    }
    let today = beijing_date(tx.now());
    open.ended_on = Some(today);
    let (kind, note) = (open.kind.clone(), format!("{}：{result}", open.name));
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    if let Some(clock) = cases::running_clock(tx, input.case, limits::DECIDE).await? {
        (case.due_on, case.due_earliest) = run::bounds_of(&clock, &procedures, &input.calendar)?;
    }
    let case = save::store(tx, &loaded, case).await?;
    row::end(tx, input.case, today, Some(result)).await?;
    let line = Line {
        case: input.case,
        kind: "special_ended",
        note: Some(&note),
        document: None,
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.end_special")
            .on("case", input.case)
            .about(&case.applicant_blind)
            .with("kind", kind),
    )
    .await?;
    tx.emit(&SpecialEnded { case: input.case }).await?;
    Ok(())
}
