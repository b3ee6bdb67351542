//! The applicant hands in what was missing.

use std::sync::Arc;

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::{DocumentKind, Move, limits};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{history::Line, row, save},
    clock::run,
    document::{
        issue::{self, Particulars},
        received,
    },
    draft::submit::check_complete,
    error::{Error, refused},
    events::SupplementAnswered,
    filed::row as filed,
    jobs,
};

/// Hand the supplemented application in.
#[derive(Debug, Clone)]
pub struct AnswerSupplement {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    pub seen: Option<i32>,
}

/// Puts the case back to the window and writes the receipt of what came (补正材料接收凭证); the notice clock of a permit starts anew from today. Refuses `case.supplement_over` after the last day of
/// the term, in Beijing.
pub async fn answer_supplement(tx: &Tx, actor: &Actor, input: AnswerSupplement) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseApply, input.case).await?;
    let state = loaded.after(Move::AnswerSupplement)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    let today = beijing_date(tx.now());
    let term = row::running_clock(tx, input.case, limits::SUPPLEMENT_ANSWER).await?;
    if let Some(term) = term
        && jobs::has_passed(&term, loaded.row.supplement_until, &input.calendar, today)?
    {
        return Err(refused("case.supplement_over"));
    }
    let mut materials = check_complete(tx, &loaded, &input.item).await?;
    // What was filed before the notice was received before.
    let received = filed::materials_in(tx, input.case).await?;
    materials.retain(|material| !received.contains(&material.id));
    filed::answered(tx, input.case).await?;
    row::end_clocks(tx, input.case, today).await?;
    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    if let Some(rule) = limits::supplement_notice(input.item.content.item_type) {
        (row.due_on, row.due_earliest) = run::bounds(&rule, today, &input.calendar);
        let clock = run::row(tx, input.case, &rule, today)?;
        jobs::plan(tx, &clock, None, &input.calendar).await?;
        row::add_clock(tx, clock).await?;
    }
    let row = save::store(tx, &loaded, row).await?;
    let particulars = Particulars {
        materials: received::lines(&input.item, &materials)?,
        ..Particulars::default()
    };
    let document = issue::issue(
        tx,
        &row,
        &input.item,
        DocumentKind::SupplementReceipt,
        &particulars,
    )
    .await?;
    save::note(
        tx,
        actor,
        Line {
            case: input.case,
            kind: "supplemented",
            note: None,
            document: Some(document),
        },
    )
    .await?;
    tx.audit(
        AuditEntry::new("case.answer_supplement")
            .on("case", input.case)
            .about(&row.applicant_blind),
    )
    .await?;
    tx.emit(&SupplementAnswered { case: input.case }).await?;
    Ok(())
}
