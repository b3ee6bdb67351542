//! Decide: grant, and the licence is issued in the same act; or refuse, with reasons and remedies.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use serde_json::{Map, Value};
use tongban_access::{Action, Actor, PartyKind};
use tongban_catalogue::{ItemVersion, ResultDefinition, ResultKind};
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_licences::{IssueLicence, Issued};
use tongban_procedure::{DocumentKind, Move, limits};
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::complete_step::steps_before_decision;
use crate::{
    case::{
        domain::Delivery,
        history::Line,
        row::{self, case},
        save,
    },
    clock::run,
    document::issue::{self, Particulars},
    draft::deferred::to_follow,
    error::{Error, refused, refused_with},
    events::CaseDecided,
    renewal::{by_silence::not_silent, prolong::prolong, row as renewal},
    special::row as special,
};

/// Decide a case.
#[derive(Debug, Clone)]
pub struct Decide {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    pub seen: Option<i32>,
    pub granted: bool,
    /// Reasons; a refusal must have them.
    pub reasons: String,
    /// Code of the organisation that issues, for the licence identifier.
    pub issuer_code: String,
}

/// What the decision made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The licence, where the item ends in one.
    pub licence: Option<Uuid>,
    /// It reached the account with the decision; otherwise it waits to be handed over.
    pub delivered: bool,
}

/// Decides. Refuses `case.counts_as_renewed` (行政许可法 50: the office was silent too long), `case.steps_open` (a step before the decision is not
/// done), `case.special_open` (the clock is stopped), `case.deferred_missing` (a material that may follow did not), `case.reason_missing`.
pub async fn decide(tx: &Tx, actor: &Actor, input: Decide) -> Result<Decided, Error> {
    let loaded = save::load(tx, actor, Action::CaseDecide, input.case).await?;
    let state = loaded.after(if input.granted { Move::Grant } else { Move::Refuse })?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    let reasons = input.reasons.trim().to_owned();
    if usize::try_from(loaded.row.step).unwrap_or(0) < steps_before_decision(&input.item).len() {
        return Err(refused("case.steps_open"));
    }
    let procedures = special::of_cases_in(tx, &[input.case]).await?;
    if procedures.iter().any(special::Model::is_open) {
        return Err(refused("case.special_open"));
    }
    if input.granted {
        let missing = to_follow(tx, &loaded.row, &input.item).await?;
        if !missing.is_empty() {
            return Err(refused_with(
                "case.deferred_missing",
                &[("materials", &missing.join("、"))],
            ));
        }
    }
    if !input.granted && reasons.is_empty() {
        return Err(refused("case.reason_missing"));
    }
    let today = beijing_date(tx.now());
    row::end_clocks(tx, input.case, today).await?;
    let renewal = match input.item.content.renewal() {
        Some(_) => renewal::of_case_in(tx, input.case).await?,
        None => None,
    };
    let issued = match &renewal {
        _ if !input.granted => None,
        Some(renewal) => {
            let (issued, _) = prolong(tx, &loaded.row, &input.item, renewal, "准予延续", false).await?;
            Some(issued)
        }
        None => issue_licence(tx, &loaded, &input, today).await?,
    };
    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    row.licence = issued.as_ref().map(|issued| issued.id);
    let at_once = settle(tx, &mut row, &input.item, input.granted, &input.calendar).await?;
    let row = save::store(tx, &loaded, row).await?;
    let particulars = Particulars {
        reasons: Some(reasons.clone()).filter(|reasons| !reasons.is_empty()),
        licence: issued.as_ref().map(|issued| issued.identifier.clone()),
        renewal: renewal.map(renewal::Model::view),
        ..Particulars::default()
    };
    let kind = if input.granted {
        DocumentKind::Grant
    } else {
        DocumentKind::Refusal
    };
    let document = issue::issue(tx, &row, &input.item, kind, &particulars).await?;
    let line = Line {
        case: input.case,
        kind: if input.granted { "granted" } else { "refused" },
        note: particulars.reasons.as_deref(),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.decide")
            .on("case", input.case)
            .about(&row.applicant_blind)
            .with("granted", input.granted)
            .with("item_version", row.item_version.to_string()),
    )
    .await?;
    tx.emit(&CaseDecided { case: input.case }).await?;
    Ok(Decided {
        licence: issued.map(|issued| issued.id),
        delivered: at_once,
    })
}

