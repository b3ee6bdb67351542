//! Complete one step before the decision, such as 审核, with an opinion.

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{domain::Move, history::Line, save},
    error::{Error, refused},
};

/// The codes of steps that stand before the decision. The others (受理 办结 送达) are moves of their own.
const BEFORE_DECISION: [&str; 3] = ["review", "inspect", "examine"];

/// Complete the step that the case stands at.
#[derive(Debug, Clone)]
pub struct CompleteStep {
    pub case: Uuid,
    pub item: ItemVersion,
    pub seen: Option<i32>,
    pub opinion: String,
}

/// The steps of an item that have to be completed before its decision: code and name.
pub fn steps_before_decision(item: &ItemVersion) -> Vec<(&str, &str)> {
    item.content
        .steps
        .iter()
        .filter(|step| BEFORE_DECISION.contains(&step.code.as_str()))
        .map(|step| (step.code.as_str(), step.name.as_str()))
        .collect()
}

/// Completes the step. Refuses `case.no_step_left`, `case.opinion_missing`.
pub async fn complete_step(tx: &Tx, actor: &Actor, input: CompleteStep) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseDecide, input.case).await?;
    let state = loaded.after(Move::CompleteStep)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    let opinion = input.opinion.trim();
    if opinion.is_empty() {
        return Err(refused("case.opinion_missing"));
    }
    let steps = steps_before_decision(&input.item);
    let at = usize::try_from(loaded.row.step).unwrap_or(usize::MAX);
    let (code, name) = steps
        .get(at)
        .copied()
        .ok_or_else(|| refused("case.no_step_left"))?;
    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    row.step += 1;
    let row = save::store(tx, &loaded, row).await?;
    let note = format!("{name}：{opinion}");
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
            .about(&row.applicant_blind)
            .with("step", code),
    )
    .await?;
    Ok(())
}
