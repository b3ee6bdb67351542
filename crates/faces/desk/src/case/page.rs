//! The page of a case.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tongban_access::{Action, Actor};
use tongban_cases::{CaseView, FactView, MaterialView, RevealNumber, RevealedNumber};
use tongban_catalogue::{ItemVersion, Necessity};
use tongban_codes::{Light, LimitUnit, WorkCalendar};
use tongban_procedure::{
    CaseClock, ClockExplanation, ClockReading, HearingTerm, RenewalView, SpecialView, State as CaseState,
};
use tongban_web::{Form, Sentence, Visitor, WebError, flash::Tone, forms::OriginTone, local_path::see_other};
use uuid::Uuid;

use super::{
    actions::{Actions, CauseView, causes},
    words::{Tag, field_value, plain},
};
use crate::{
    StaffState,
    list::{remaining, state_key},
    parts::{Crumb, Fact, act, calendar, frame, id, may, path, refusal, render_with, staff, today},
    told::Told,
};

/// A case with what is needed to show it and to act on it.
pub(super) struct Opened {
    pub view: CaseView,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
}

impl Opened {
    /// Loads a case that this member of staff may see, and writes down that it was looked at.
    pub(super) async fn load(state: &StaffState, actor: &Actor, case: Uuid) -> Result<Self, WebError> {
        act(state, actor, case, |tx, by, case| async move {
            tongban_cases::record_view(&tx, &by, case).await
        })
        .await
        .told()?;
        let calendar = calendar(&state.store).await?;
        let view = tongban_cases::case_view(&state.store, actor, &calendar, case)
            .await
            .told()?;
        let view = view.ok_or_else(WebError::not_found)?;
        let item = tongban_catalogue::version_of_case(&state.store, view.item_version)
            .await
            .told()?;
        Ok(Self {
            item: item.ok_or_else(WebError::not_found)?,
            view,
            calendar,
        })
    }
}

/// What the page shows besides the case itself.
#[derive(Default)]
pub(super) struct Extra {
    /// A refusal, said on top of the page.
    pub refusal: Option<Sentence>,
    /// What was typed into the form that was refused.
    pub typed: Typed,
    pub revealed: Option<RevealedNumber>,
}

/// What was typed before a refusal, to be shown again.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Typed {
    pub supplement: String,
    pub not_accept: String,
    pub opinion: String,
    /// Who inspected.
    pub officers: String,
    pub reasons: String,
    /// The words of a grant.
    pub grant: String,
    /// What came of a special procedure.
    pub special_result: String,
    pub note: String,
    /// Why a person at the window takes the case back.
    pub withdraw: String,
    /// The reason of a special procedure, with its kind and days.
    pub special: String,
    pub special_kind: String,
    pub special_days: String,
    /// The reasons of an extension, and who approved it.
    pub extension: String,
    pub approval: String,
}

impl Typed {
    /// Words typed into one field.
    pub(super) fn of(field: impl FnOnce(&mut Self) -> &mut String, words: &str) -> Self {
        let mut typed = Self::default();
        words.clone_into(field(&mut typed));
        typed
    }
}

#[derive(Serialize)]
struct CasePage {
    address: String,
    crumbs: Vec<Crumb>,
    version: i32,
    number: Option<String>,
    item_name: String,
    item_href: String,
    organisation_name: String,
    state: Sentence,
    closed: bool,
    light: Option<Light>,
    remaining: Sentence,
    clock: Option<ClockView>,
    /// The clock that runs beside it: the first review by the organ below.
    beside: Option<ClockView>,
    applicant: Vec<Fact>,
    causes: Vec<CauseView>,
    revealed: Option<RevealedView>,
    fields: Vec<FieldRow>,
    facts: Vec<FactRow>,
    materials: Vec<MaterialRow>,
    history: Vec<HistoryRow>,
    documents: Vec<DocumentRow>,
    actions: Actions,
    anything_to_do: bool,
    typed: Typed,
    supplement: Option<SupplementView>,
    licence: bool,
    procedures: Vec<SpecialView>,
    /// What it renews, while that is not decided.
    renewal: Option<RenewalView>,
    /// The terms of a hearing that is under way.
    hearing: Vec<HearingTerm>,
    /// Where whoever manages the licence finds it.
    licence_href: Option<String>,
    /// What the law asks for, beside the decision.
    condition: Option<String>,
}

#[derive(Serialize)]
struct ClockView {
    reading: ClockReading,
    why: ClockExplanation,
    workdays: bool,
}

