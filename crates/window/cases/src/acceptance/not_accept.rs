//! Not accept: in writing, with reasons and remedies.

use std::sync::Arc;

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::{DocumentKind, Move};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::silent_since;
use crate::{
    case::{history::Line, row, save},
    document::issue::{self, Particulars},
    error::{Error, refused},
    events::CaseNotAccepted,
    renewal::by_silence::not_silent,
};

/// Do not accept a case.
#[derive(Debug, Clone)]
pub struct NotAccept {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    pub seen: Option<i32>,
    pub reasons: String,
}

/// Closes the case. Refuses `case.reason_missing`, and `case.counts_as_accepted` where the office was silent for longer than the law lets it
/// be (行政许可法 32).
pub async fn not_accept(tx: &Tx, actor: &Actor, input: NotAccept) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseAccept, input.case).await?;
    let state = loaded.after(Move::NotAccept)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    if silent_since(tx, input.case, &input.calendar).await?.is_some() {
        return Err(refused("case.counts_as_accepted"));
    }
    let reasons = input.reasons.trim().to_owned();
    if reasons.is_empty() {
        return Err(refused("case.reason_missing"));
    }
    row::end_clocks(tx, input.case, beijing_date(tx.now())).await?;
    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    row.closed_at = Some(tx.now());
    (row.due_on, row.due_earliest) = (None, None);
    let row = save::store(tx, &loaded, row).await?;
    let particulars = Particulars {
        reasons: Some(reasons.clone()),
        ..Particulars::default()
    };
    let document = issue::issue(tx, &row, &input.item, DocumentKind::NonAcceptance, &particulars).await?;
    let line = Line {
        case: input.case,
        kind: "not_accepted",
        note: Some(&reasons),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.not_accept")
            .on("case", input.case)
            .about(&row.applicant_blind),
    )
    .await?;
    tx.emit(&CaseNotAccepted { case: input.case }).await?;
    Ok(())
}
