//! What staff do to a case. Each form carries the version that its page showed; an older page is answered with a page
//! that says so and leads back, and what was typed is not lost.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_cases::{
    Accept, AskSupplement, Attend, CompleteStep, Decide, Deliver, NotAccept, ServeNotice, WithdrawAtWindow,
};
use tongban_procedure::State as CaseState;
use tongban_web::{Flash, Form, Sentence, Visitor, WebError, local_path::see_other};
use uuid::Uuid;

use super::page::{Extra, Opened, Typed, show_case};
use crate::{
    StaffState,
    parts::{act, frame, id, path, refusal, render, render_with, staff},
    told::Told,
};

/// What the forms post. Each of them uses some of the fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Posted {
    /// The version of the case that the page showed.
    version: Option<i32>,
    /// The supplement notice, the reasons, the opinion, or the note.
    text: String,
    /// Who inspected, names between commas.
    officers: String,
    /// `grant` or `refuse`.
    outcome: String,
    /// `true` where the clerk has seen the person and the document.
    present: String,
    /// `yes` or `no`, from the page that asks again.
    confirmed: String,
}

/// What is wrong with an act, told on the page where it belongs.
pub(super) struct Refused<'a> {
    state: &'a StaffState,
    visitor: &'a Visitor,
    actor: &'a Actor,
    case: Uuid,
}

#[derive(Serialize)]
struct ConflictPage {
    href: String,
    typed: String,
}

impl<'a> Refused<'a> {
    pub(super) fn of(state: &'a StaffState, visitor: &'a Visitor, actor: &'a Actor, case: Uuid) -> Self {
        Self {
            state,
            visitor,
            actor,
            case,
        }
    }

    /// A stale page gets the page that says so; a refusal is said on the case with what was typed; the rest passes on.
    pub(super) async fn tell(&self, error: WebError, text: &str, typed: Typed) -> Result<Response, WebError> {
        // the forms stand only on pages of the right state: a wrong state means that somebody (or the first of two clicks) was quicker
        if error.status() == StatusCode::CONFLICT || error.code() == "case.wrong_state" {
            let data = ConflictPage {
                href: format!("/desk/cases/{}", self.case),
                typed: text.trim().to_owned(),
            };
            let page = frame(self.state, self.visitor);
            return render_with(
                self.state,
                &page,
                "desk/conflict.html",
                &data,
                StatusCode::CONFLICT,
            );
        }
        let Some(sentence) = refusal(&error, self.state.kit.pages.texts()) else {
            return Err(error);
        };
        let opened = Opened::load(self.state, self.actor, self.case).await?;
        let extra = Extra {
            refusal: Some(sentence),
            typed,
            ..Extra::default()
        };
        show_case(self.state, self.visitor, self.actor, &opened, extra).await
    }
}

/// A question before what cannot be undone.
#[derive(Serialize)]
struct ConfirmPage {
    action: String,
    question: Sentence,
    item_name: String,
    applicant: String,
    number: Option<String>,
    explanation: Sentence,
    yes: Sentence,
    danger: bool,
    version: Option<i32>,
    outcome: String,
    present: bool,
    text: String,
}

impl ConfirmPage {
    fn of(opened: &Opened, word: &str, act: &str, posted: &Posted, danger: bool) -> Self {
        let view = &opened.view;
        Self {
            action: format!("/desk/cases/{}/{act}", view.id),
            question: Sentence::key(format!("desk-confirm-{word}")),
            item_name: view.item_name.clone(),
            applicant: view.applicant_name.clone(),
            number: view.number.clone(),
            explanation: Sentence::key(format!("desk-confirm-{word}-what")),
            yes: Sentence::key(format!("desk-confirm-{word}-yes")),
            danger,
            version: posted.version,
            outcome: posted.outcome.clone(),
            present: posted.present == "true",
            text: posted.text.clone(),
        }
    }
}

/// Back to the case with what was typed: the question was answered with no.
async fn back(
    state: &StaffState,
    visitor: &Visitor,
    actor: &Actor,
    opened: &Opened,
    typed: Typed,
) -> Result<Response, WebError> {
    let extra = Extra {
        typed,
        ..Extra::default()
    };
    show_case(state, visitor, actor, opened, extra).await
}

