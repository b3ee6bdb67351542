//! Accept an application. From here the office's clock runs.

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
    clock::start::start,
    document::issue::{self, Particulars},
    draft::deferred::to_follow,
    error::Error,
    events::CaseAccepted,
    renewal::by_silence::not_silent,
};

/// Accept a case.
#[derive(Debug, Clone)]
pub struct Accept {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    /// The version that the page showed.
    pub seen: Option<i32>,
}

/// Accepts: writes the dated notice, ends the clock of the notice of what is missing, starts the clock of the decision. Where the office was
/// silent too long, that clock starts on the day the application was received (行政许可法 32), as if time itself had accepted it.
pub async fn accept(tx: &Tx, actor: &Actor, input: Accept) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseAccept, input.case).await?;
    let state = loaded.after(Move::Accept)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    let today = beijing_date(tx.now());
    let silent = silent_since(tx, input.case, &input.calendar).await?;
    let since = silent.unwrap_or(today);
    row::end_clocks(tx, input.case, today).await?;
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    let received = match silent {
        Some(_) => row::received_at(tx, input.case).await?,
        None => None,
    };
    case.accepted_at = Some(received.unwrap_or_else(|| tx.now()));
    let mut particulars = Particulars {
        received: silent,
        to_follow: to_follow(tx, &case, &input.item).await?,
        ..Particulars::default()
    };
    start(
        tx,
        &mut case,
        &input.item.content,
        since,
        &input.calendar,
        &mut particulars,
    )
    .await?;
    let case = save::store(tx, &loaded, case).await?;
    let document = issue::issue(tx, &case, &input.item, DocumentKind::Acceptance, &particulars).await?;
    save::note(
        tx,
        actor,
        Line {
            case: input.case,
            kind: "accepted",
            note: None,
            document: Some(document),
        },
    )
    .await?;
    tx.audit(
        AuditEntry::new("case.accept")
            .on("case", input.case)
            .about(&case.applicant_blind),
    )
    .await?;
    tx.emit(&CaseAccepted { case: input.case }).await?;
    Ok(())
}
