//! Complete one step before the decision, such as 审核, with an opinion.

use tongban_access::{Action, Actor};
use tongban_catalogue::{ItemVersion, Step};
use tongban_codes::civil::beijing_date;
use tongban_procedure::{Move, limits, officers_named, officers_needed};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{
        history::Line,
        row::{self, case},
        save,
    },
    error::{Error, refused, refused_with},
    events::FirstReviewed,
    renewal::by_silence::not_silent,
};

/// Complete the step that the case stands at.
#[derive(Debug, Clone)]
pub struct CompleteStep {
    pub case: Uuid,
    pub item: ItemVersion,
    pub seen: Option<i32>,
    pub opinion: String,
    /// Who did it, by name: asked for where officers go and look.
    pub officers: Vec<String>,
}

/// The steps of an item that have to be completed before its decision, in their order.
pub fn steps_before_decision(item: &ItemVersion) -> Vec<&Step> {
    item.content
        .steps
        .iter()
        .filter(|step| step.stands_before_decision())
        .collect()
}

/// What somebody must be allowed to do who completes this step: the window accepts, the department decides.
pub fn action_of_step(step: &Step) -> Action {
    if step.is_for_the_window() {
        Action::CaseAccept
    } else {
        Action::CaseDecide
    }
}

/// The step at which a case stands, if one is left.
fn step_of<'item>(item: &'item ItemVersion, row: &case::Model) -> Option<&'item Step> {
    let at = usize::try_from(row.step).ok()?;
    steps_before_decision(item).get(at).copied()
}

/// Completes the step, by the one whose step it is: window or department. The first review by the organ below ends its clock (行政许可法 43). An inspection on site for a
/// permit names its officers, two at least (34). Refuses `case.no_step_left`, `case.opinion_missing`, `case.officers_missing{count}`.
pub async fn complete_step(tx: &Tx, actor: &Actor, input: CompleteStep) -> Result<(), Error> {
    let loaded = save::load_for(tx, actor, input.case, |row| {
        step_of(&input.item, row).map_or(Action::CaseDecide, action_of_step)
    })
    .await?;
    let state = loaded.after(Move::CompleteStep)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    not_silent(tx, &loaded).await?;
    let opinion = input.opinion.trim();
    if opinion.is_empty() {
        return Err(refused("case.opinion_missing"));
    }
    let step = step_of(&input.item, &loaded.row).ok_or_else(|| refused("case.no_step_left"))?;
    let officers = officers_named(&input.officers);
    let needed = officers_needed(input.item.content.item_type, &step.code);
    if officers.len() < needed {
        return Err(refused_with(
            "case.officers_missing",
            &[("count", &needed.to_string())],
        ));
    }
    let mut case = loaded.row.clone();
    case.state = state.as_str().to_owned();
    case.step += 1;
    let case = save::store(tx, &loaded, case).await?;
    if step.first_review {
        row::end_clock(tx, input.case, limits::FIRST_REVIEW, beijing_date(tx.now())).await?;
    }
    let mut note = format!("{}：{opinion}", step.name);
    if needed > 0 {
        note = format!("{note}（核查人员：{}）", officers.join("、"));
    }
    save::note(
        tx,
        actor,
        Line {
            case: input.case,
            kind: "step",
            note: Some(&note),
            document: None,
        },
    )
    .await?;
    tx.audit(
        AuditEntry::new("case.complete_step")
            .on("case", input.case)
            .about(&case.applicant_blind)
            .with("step", step.code.clone()),
    )
    .await?;
    if step.first_review {
        tx.emit(&FirstReviewed { case: input.case }).await?;
    }
    Ok(())
}