/// The words of a decision, in the form that they were typed into.
fn decided(granted: bool, words: String) -> Typed {
    Typed::of(
        |typed| {
            if granted {
                &mut typed.grant
            } else {
                &mut typed.reasons
            }
        },
        &words,
    )
}

/// Back to the work list, with one sentence.
fn done(state: &StaffState, key: &str) -> Response {
    Flash::good(&state.kit, key).redirect(&path("/desk"))
}

/// Back to the case, with one sentence.
pub(super) fn done_here(state: &StaffState, case: Uuid, key: &str) -> Response {
    Flash::good(&state.kit, key).redirect(&path(&format!("/desk/cases/{case}")))
}

pub(super) async fn accept(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseAccept)?.actor;
    let case = id(&case)?;
    let Opened { item, calendar, .. } = Opened::load(&state, actor, case).await?;
    let input = Accept {
        case,
        item,
        calendar,
        seen: posted.version,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::accept(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(()) => Ok(done(&state, "desk-done-accept")),
        Err(error) => {
            let refused = Refused::of(&state, &visitor, actor, case);
            refused.tell(error, "", Typed::default()).await
        }
    }
}

pub(super) async fn ask_supplement(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseAccept)?.actor;
    let case = id(&case)?;
    let Opened { item, calendar, .. } = Opened::load(&state, actor, case).await?;
    let text = posted.text.clone();
    let input = AskSupplement {
        case,
        item,
        calendar,
        seen: posted.version,
        text: posted.text,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::ask_supplement(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(()) => Ok(done(&state, "desk-done-supplement")),
        Err(error) => {
            let refused = Refused::of(&state, &visitor, actor, case);
            refused
                .tell(error, &text, Typed::of(|typed| &mut typed.supplement, &text))
                .await
        }
    }
}

pub(super) async fn not_accept(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseAccept)?.actor;
    let case = id(&case)?;
    let opened = Opened::load(&state, actor, case).await?;
    if posted.confirmed == "no" {
        let typed = Typed::of(|typed| &mut typed.not_accept, &posted.text);
        return back(&state, &visitor, actor, &opened, typed).await;
    }
    if posted.confirmed != "yes" && !posted.text.trim().is_empty() {
        let data = ConfirmPage::of(&opened, "not-accept", "not-accept", &posted, true);
        return render(&state, &frame(&state, &visitor), "desk/confirm.html", &data);
    }
    let text = posted.text.clone();
    let input = NotAccept {
        case,
        item: opened.item,
        calendar: opened.calendar,
        seen: posted.version,
        reasons: posted.text,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::not_accept(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(()) => Ok(done(&state, "desk-done-not-accept")),
        Err(error) => {
            let refused = Refused::of(&state, &visitor, actor, case);
            refused
                .tell(error, &text, Typed::of(|typed| &mut typed.not_accept, &text))
                .await
        }
    }
}

/// Names as people write a list of them.
fn names(list: &str) -> Vec<String> {
    list.split(['、', '，', ',', ';', '；', '\n'])
        .map(str::to_owned)
        .collect()
}

pub(super) async fn complete_step(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseAccept)?.actor;
    let case = id(&case)?;
    let opened = Opened::load(&state, actor, case).await?;
    let text = posted.text.clone();
    let officers = posted.officers.clone();
    let input = CompleteStep {
        case,
        item: opened.item,
        seen: posted.version,
        opinion: posted.text,
        officers: names(&posted.officers),
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::complete_step(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(()) => Ok(done_here(&state, case, "desk-done-step")),
        Err(error) => {
            let typed = Typed {
                opinion: text.clone(),
                officers,
                ..Typed::default()
            };
            Refused::of(&state, &visitor, actor, case)
                .tell(error, &text, typed)
                .await
        }
    }
}

