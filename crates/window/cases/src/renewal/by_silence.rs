//! A renewal that was applied for in time and on which nobody decided before the licence's last day was over counts as granted
//! (行政许可法 50).

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_licences::LicenceStatus;
use tongban_procedure::{DocumentKind, Move, State, next};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    prolong::{licence_of, prolong},
    row::{self, Model},
};
use crate::{
    case::{
        history::Line,
        row::{self as cases, case},
        save,
    },
    decision::decide::settle,
    document::issue::{self, Particulars},
    error::{Error, refused},
    events::{CaseDecided, RenewedBySilence},
    special::row as special,
};

/// The last day of the licence that a case renews may be over.
#[derive(Debug, Clone)]
pub(crate) struct RenewBySilence {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
}

/// What a case renews that counts as granted, whether or not the job that says so has run: it was applied for in time, on the licence's
/// last day it was with the office, nobody has decided, and the licence stands.
async fn silent(tx: &Tx, case: &case::Model) -> Result<Option<Model>, Error> {
    if ![State::Submitted, State::Accepted]
        .map(State::as_str)
        .contains(&case.state.as_str())
    {
        return Ok(None);
    }
    let over = |renewal: &Model| renewal.in_time && beijing_date(tx.now()) > renewal.expires_on;
    let Some(renewal) = row::of_case_in(tx, case.id).await?.filter(over) else {
        return Ok(None);
    };
    // What was missing may have come after that day: then the applicant was silent, not the office.
    let received = cases::received_at(tx, case.id).await?;
    if received.is_none_or(|at| beijing_date(at) > renewal.expires_on) {
        return Ok(None);
    }
    let licence = licence_of(tx, case, renewal.licence).await?;
    let stands = licence.is_some_and(|licence| licence.status == LicenceStatus::Valid);
    Ok(stands.then_some(renewal))
}

/// Refuses `case.counts_as_renewed` where the office was silent until the licence's last day was over: nothing is left to decide.
pub(crate) async fn not_silent(tx: &Tx, loaded: &save::Loaded) -> Result<(), Error> {
    match silent(tx, &loaded.row).await? {
        Some(_) => Err(refused("case.counts_as_renewed")),
        None => Ok(()),
    }
}

/// Counts the renewal as granted, where it does; otherwise does nothing. The licence gets a new edition, prolonged by the item's months.
pub(crate) async fn renew_by_silence(tx: &Tx, actor: &Actor, input: RenewBySilence) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseDecide, input.case).await?;
    save::same_item(&loaded, &input.item)?;
    let state = next(loaded.state, Move::RenewBySilence, loaded.row.supplemented);
    let (Some(state), Some(renewal)) = (state, silent(tx, &loaded.row).await?) else {
        return Ok(());
    };
    let today = beijing_date(tx.now());
    cases::end_clocks(tx, input.case, today).await?;
    special::end(tx, input.case, today, None).await?;
    let reason = "有效期届满前未作出是否准予延续的决定，视为准予延续";
    let (issued, last) = prolong(tx, &loaded.row, &input.item, &renewal, reason, true).await?;
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    if case.accepted_at.is_none() {
        case.accepted_at = cases::received_at(tx, input.case).await?;
    }
    case.licence = Some(issued.id);
    settle(tx, &mut case, &input.item, true, &input.calendar).await?;
    let case = save::store(tx, &loaded, case).await?;
    let particulars = Particulars {
        until: Some(last),
        licence: Some(issued.identifier.clone()),
        renewal: Some(renewal.clone().view()),
        ..Particulars::default()
    };
    let document = issue::issue(
        tx,
        &case,
        &input.item,
        DocumentKind::RenewalBySilence,
        &particulars,
    )
    .await?;
    let note = format!(
        "原证有效期至 {}，届满前未作决定，视为准予延续至 {}",
        civil(renewal.expires_on),
        civil(last)
    );
    let line = Line {
        case: input.case,
        kind: "renewed_by_silence",
        note: Some(&note),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.renew_by_silence")
            .on("case", input.case)
            .about(&case.applicant_blind)
            .with("expired", renewal.expires_on.to_string())
            .with("licence", issued.id.to_string()),
    )
    .await?;
    tx.emit(&CaseDecided { case: input.case }).await?;
    tx.emit(&RenewedBySilence { case: input.case }).await?;
    Ok(())
}

fn civil(date: NaiveDate) -> String {
    format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day())
}
