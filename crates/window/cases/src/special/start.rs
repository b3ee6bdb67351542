//! Start a special procedure: the clock of the decision stands still from this day (特别程序, 行政许可法 45).

use std::sync::Arc;

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::{DocumentKind, Effect, Move, hearing_terms, limits, procedures};
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::row::{self, Model};
use crate::{
    case::{history::Line, row as cases, save},
    document::issue::{self, Particulars},
    error::{Error, refused, refused_with},
    events::SpecialStarted,
    renewal::by_silence::not_silent,
};

/// The longest that a procedure may be announced for, where its item says nothing.
const MOST_WORKDAYS: u32 = 250;

/// Start a special procedure.
#[derive(Debug, Clone)]
pub struct StartSpecial {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    pub seen: Option<i32>,
    /// Its code among [`procedures`] of the item.
    pub kind: String,
    /// Why it is needed, as the applicant reads it.
    pub reason: String,
    /// How many working days it is expected to take.
    pub days: u32,
}

/// Tells the applicant in writing and stops the clock.
///
/// Refuses `case.special_not_listed` (neither law nor item list it), `case.special_open` (one is running), `case.reason_missing`,
/// `case.special_days` (none, or more than the item allows), and `case.wrong_state` before acceptance and after the decision.
pub async fn start_special(tx: &Tx, actor: &Actor, input: StartSpecial) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseSpecialProcedure, input.case).await?;
    let state = loaded.after(Move::StartSpecial)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    let procedure = procedures(&input.item.content)
        .into_iter()
        .find(|known| known.code == input.kind)
        .ok_or_else(|| refused("case.special_not_listed"))?;
    let reason = input.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(refused("case.reason_missing"));
    }
    let longest = procedure.longest.unwrap_or(MOST_WORKDAYS);
    if input.days == 0 || input.days > longest {
        return Err(refused_with(
            "case.special_days",
            &[("longest", &longest.to_string())],
        ));
    }
    if row::of_cases_in(tx, &[input.case])
        .await?
        .iter()
        .any(Model::is_open)
    {
        return Err(refused("case.special_open"));
    }
    let today = beijing_date(tx.now());
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    // While it stands still there is no last day, but for that on which it ends in any case.
    let until = cases::running_clock(tx, input.case, limits::DECIDE)
        .await?
        .and_then(|clock| clock.until);
    (case.due_on, case.due_earliest) = (until, until);
    let case = save::store(tx, &loaded, case).await?;
    let particulars = Particulars {
        reasons: Some(reason.clone()),
        procedure: Some((procedure.name.clone(), procedure.article.clone(), input.days)),
        hearing: hearing_terms(&input.item.content, &procedure.code, today, &input.calendar),
        ..Particulars::default()
    };
    let document = issue::issue(tx, &case, &input.item, DocumentKind::SpecialNotice, &particulars).await?;
    let new = Model {
        id: tx.new_id(),
        case_id: input.case,
        kind: procedure.code.clone(),
        name: procedure.name.clone(),
        article: procedure.article,
        effect: Effect::Stops.as_str().to_owned(),
        days: i32::try_from(input.days)
            .map_err(|_| StoreError::Corrupt("days of a special procedure".to_owned()))?,
        reason: reason.clone(),
        approval: None,
        started_on: today,
        ended_on: None,
        result: None,
        document: Some(document),
    };
    row::insert(tx, new).await?;
    let note = format!("{}：{reason}", procedure.name);
    let line = Line {
        case: input.case,
        kind: "special_started",
        note: Some(&note),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.start_special")
            .on("case", input.case)
            .about(&case.applicant_blind)
            .with("kind", procedure.code),
    )
    .await?;
    tx.emit(&SpecialStarted { case: input.case }).await?;
    Ok(())
}