pub(super) async fn decide(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseDecide)?.actor;
    let case = id(&case)?;
    let opened = Opened::load(&state, actor, case).await?;
    let granted = match posted.outcome.as_str() {
        "grant" => true,
        "refuse" => false,
        _ => return Err(WebError::bad_input("outcome is neither grant nor refuse")),
    };
    if posted.confirmed == "no" {
        return back(&state, &visitor, actor, &opened, decided(granted, posted.text)).await;
    }
    // a refusal without reasons is told at once, not after the question
    if posted.confirmed != "yes" && (granted || !posted.text.trim().is_empty()) {
        let data = ConfirmPage::of(&opened, &posted.outcome, "decide", &posted, !granted);
        return render(&state, &frame(&state, &visitor), "desk/confirm.html", &data);
    }
    let organisation = tongban_directory::organisation(&state.store, opened.view.organisation)
        .await
        .told()?;
    let issuer_code = organisation
        .ok_or_else(|| WebError::internal("the office of a case is unknown"))?
        .code;
    let text = posted.text.clone();
    let input = Decide {
        case,
        item: opened.item,
        calendar: opened.calendar,
        seen: posted.version,
        granted,
        reasons: posted.text,
        issuer_code,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::decide(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(decided) => Ok(done(
            &state,
            if granted {
                "desk-done-grant"
            } else if !decided.delivered {
                "desk-done-refuse-waits"
            } else {
                "desk-done-refuse"
            },
        )),
        Err(error) => {
            let typed = decided(granted, text.clone());
            Refused::of(&state, &visitor, actor, case)
                .tell(error, &text, typed)
                .await
        }
    }
}

pub(super) async fn deliver(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseDeliver)?.actor;
    let case = id(&case)?;
    let text = posted.text.clone();
    let Opened { item, .. } = Opened::load(&state, actor, case).await?;
    let input = Deliver {
        case,
        item,
        seen: posted.version,
        note: posted.text,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::deliver(&tx, &by, input).await
    });
    let refused = Refused::of(&state, &visitor, actor, case);
    handed_over(answer.await.told(), "desk-done-deliver", refused, &text).await
}

/// What became of a handing over: said, or refused beside its words.
async fn handed_over(
    answer: Result<(), WebError>,
    said: &'static str,
    refused: Refused<'_>,
    text: &str,
) -> Result<Response, WebError> {
    match answer {
        Ok(()) => Ok(done(refused.state, said)),
        Err(error) => {
            let typed = Typed::of(|typed| &mut typed.note, text);
            refused.tell(error, text, typed).await
        }
    }
}

/// Records that a notice reached an applicant who has no account.
pub(super) async fn serve(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseDeliver)?.actor;
    let case = id(&case)?;
    let text = posted.text.clone();
    let Opened { item, .. } = Opened::load(&state, actor, case).await?;
    let input = ServeNotice {
        case,
        item,
        seen: posted.version,
        note: posted.text,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::serve_notice(&tx, &by, input).await
    });
    let refused = Refused::of(&state, &visitor, actor, case);
    handed_over(answer.await.told(), "desk-done-serve", refused, &text).await
}

/// Takes the case back for a person at the window who has no account.
pub(super) async fn withdraw(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseFileAtWindow)?.actor;
    let case = id(&case)?;
    let opened = Opened::load(&state, actor, case).await?;
    let present = posted.present == "true";
    if posted.confirmed == "no" {
        let typed = Typed::of(|typed| &mut typed.withdraw, &posted.text);
        return back(&state, &visitor, actor, &opened, typed).await;
    }
    // what is missing is told at once, not after the question
    if posted.confirmed != "yes" && present && !posted.text.trim().is_empty() {
        let data = ConfirmPage::of(&opened, "withdraw", "withdraw", &posted, true);
        return render(&state, &frame(&state, &visitor), "desk/confirm.html", &data);
    }
    let text = posted.text.clone();
    let input = WithdrawAtWindow {
        case,
        seen: posted.version,
        present,
        reason: posted.text,
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::withdraw_at_window(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(()) => Ok(done(&state, "desk-done-withdraw")),
        Err(error) => {
            let refused = Refused::of(&state, &visitor, actor, case);
            refused
                .tell(error, &text, Typed::of(|typed| &mut typed.withdraw, &text))
                .await
        }
    }
}

/// The applicant stands at the window: what is missing is handed in there.
pub(super) async fn attend(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseFileAtWindow)?.actor;
    let case = id(&case)?;
    let opened = Opened::load(&state, actor, case).await?;
    let input = Attend {
        case,
        present: posted.present == "true",
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::attend(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(()) => {
            let next = match opened.view.state {
                CaseState::Supplement => "form",
                _ => "materials",
            };
            Ok(see_other(&path(&format!("/desk/file/{case}/{next}"))).into_response())
        }
        Err(error) => {
            let refused = Refused::of(&state, &visitor, actor, case);
            refused.tell(error, "", Typed::default()).await
        }
    }
}
