//! Tell the applicant, once and completely, what is missing (补正, 行政许可法 32).

use std::sync::Arc;

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::{DocumentKind, Move, limits};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::silent_since;
use crate::{
    case::{history::Line, row, save},
    clock::run,
    document::issue::{self, Particulars},
    error::{Error, refused},
    events::SupplementAsked,
    filed::row as filed,
    jobs,
    renewal::by_silence::not_silent,
};

/// Ask for what is missing.
#[derive(Debug, Clone)]
pub struct AskSupplement {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    pub seen: Option<i32>,
    /// Everything that is missing or wrong, in words the applicant can act on.
    pub text: String,
}

/// Sends the one notice. Refuses `case.reason_missing`, `case.supplement_once` where a notice was already sent, and `case.counts_as_accepted`
/// where its term has passed.
pub async fn ask_supplement(tx: &Tx, actor: &Actor, input: AskSupplement) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseAccept, input.case).await?;
    if loaded.row.supplemented {
        return Err(refused("case.supplement_once"));
    }
    let state = loaded.after(Move::AskSupplement)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    if silent_since(tx, input.case, &input.calendar).await?.is_some() {
        return Err(refused("case.counts_as_accepted"));
    }
    let text = input.text.trim().to_owned();
    if text.is_empty() {
        return Err(refused("case.reason_missing"));
    }
    filed::keep(tx, &loaded.row).await?;
    let today = beijing_date(tx.now());
    row::end_clocks(tx, input.case, today).await?;
    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    row.supplemented = true;
    row.supplement_text = Some(text.clone());
    let term = limits::supplement_answer(&input.item.content);
    row.supplement_until = None;
    if let Some(rule) = &term {
        row.supplement_until = run::bounds(rule, today, &input.calendar).0;
        let clock = run::row(tx, input.case, rule, today)?;
        jobs::plan(tx, &clock, row.supplement_until, &input.calendar).await?;
        row::add_clock(tx, clock).await?;
    }
    (row.due_on, row.due_earliest) = (None, None);
    let particulars = Particulars {
        reasons: Some(text.clone()),
        until: row.supplement_until,
        limit: term.map(|rule| (rule.amount, rule.unit)),
        ..Particulars::default()
    };
    let row = save::store(tx, &loaded, row).await?;
    let document = issue::issue(
        tx,
        &row,
        &input.item,
        DocumentKind::SupplementNotice,
        &particulars,
    )
    .await?;
    let line = Line {
        case: input.case,
        kind: "supplement_asked",
        note: Some(&text),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.ask_supplement")
            .on("case", input.case)
            .about(&row.applicant_blind),
    )
    .await?;
    tx.emit(&SupplementAsked { case: input.case }).await?;
    Ok(())
}
