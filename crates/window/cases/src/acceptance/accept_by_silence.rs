//! A permit on which the office kept silent counts as accepted from the day it was received (行政许可法 32).

use std::sync::Arc;

use chrono::Datelike as _;
use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::{DocumentKind, Move, limits, next};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{history::Line, row, save},
    clock::start::start,
    document::issue::{self, Particulars},
    draft::deferred::to_follow,
    error::Error,
    events::CaseAccepted,
    jobs,
};

/// The clock of the notice of what is missing may have passed.
#[derive(Debug, Clone)]
pub(crate) struct AcceptBySilence {
    pub case: Uuid,
    /// The clock of the notice that this is about.
    pub clock: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
}

/// Accepts, where the clock has passed by the calendar of now and nobody has acted; otherwise does nothing, or looks again later.
/// The clock of the decision starts on the day that the application was received.
pub(crate) async fn accept_by_silence(tx: &Tx, actor: &Actor, input: AcceptBySilence) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseAccept, input.case).await?;
    save::same_item(&loaded, &input.item)?;
    let notice = row::running_clock(tx, input.case, limits::SUPPLEMENT_NOTICE)
        .await?
        .filter(|clock| clock.id == input.clock);
    let state = next(loaded.state, Move::Accept, loaded.row.supplemented);
    let (Some(notice), Some(state)) = (notice, state) else {
        return Ok(());
    };
    let today = beijing_date(tx.now());
    if !jobs::has_passed(&notice, None, &input.calendar, today)? {
        return Ok(jobs::plan(tx, &notice, None, &input.calendar).await?);
    }
    row::end_clocks(tx, input.case, today).await?;
    let received = notice.started_on;
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    case.accepted_at = Some(
        row::received_at(tx, input.case)
            .await?
            .unwrap_or_else(|| tx.now()),
    );
    let mut particulars = Particulars {
        received: Some(received),
        to_follow: to_follow(tx, &case, &input.item).await?,
        ..Particulars::default()
    };
    start(
        tx,
        &mut case,
        &input.item.content,
        received,
        &input.calendar,
        &mut particulars,
    )
    .await?;
    let case = save::store(tx, &loaded, case).await?;
    let document = issue::issue(tx, &case, &input.item, DocumentKind::Acceptance, &particulars).await?;
    let note = format!(
        "{} 年 {} 月 {} 日收到，逾期未告知，自收到之日起受理",
        received.year(),
        received.month(),
        received.day()
    );
    let line = Line {
        case: input.case,
        kind: "accepted_by_silence",
        note: Some(&note),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.accept_by_silence")
            .on("case", input.case)
            .about(&case.applicant_blind)
            .with("received", received.to_string()),
    )
    .await?;
    tx.emit(&CaseAccepted { case: input.case }).await?;
    Ok(())
}