#[derive(Serialize)]
struct RevealedView {
    number: String,
    phone: Option<String>,
}

#[derive(Serialize)]
struct FieldRow {
    label: String,
    value: Sentence,
    tag: Option<Tag>,
    /// What it said before the supplement, where that is something else.
    before: Option<Sentence>,
}

#[derive(Serialize)]
struct FactRow {
    name: String,
    source: String,
    outcome: Sentence,
    tone: OriginTone,
    at: DateTime<Utc>,
    rows: Vec<(String, String)>,
}

#[derive(Serialize)]
struct MaterialRow {
    name: String,
    necessity: &'static str,
    hint: Option<String>,
    tags: Vec<Tag>,
    files: Vec<FileRow>,
    /// Files that were filed and taken back when the supplement was handed in.
    superseded: Vec<FileRow>,
    missing: bool,
}

#[derive(Serialize)]
struct FileRow {
    href: String,
    name: String,
    kilobytes: i64,
    /// It came with the supplement.
    supplement: bool,
}

#[derive(Serialize)]
struct HistoryRow {
    title: Sentence,
    state: &'static str,
    at: DateTime<Utc>,
    detail: Sentence,
    /// Opinions and reasons.
    note: Option<String>,
    href: Option<String>,
    link: Sentence,
}

#[derive(Serialize)]
struct DocumentRow {
    href: String,
    title: String,
    number: String,
    issued_on: NaiveDate,
}

#[derive(Serialize)]
struct SupplementView {
    text: String,
    until: Option<NaiveDate>,
    answered: bool,
}

pub(super) async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let session = staff(&visitor, Action::CaseView)?;
    let case = id(&case)?;
    if is_own_draft(&state, &session.actor, case).await? {
        return Ok(see_other(&path(&format!("/desk/file/{case}/form"))).into_response());
    }
    let opened = Opened::load(&state, &session.actor, case).await?;
    show_case(&state, &visitor, &session.actor, &opened, Extra::default()).await
}

async fn is_own_draft(state: &StaffState, actor: &Actor, case: Uuid) -> Result<bool, WebError> {
    let standing = tongban_cases::case_standing(&state.store, actor, case)
        .await
        .told()?;
    Ok(standing.is_some_and(|standing| standing.state == CaseState::Draft))
}

#[derive(Debug, Deserialize)]
pub(super) struct Cause {
    #[serde(default)]
    cause: String,
}

