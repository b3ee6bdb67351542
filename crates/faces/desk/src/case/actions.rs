//! What the visitor may do to a case as it stands: the access table and the moves of the case room, put side by side.

use serde::Serialize;
use tongban_access::{Action, Actor, Thing, permit_looking};
use tongban_cases::{CaseView, RevealCause, action_of_step, steps_before_decision};
use tongban_catalogue::ItemVersion;
use tongban_codes::{ItemType, LimitUnit};
use tongban_procedure::{
    Effect, Extension, Move, Procedure, State, extension, next, officers_needed, procedures,
};
use tongban_web::Sentence;

/// The forms that the page of a case shows.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Actions {
    pub accept: bool,
    pub ask_supplement: bool,
    pub not_accept: bool,
    /// The step that stands before the decision.
    pub step: Option<StepView>,
    /// The step at which the case stands, where somebody else does it.
    pub step_of_others: Option<OthersStep>,
    pub decide: bool,
    /// What may stop the clock now.
    pub special: Vec<Procedure>,
    /// The name of what stops it now, to be ended.
    pub special_open: Option<String>,
    /// By how much the limit may be extended.
    pub extend: Option<Extension>,
    pub deliver: bool,
    /// A notice that has still to be handed to an applicant without an account.
    pub serve: Option<Sentence>,
    /// Whether a clerk may take it back for the person at the window.
    pub withdraw: bool,
    /// Whether a clerk may record that the applicant stands at the window, to hand in for them what is missing.
    pub attend: bool,
    /// Where a clerk hands in what is missing, for a person without an account or one who stands at the window.
    pub answer_href: Option<String>,
    /// Where a clerk hands in what may follow, for the same.
    pub follow_href: Option<String>,
}

/// The step that is to be completed next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct StepView {
    pub name: String,
    /// From 1.
    pub at: usize,
    pub of: usize,
    /// How many officers have to be named.
    pub officers: usize,
}

/// A step that the visitor does not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct OthersStep {
    pub name: String,
    pub role: Sentence,
}

impl Actions {
    pub(super) fn of(actor: &Actor, view: &CaseView, item: &ItemVersion) -> Self {
        let thing = Thing::at(view.organisation, item.region.clone());
        let can = |action: Action, to: Move| {
            permit_looking(actor, action, &thing).is_ok() && next(view.state, to, view.supplemented).is_some()
        };
        let steps = steps_before_decision(item);
        let done = usize::try_from(view.step).unwrap_or(usize::MAX);
        let waiting = steps
            .get(done)
            .filter(|_| next(view.state, Move::CompleteStep, view.supplemented).is_some());
        let step = waiting.filter(|step| can(action_of_step(step), Move::CompleteStep));
        let waits = view.decided_at.is_some() && view.delivered_at.is_none();
        let answers = view.state == State::Supplement;
        let follows = !tongban_cases::still_to_follow(view, item).is_empty();
        // a person without an account, or one who stands at the window today
        let for_applicant = view.attended
            || view.account.is_none() && permit_looking(actor, Action::CaseApply, &thing).is_ok();
        let open = view
            .procedures
            .iter()
            .find(|known| known.effect == Effect::Stops && known.ended_on.is_none());
        let stops = can(Action::CaseSpecialProcedure, Move::StartSpecial) && open.is_none();
        let limited = view.clocks.iter().any(|clock| {
            clock.ended_on.is_none() && clock.unit == LimitUnit::Workday && clock.is_of_office()
        });
        let extends = can(Action::CaseSpecialProcedure, Move::Extend)
            && limited
            && view
                .procedures
                .iter()
                .all(|known| known.effect != Effect::Extends);
        Self {
            accept: can(Action::CaseAccept, Move::Accept),
            ask_supplement: can(Action::CaseAccept, Move::AskSupplement),
            not_accept: can(Action::CaseAccept, Move::NotAccept),
            step_of_others: waiting.filter(|_| step.is_none()).map(|step| OthersStep {
                name: step.name.clone(),
                role: Sentence::key(if step.is_for_the_window() {
                    "desk-role-clerk"
                } else {
                    "desk-role-approver"
                }),
            }),
            step: step.map(|step| StepView {
                name: step.name.clone(),
                at: done + 1,
                of: steps.len(),
                officers: officers_needed(item.content.item_type, &step.code),
            }),
            decide: done >= steps.len() && open.is_none() && can(Action::CaseDecide, Move::Grant),
            special: if stops {
                procedures(&item.content)
            } else {
                Vec::new()
            },
            special_open: open
                .filter(|_| can(Action::CaseSpecialProcedure, Move::EndSpecial))
                .map(|known| known.name.clone()),
            extend: extension(&item.content).filter(|_| extends),
            deliver: waits && permit_looking(actor, Action::CaseDeliver, &thing).is_ok(),
            serve: tongban_cases::notice_to_serve(view)
                .filter(|_| permit_looking(actor, Action::CaseDeliver, &thing).is_ok())
                .map(|notice| {
                    Sentence::key("desk-do-serve")
                        .with("notice", notice.title(item.content.item_type == ItemType::Permit))
                }),
            withdraw: can(Action::CaseFileAtWindow, Move::Withdraw),
            attend: view.account.is_some()
                && !view.attended
                && (answers || follows)
                && permit_looking(actor, Action::CaseFileAtWindow, &thing).is_ok(),
            follow_href: (for_applicant && follows).then(|| format!("/desk/file/{}/materials", view.id)),
            answer_href: (for_applicant && answers).then(|| format!("/desk/file/{}/form", view.id)),
        }
    }

    /// Whether there is anything to do here.
    pub(super) fn any(&self) -> bool {
        self.accept
            || self.ask_supplement
            || self.not_accept
            || self.step.is_some()
            || self.decide
            || !self.special.is_empty()
            || self.special_open.is_some()
            || self.extend.is_some()
            || self.deliver
            || self.serve.is_some()
            || self.withdraw
            || self.attend
            || self.answer_href.is_some()
            || self.follow_href.is_some()
    }
}

/// A cause for which the full number may be shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CauseView {
    pub value: &'static str,
    pub label: Sentence,
}

pub(super) fn causes() -> Vec<CauseView> {
    let view = |cause: RevealCause| CauseView {
        value: cause.as_str(),
        label: Sentence::key(format!("desk-cause-{}", cause.as_str().replace('_', "-"))),
    };
    RevealCause::ALL.map(view).into()
}
