//! Extend the limit of the decision once, as the head of the organ, or of the government for matters handled together, has approved (行政许可法 42).

use std::sync::Arc;

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{LimitUnit, WorkCalendar, civil::beijing_date};
use tongban_procedure::{DocumentKind, EXTENSION, Effect, Move, extension, limits};
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::row::{self, Model};
use crate::{
    case::{history::Line, row as cases, save},
    clock::run,
    document::issue::{self, Particulars},
    error::{Error, refused},
    events::LimitExtended,
    renewal::by_silence::not_silent,
};

/// Extend the limit of a decision.
#[derive(Debug, Clone)]
pub struct Extend {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    pub seen: Option<i32>,
    /// Why the decision cannot be made in time, as the applicant reads it.
    pub reason: String,
    /// Who approved it and when, or the number of the approval. Kept for supervisors.
    pub approval: String,
}

/// Adds the days and tells the applicant the reasons in writing.
///
/// Refuses `case.extension_none` (neither law nor item allow it, or the limit is not in working days), `case.extension_once`,
/// `case.extension_late` (the limit has passed), `case.reason_missing`, `case.approval_missing`.
pub async fn extend(tx: &Tx, actor: &Actor, input: Extend) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseSpecialProcedure, input.case).await?;
    let state = loaded.after(Move::Extend)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    let allowed = extension(&input.item.content).ok_or_else(|| refused("case.extension_none"))?;
    let clock = cases::running_clock(tx, input.case, limits::DECIDE)
        .await?
        .filter(|clock| clock.unit == LimitUnit::Workday.as_str())
        .ok_or_else(|| refused("case.extension_none"))?;
    let mut procedures = row::of_cases_in(tx, &[input.case]).await?;
    if procedures
        .iter()
        .any(|known| known.effect == Effect::Extends.as_str())
    {
        return Err(refused("case.extension_once"));
    }
    let reason = input.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(refused("case.reason_missing"));
    }
    let approval = input.approval.trim().to_owned();
    if approval.is_empty() {
        return Err(refused("case.approval_missing"));
    }
    let today = beijing_date(tx.now());
    let (due, _) = run::bounds_of(&clock, &procedures, &input.calendar)?;
    if due.is_some_and(|due| today > due) {
        return Err(refused("case.extension_late"));
    }
    let mut new = Model {
        id: tx.new_id(),
        case_id: input.case,
        kind: EXTENSION.to_owned(),
        name: "延长期限".to_owned(),
        article: allowed.article.clone(),
        effect: Effect::Extends.as_str().to_owned(),
        days: i32::try_from(allowed.days)
            .map_err(|_| StoreError::Corrupt("days of an extension".to_owned()))?,
        reason: reason.clone(),
        approval: Some(approval),
        started_on: today,
        ended_on: Some(today),
        result: None,
        document: None,
    };
    procedures.push(new.clone());
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    (case.due_on, case.due_earliest) = run::bounds_of(&clock, &procedures, &input.calendar)?;
    let case = save::store(tx, &loaded, case).await?;
    let particulars = Particulars {
        reasons: Some(reason.clone()),
        until: case.due_on,
        procedure: Some((new.name.clone(), allowed.article, allowed.days)),
        by_government: allowed.by_government,
        ..Particulars::default()
    };
    let document = issue::issue(
        tx,
        &case,
        &input.item,
        DocumentKind::ExtensionNotice,
        &particulars,
    )
    .await?;
    new.document = Some(document);
    row::insert(tx, new).await?;
    let line = Line {
        case: input.case,
        kind: "limit_extended",
        note: Some(&reason),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.extend_limit")
            .on("case", input.case)
            .about(&case.applicant_blind)
            .with("days", i64::from(allowed.days)),
    )
    .await?;
    tx.emit(&LimitExtended { case: input.case }).await?;
    Ok(())
}