/// The page with the full number, once: the next look at the case shows it masked again.
pub(super) async fn reveal(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Cause>,
) -> Result<Response, WebError> {
    let session = staff(&visitor, Action::CaseView)?;
    let actor = &session.actor;
    let case = id(&case)?;
    let opened = Opened::load(&state, actor, case).await?;
    let input = RevealNumber {
        case,
        cause: posted.cause,
    };
    let revealed = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::reveal_number(&tx, &by, input).await
    })
    .await
    .told();
    let extra = match revealed {
        Ok(revealed) => Extra {
            revealed: Some(revealed),
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
    show_case(&state, &visitor, actor, &opened, extra).await
}

/// Renders the page.
pub(super) async fn show_case(
    state: &StaffState,
    visitor: &Visitor,
    actor: &Actor,
    opened: &Opened,
    extra: Extra,
) -> Result<Response, WebError> {
    let Opened { view, item, calendar } = opened;
    let address = format!("/desk/cases/{}", view.id);
    let clocks = tongban_cases::clocks_of(&state.store, view.id).await.told()?;
    let day = today(&state.store);
    let running = clocks
        .iter()
        .find(|clock| clock.ended_on.is_none() && clock.is_of_office());
    let read = |clock: &CaseClock| ClockView {
        reading: clock.reading(calendar, day),
        why: clock.explain(calendar),
        workdays: clock.clock.unit == LimitUnit::Workday,
    };
    let clock = running.map(read);
    let beside = clocks
        .iter()
        .find(|clock| clock.ended_on.is_none() && clock.is_beside())
        .map(read);
    let left = running.and_then(|clock| clock.clock.remaining(calendar, day).ok());
    let light = clock.as_ref().map(|clock| clock.reading.light);
    let stopped = clock
        .as_ref()
        .is_some_and(|clock| clock.reading.stopped_since.is_some());
    let actions = Actions::of(actor, view, item);
    let data = CasePage {
        crumbs: vec![
            Crumb::link("/desk", Sentence::key("desk-nav-work")),
            Crumb::here(Sentence::plain(view.number.clone().unwrap_or_default())),
        ],
        version: view.version,
        number: view.number.clone(),
        item_name: view.item_name.clone(),
        item_href: format!("/items/{}", view.item),
        organisation_name: view.organisation_name.clone(),
        state: state_words(view),
        closed: view.state.is_closed(),
        remaining: remaining(light, left, stopped),
        light,
        clock,
        beside,
        applicant: applicant(view),
        causes: causes(),
        revealed: extra.revealed.map(|revealed| RevealedView {
            number: revealed.number,
            phone: revealed.phone,
        }),
        fields: fields(view, item),
        facts: fact_rows(state, view).await?,
        materials: materials(view, item, &address),
        history: history(view, &address),
        documents: documents(view, &address),
        anything_to_do: actions.any(),
        actions,
        typed: extra.typed,
        supplement: view.supplement_text.clone().map(|text| SupplementView {
            text,
            until: view.supplement_until,
            answered: view.state != CaseState::Supplement,
        }),
        licence: view.licence.is_some(),
        procedures: view.procedures.clone(),
        hearing: view
            .procedures
            .iter()
            .filter(|known| known.ended_on.is_none())
            .flat_map(|known| {
                tongban_procedure::hearing_terms(&item.content, &known.kind, known.started_on, calendar)
            })
            .collect(),
        renewal: view.renewal.clone().filter(|_| !view.state.is_closed()),
        licence_href: view
            .licence
            .filter(|_| may(actor, Action::LicenceManage))
            .map(|licence| format!("/desk/licences/{licence}")),
        condition: item.content.accept_condition.clone(),
        address,
    };
    let page = frame(state, visitor);
    match extra.refusal {
        None => render_with(state, &page, "desk/case.html", &data, StatusCode::OK),
        Some(sentence) => {
            let page = page.with_flash(Tone::Bad, sentence);
            render_with(
                state,
                &page,
                "desk/case.html",
                &data,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
        }
    }
}

fn state_words(view: &CaseView) -> Sentence {
    let waits = view.decided_at.is_some() && view.delivered_at.is_none();
    Sentence::key(match view.state {
        CaseState::Granted if waits => "desk-state-deliver".to_owned(),
        CaseState::Refused if waits => "desk-state-deliver-refused".to_owned(),
        state => state_key(state),
    })
}

fn applicant(view: &CaseView) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new(
            "desk-applicant-name",
            Sentence::plain(view.applicant_name.clone()),
        ),
        Fact::new(
            &format!("desk-applicant-number-{}", view.party_kind.as_str()),
            Sentence::plain(view.applicant_masked.clone()),
        ),
    ];
    if let Some(phone) = &view.phone_masked {
        facts.push(Fact::new("desk-applicant-phone", Sentence::plain(phone.clone())));
    }
    if let Some(agent) = &view.agent {
        facts.push(Fact::new(
            "desk-agent",
            Sentence::key(format!("desk-agent-as-{}", agent.kind.as_str()))
                .with("name", agent.name.clone())
                .with("number", agent.number_masked.clone()),
        ));
    }
    facts.push(Fact::new(
        "desk-channel",
        Sentence::key(format!("desk-channel-{}", view.channel.as_str())),
    ));
    let delivery = view.delivery.as_str().replace('_', "-");
    facts.push(Fact::new(
        "desk-delivery",
        Sentence::key(format!("desk-delivery-{delivery}")),
    ));
    if let Some(address) = &view.delivery_address {
        facts.push(Fact::new(
            "desk-delivery-address",
            Sentence::plain(address.clone()),
        ));
    }
    facts
}

/// The fields of the form in its order, filled or not.
fn fields(view: &CaseView, item: &ItemVersion) -> Vec<FieldRow> {
    let properties = item.content.form.get("properties").and_then(Value::as_object);
    let mut rows: Vec<(f64, FieldRow)> = properties
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let order = property
                .pointer("/x-ui/order")
                .and_then(Value::as_f64)
                .unwrap_or(f64::MAX);
            let row = FieldRow {
                label: property
                    .get("title")
                    .and_then(Value::as_str)
                    .unwrap_or(name)
                    .to_owned(),
                value: field_value(property, view.values.get(name).unwrap_or(&Value::Null)),
                tag: view.origins.get(name).map(Tag::of),
                before: view
                    .filed_before
                    .as_ref()
                    .and_then(|before| before.changed.get(name))
                    .map(|before| field_value(property, before)),
            };
            (order, row)
        })
        .collect();
    rows.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What departments answered, under the titles of the resource directory.
