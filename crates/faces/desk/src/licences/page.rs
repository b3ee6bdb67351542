//! One licence.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_licences::{
    LicenceStatus, LicenceView, NumberCause, RevealHolderNumber, StatusCause, StatusChange,
};
use tongban_web::{Form, Sentence, Visitor, WebError, flash::Tone};

use super::{CauseChoice, cause_choices, cause_label, open, standing};
use crate::{
    StaffState,
    parts::{Crumb, Fact, act, frame, id, refusal, render_with, staff, today},
    told::Told,
};

/// What the page shows besides the licence itself.
#[derive(Default)]
pub(super) struct Extra {
    /// A refusal, said on top of the page.
    pub refusal: Option<Sentence>,
    pub revealed: Option<String>,
    /// The change whose form was refused, with what was typed into it.
    pub typed: Option<(StatusChange, String, String)>,
}

#[derive(Serialize)]
struct LicencePage {
    address: String,
    crumbs: Vec<Crumb>,
    name: String,
    standing: &'static str,
    tone: &'static str,
    invented: bool,
    version: i32,
    facts: Vec<Fact>,
    issued_on: NaiveDate,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    fields: Vec<(String, String)>,
    history: Vec<StepRow>,
    editions: Vec<EditionRow>,
    changes: Vec<ChangeForm>,
    may_reissue: bool,
    causes: Vec<(&'static str, Sentence)>,
    revealed: Option<String>,
}

#[derive(Serialize)]
struct StepRow {
    at: DateTime<Utc>,
    to: &'static str,
    cause: Option<Sentence>,
    reason: String,
}

#[derive(Serialize)]
struct EditionRow {
    href: String,
    edition: i32,
    standing: &'static str,
}

/// The form for one change.
#[derive(Serialize)]
struct ChangeForm {
    word: &'static str,
    causes: Vec<CauseChoice>,
    reason: String,
    open: bool,
}

/// The word of a change in forms and text keys.
pub(super) fn change_word(change: StatusChange) -> &'static str {
    match change {
        StatusChange::Suspend => "suspend",
        StatusChange::Restore => "restore",
        StatusChange::Revoke => "revoke",
        StatusChange::Cancel => "cancel",
    }
}

pub(super) async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(licence): Path<String>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::LicenceManage)?.actor;
    let view = open(&state, actor, id(&licence)?).await?;
    show_licence(&state, &visitor, actor, &view, Extra::default()).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cause {
    cause: String,
}

/// The page with the full number, once: the next look at the licence shows it masked again.
pub(super) async fn reveal(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(licence): Path<String>,
    Form(posted): Form<Cause>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::LicenceManage)?.actor;
    let view = open(&state, actor, id(&licence)?).await?;
    let input = RevealHolderNumber {
        licence: view.id,
        cause: posted.cause,
    };
    let revealed = act(&state, actor, input, |tx, by, input| async move {
        tongban_licences::reveal_holder_number(&tx, &by, input).await
    })
    .await
    .told();
    let extra = match revealed {
        Ok(number) => Extra {
            revealed: Some(number),
            ..Extra::default()
        },
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => Extra {
                refusal: Some(sentence),
                ..Extra::default()
            },
            None => return Err(error),
        },
    };
    show_licence(&state, &visitor, actor, &view, extra).await
}

/// Renders the page.
pub(super) async fn show_licence(
    state: &StaffState,
    visitor: &Visitor,
    actor: &Actor,
    view: &LicenceView,
    extra: Extra,
) -> Result<Response, WebError> {
    let day = today(&state.store);
    let (standing_word, tone) = standing(view.status, view.valid_from, view.valid_to, day);
    let others = tongban_licences::editions(&state.store, actor, view.id)
        .await
        .told()?;
    let data = LicencePage {
        address: format!("/desk/licences/{}", view.id),
        crumbs: vec![
            Crumb::link("/desk/licences", Sentence::key("desk-nav-licences")),
            Crumb::here(Sentence::plain(view.number.clone())),
        ],
        name: view.name.clone(),
        standing: standing_word,
        tone,
        invented: view.invented,
        version: view.version,
        facts: facts(view),
        issued_on: view.issued_on,
        valid_from: view.valid_from,
        valid_to: view.valid_to,
        fields: view
            .fields
            .iter()
            .map(|field| (field.title.clone(), field.value.clone()))
            .collect(),
        history: view
            .history
            .iter()
            .map(|step| StepRow {
                at: step.at,
                to: step.to.as_str(),
                cause: step.cause.map(cause_label),
                reason: step.reason.clone(),
            })
            .collect(),
        editions: others
            .into_iter()
            .map(|edition| EditionRow {
                href: format!("/desk/licences/{}", edition.id),
                standing: standing(edition.status, edition.valid_from, edition.valid_to, day).0,
                edition: edition.edition,
            })
            .collect(),
        changes: forms(view, extra.typed.as_ref()),
        may_reissue: view.status == LicenceStatus::Valid,
        causes: NumberCause::ALL
            .map(|cause| {
                let key = format!("desk-licence-number-{}", cause.as_str());
                (cause.as_str(), Sentence::key(key))
            })
            .into(),
        revealed: extra.revealed,
    };
    let page = frame(state, visitor);
    let (page, status) = match extra.refusal {
        None => (page, StatusCode::OK),
        Some(sentence) => (
            page.with_flash(Tone::Bad, sentence),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    };
    render_with(state, &page, "desk/licence.html", &data, status)
}

fn facts(view: &LicenceView) -> Vec<Fact> {
    let plain = |text: &str| Sentence::plain(text.to_owned());
    let mut facts = vec![
        Fact::new("portal-holder", plain(&view.holder_name)),
        Fact::new("desk-licence-number", plain(&view.masked_number)),
        Fact::new("portal-identifier", plain(&view.identifier)),
        Fact::new(
            "desk-licence-edition",
            Sentence::key("desk-licence-edition-n").with("number", view.edition),
        ),
    ];
    let optional = [
        ("desk-licence-item", &view.item_name),
        ("desk-case-number", &view.case_number),
    ];
    for (label, value) in optional {
        if let Some(value) = value {
            facts.push(Fact::new(label, plain(value)));
        }
    }
    facts
}

/// The changes that lead from the present status.
fn forms(view: &LicenceView, typed: Option<&(StatusChange, String, String)>) -> Vec<ChangeForm> {
    StatusChange::ALL
        .into_iter()
        .filter(|change| change.from(view.status).is_ok())
        .map(|change| {
            let (cause, reason) = typed
                .filter(|(of, _, _)| *of == change)
                .map_or(("", ""), |(_, cause, reason)| (cause.as_str(), reason.as_str()));
            ChangeForm {
                word: change_word(change),
                causes: cause_choices(StatusCause::of(Some(change)), cause),
                reason: reason.to_owned(),
                open: typed.is_some_and(|(of, _, _)| *of == change),
            }
        })
        .collect()
}