/// What a decision leaves to be done: it reaches the account with itself, or waits to be handed over, a granted permit within its term. Says
/// whether it reached the account.
pub(crate) async fn settle(
    tx: &Tx,
    row: &mut case::Model,
    item: &ItemVersion,
    granted: bool,
    calendar: &WorkCalendar,
) -> Result<bool, StoreError> {
    let today = beijing_date(tx.now());
    row.decided_at = Some(tx.now());
    (row.due_on, row.due_earliest) = (None, None);
    // What is electronic is delivered with the decision into the account; paper waits for 领取 or 邮寄, and so does what somebody without an
    // account gets. A refusal is served like a grant.
    let at_once = row.delivery == Delivery::Electronic.as_str() && row.account.is_some();
    if at_once {
        row.closed_at = Some(tx.now());
        row.delivered_at = Some(tx.now());
    }
    if let Some(rule) = limits::deliver(item.content.item_type).filter(|_| granted) {
        let mut clock = run::row(tx, row.id, &rule, today)?;
        if at_once {
            clock.ended_on = Some(today);
        } else {
            (row.due_on, row.due_earliest) = run::bounds(&rule, today, calendar);
        }
        row::add_clock(tx, clock).await?;
    }
    Ok(at_once)
}

/// Issues the licence that the item ends in, if it ends in one.
async fn issue_licence(
    tx: &Tx,
    loaded: &save::Loaded,
    input: &Decide,
    today: NaiveDate,
) -> Result<Option<Issued>, Error> {
    let result = input
        .item
        .content
        .results
        .iter()
        .find(|result| result.kind == ResultKind::Licence);
    let Some((result, type_code)) = result.and_then(|result| Some((result, result.licence_type.clone()?)))
    else {
        return Ok(None);
    };
    let row = &loaded.row;
    let form = save::form(tx, row)?;
    let holder_kind = PartyKind::from_word(&row.party_kind)
        .ok_or_else(|| StoreError::Corrupt(format!("party kind {}", row.party_kind)))?;
    let issue = IssueLicence {
        type_code,
        holder_kind,
        holder_name: row.applicant_name.clone(),
        holder_number: tx
            .store()
            .unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?,
        issuer: row.organisation,
        issuer_name: row.organisation_name.clone(),
        issuer_code: input.issuer_code.clone(),
        region: save::region(row)?,
        issued_on: today,
        valid_from: today,
        valid_to: valid_to(result, today),
        fields: licence_fields(result, &form.values),
        item_name: Some(row.item_name.clone()),
        item_code: Some(row.item_code.clone()),
        item: Some(row.item),
        case_number: row.number.clone(),
    };
    Ok(Some(tongban_licences::issue(tx, issue).await?))
}

/// The last day of validity: the day before the same day so many months later; `None` is long-term.
fn valid_to(result: &ResultDefinition, from: NaiveDate) -> Option<NaiveDate> {
    let months = result.valid_months?;
    from.checked_add_months(Months::new(months))?.pred_opt()
}

/// The fields of the licence, taken from the form.
fn licence_fields(result: &ResultDefinition, values: &Map<String, Value>) -> Map<String, Value> {
    result
        .fields
        .iter()
        .filter_map(|(field, source)| values.get(source).map(|value| (field.clone(), value.clone())))
        .collect()
}

/// The row of a decided case that still waits to be handed over.
pub(crate) fn waits_for_delivery(row: &case::Model) -> bool {
    row.decided_at.is_some() && row.delivered_at.is_none()
}