async fn fact_rows(state: &StaffState, view: &CaseView) -> Result<Vec<FactRow>, WebError> {
    let mut rows = Vec::with_capacity(view.facts.len());
    for fact in &view.facts {
        let entry = tongban_exchange::resource(&state.store, &fact.resource)
            .await
            .told()?;
        let title = |name: &str| {
            let fields = entry.iter().flat_map(|entry| &entry.fields);
            fields
                .clone()
                .find(|field| field.name == name)
                .map_or_else(|| name.to_owned(), |field| field.title.clone())
        };
        rows.push(FactRow {
            name: entry
                .as_ref()
                .map_or_else(|| fact.resource.clone(), |entry| entry.name.clone()),
            source: fact.source.clone(),
            outcome: Sentence::key(format!("desk-outcome-{}", fact.outcome.replace('_', "-"))),
            tone: tone(fact),
            at: fact.at,
            rows: fact
                .facts
                .iter()
                .map(|(name, value)| (title(name), plain(value)))
                .collect(),
        });
    }
    Ok(rows)
}

fn tone(fact: &FactView) -> OriginTone {
    match fact.outcome.as_str() {
        "facts" => OriginTone::Shared,
        "not_found" => OriginTone::You,
        _ => OriginTone::Wait,
    }
}

/// The materials that the matter asks for, each with what is there, and those that are there although it asks for them no longer.
fn materials(view: &CaseView, item: &ItemVersion, address: &str) -> Vec<MaterialRow> {
    fn of<'view>(list: &'view [MaterialView], code: &str) -> Vec<&'view MaterialView> {
        list.iter().filter(|there| there.code == code).collect()
    }
    let superseded = view
        .filed_before
        .as_ref()
        .map_or(&[][..], |before| &before.superseded);
    let file = |there: &&MaterialView| FileRow {
        href: format!("{address}/files/{}", there.id),
        name: there.file_name.clone().unwrap_or_else(|| there.name.clone()),
        kilobytes: (there.size.unwrap_or_default() + 1023) / 1024,
        supplement: there.supplement,
    };
    view.asked(item)
        .map(|wanted| {
            let there = of(&view.materials, &wanted.code);
            MaterialRow {
                name: wanted.name.clone(),
                necessity: necessity(wanted.necessity),
                hint: wanted.hint.clone(),
                missing: there.is_empty(),
                tags: there
                    .iter()
                    .filter(|there| !there.has_file)
                    .map(|there| Tag::of(&there.origin))
                    .collect(),
                files: there.iter().filter(|there| there.has_file).map(file).collect(),
                superseded: of(superseded, &wanted.code).iter().map(file).collect(),
            }
        })
        .collect()
}

/// The word of a necessity in text keys.
pub(crate) fn necessity(necessity: Necessity) -> &'static str {
    match necessity {
        Necessity::Required => "required",
        Necessity::Optional => "optional",
        Necessity::Deferred => "deferred",
    }
}

/// The sentence of a kind of line.
fn history_key(kind: &str) -> String {
    format!("desk-history-{}", kind.replace('_', "-"))
}

fn history(view: &CaseView, address: &str) -> Vec<HistoryRow> {
    view.history
        .iter()
        .map(|line| HistoryRow {
            title: Sentence::key(history_key(&line.kind)),
            state: "done",
            at: line.at,
            detail: match line.by.as_str() {
                "applicant" => Sentence::key("desk-by-applicant"),
                "agent" => Sentence::key("desk-by-agent"),
                "" => Sentence::key("desk-by-system"),
                office => Sentence::plain(office),
            },
            note: line.note.clone(),
            href: line
                .document
                .map(|document| format!("{address}/documents/{document}")),
            link: Sentence::key("desk-document"),
        })
        .collect()
}

fn documents(view: &CaseView, address: &str) -> Vec<DocumentRow> {
    view.documents
        .iter()
        .map(|document| DocumentRow {
            href: format!("{address}/documents/{}", document.id),
            title: document.body.title.clone(),
            number: document.number.clone(),
            issued_on: document.issued_on,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use tongban_web::Locale;

    #[test]
    fn every_kind_of_a_line_is_told_in_both_languages() {
        let texts = tongban_web::pages::Texts::load(None).unwrap();
        for kind in tongban_cases::HISTORY_KINDS {
            let key = super::history_key(kind);
            for locale in [Locale::Chinese, Locale::English] {
                assert!(texts.has(locale, &key), "{key}");
            }
        }
    }
}
