//! A new edition with corrected fields. What stands is shown beside each field, masked, and never in it: an empty field keeps what
//! stands.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_access::Action;
use tongban_licences::{EditionField, LicenceStatus, LicenceView, Reissue, StatusCause};
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, flash::Tone};

use super::{CauseChoice, ConfirmPage, cause_choices, cause_label, is_stale, open, stale};
use crate::{
    StaffState,
    parts::{Crumb, act, frame, id, path, refusal, render, render_with, staff},
    told::Told,
};

#[derive(Serialize)]
struct EditionPage {
    address: String,
    crumbs: Vec<Crumb>,
    name: String,
    holder: String,
    version: i32,
    causes: Vec<CauseChoice>,
    reason: String,
    holder_name: String,
    valid_from: String,
    valid_to: String,
    long_term: bool,
    fields: Vec<FieldRow>,
}

#[derive(Serialize)]
struct FieldRow {
    #[serde(flatten)]
    field: EditionField,
    /// The name of its input.
    input: String,
    typed: String,
}

/// What was posted, read without judging it.
struct Typed {
    version: i32,
    cause: String,
    reason: String,
    holder_name: String,
    valid_from: String,
    valid_to: String,
    long_term: bool,
    /// By the names of the type's fields; only what was typed.
    fields: Vec<(String, String)>,
}

/// The name of a field's input. Numbers, since names are the locality's own.
fn input_name(index: usize) -> String {
    format!("field-{index}")
}

impl Typed {
    /// The form as it is opened: the dates as they stand, and empty fields.
    fn of(view: &LicenceView) -> Self {
        Self {
            version: view.version,
            cause: String::new(),
            reason: String::new(),
            holder_name: view.holder_name.clone(),
            valid_from: view.valid_from.to_string(),
            valid_to: view.valid_to.map(|day| day.to_string()).unwrap_or_default(),
            long_term: view.valid_to.is_none(),
            fields: Vec::new(),
        }
    }

    fn read(pairs: &Pairs, fields: &[EditionField]) -> Self {
        let text = |name: &str| pairs.get(name).unwrap_or_default().trim().to_owned();
        Self {
            version: text("version").parse().unwrap_or(0),
            cause: text("cause"),
            reason: text("text"),
            holder_name: text("holder_name"),
            valid_from: text("valid_from"),
            valid_to: text("valid_to"),
            long_term: text("long_term") == "yes",
            fields: fields
                .iter()
                .enumerate()
                .map(|(index, field)| (field.name.clone(), text(&input_name(index))))
                .filter(|(_, typed)| !typed.is_empty())
                .collect(),
        }
    }

    fn typed(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, typed)| typed.as_str())
    }

    /// The input of the use case; nothing where a date is none.
    fn input(&self, view: &LicenceView) -> Option<Reissue> {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let valid_to = if self.long_term {
            None
        } else {
            Some(day(&self.valid_to)?)
        };
        let fields: Map<String, Value> = self
            .fields
            .iter()
            .map(|(name, typed)| (name.clone(), Value::from(typed.clone())))
            .collect();
        Some(Reissue {
            licence: view.id,
            cause: self.cause.clone(),
            reason: self.reason.clone(),
            version: self.version,
            holder_name: Some(self.holder_name.clone()),
            valid_from: Some(day(&self.valid_from)?),
            valid_to: Some(valid_to),
            fields,
        })
    }

    /// What the new edition says otherwise.
    fn changes(&self, view: &LicenceView, fields: &[EditionField]) -> Vec<(Sentence, Sentence, Sentence)> {
        let plain = |text: &str| {
            if text.is_empty() {
                Sentence::key("desk-licence-nothing")
            } else {
                Sentence::plain(text.to_owned())
            }
        };
        let until = |day: Option<NaiveDate>| match day {
            Some(day) => Sentence::plain(day.to_string()),
            None => Sentence::key("portal-long-term"),
        };
        let mut changes = Vec::new();
        if self.holder_name != view.holder_name {
            let label = Sentence::key("portal-holder");
            changes.push((label, plain(&view.holder_name), plain(&self.holder_name)));
        }
        let from = view.valid_from.to_string();
        if self.valid_from != from {
            let label = Sentence::key("desk-licence-from");
            changes.push((label, plain(&from), plain(&self.valid_from)));
        }
        let new_end = if self.long_term {
            None
        } else {
            self.valid_to.parse().ok()
        };
        if new_end != view.valid_to {
            let label = Sentence::key("desk-licence-to");
            changes.push((label, until(view.valid_to), until(new_end)));
        }
        for field in fields {
            if let Some(typed) = self.typed(&field.name) {
                let before = if field.private {
                    Sentence::key("desk-licence-hidden")
                } else {
                    plain(&field.shown)
                };
                changes.push((Sentence::plain(field.title.clone()), before, plain(typed)));
            }
        }
        changes
    }

    /// The fields that the question posts again.
    fn pairs(&self, fields: &[EditionField]) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = [
            ("version", self.version.to_string()),
            ("cause", self.cause.clone()),
            ("text", self.reason.clone()),
            ("holder_name", self.holder_name.clone()),
            ("valid_from", self.valid_from.clone()),
            ("valid_to", self.valid_to.clone()),
            ("long_term", if self.long_term { "yes" } else { "no" }.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for (index, field) in fields.iter().enumerate() {
            if let Some(typed) = self.typed(&field.name) {
                pairs.push((input_name(index), typed.to_owned()));
            }
        }
        pairs
    }
}

pub(super) async fn form(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(licence): Path<String>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::LicenceManage)?.actor;
    let view = open(&state, actor, id(&licence)?).await?;
    if view.status != LicenceStatus::Valid {
        return stale(&state, &visitor, view.id, "");
    }
    let fields = tongban_licences::edition_form(&state.store, actor, view.id)
        .await
        .told()?;
    show_form(&state, &visitor, &view, fields, &Typed::of(&view), None)
}

fn show_form(
    state: &StaffState,
    visitor: &Visitor,
    view: &LicenceView,
    fields: Vec<EditionField>,
    typed: &Typed,
    refusal: Option<Sentence>,
) -> Result<Response, WebError> {
    let address = format!("/desk/licences/{}", view.id);
    let data = EditionPage {
        crumbs: vec![
            Crumb::link("/desk/licences", Sentence::key("desk-nav-licences")),
            Crumb::link(address.clone(), Sentence::plain(view.number.clone())),
            Crumb::here(Sentence::key("desk-licence-reissue")),
        ],
        address,
        name: view.name.clone(),
        holder: view.holder_name.clone(),
        version: typed.version,
        causes: cause_choices(StatusCause::of(None), &typed.cause),
        reason: typed.reason.clone(),
        holder_name: typed.holder_name.clone(),
        valid_from: typed.valid_from.clone(),
        valid_to: typed.valid_to.clone(),
        long_term: typed.long_term,
        fields: fields
            .into_iter()
            .enumerate()
            .map(|(index, field)| FieldRow {
                input: input_name(index),
                typed: typed.typed(&field.name).unwrap_or_default().to_owned(),
                field,
            })
            .collect(),
    };
    let page = frame(state, visitor);
    let (page, status) = match refusal {
        None => (page, StatusCode::OK),
        Some(sentence) => (
            page.with_flash(Tone::Bad, sentence),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    };
    render_with(state, &page, "desk/licence_reissue.html", &data, status)
}

pub(super) async fn reissue(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(licence): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::LicenceManage)?.actor;
    let licence = id(&licence)?;
    let view = open(&state, actor, licence).await?;
    let fields = tongban_licences::edition_form(&state.store, actor, licence)
        .await
        .told()?;
    let typed = Typed::read(&posted, &fields);
    if view.version != typed.version || view.status != LicenceStatus::Valid {
        return stale(&state, &visitor, licence, &typed.reason);
    }
    let Some(input) = typed.input(&view) else {
        let sentence = Some(Sentence::key("desk-licence-date-wrong"));
        return show_form(&state, &visitor, &view, fields, &typed, sentence);
    };
    let cause = StatusCause::from_word(&typed.cause).filter(|cause| cause.change().is_none());
    let confirmed = posted.get("confirmed") == Some("yes");
    if let Some(cause) = cause.filter(|_| !confirmed && !typed.reason.is_empty()) {
        let address = format!("/desk/licences/{licence}");
        let data = ConfirmPage {
            action: format!("{address}/reissue"),
            back: format!("{address}/reissue"),
            question: Sentence::key("desk-licence-confirm-reissue"),
            name: view.name.clone(),
            holder: view.holder_name.clone(),
            identifier: view.identifier.clone(),
            explanation: Sentence::key("desk-licence-confirm-reissue-what"),
            cause: cause_label(cause),
            reason: typed.reason.clone(),
            changes: typed.changes(&view, &fields),
            yes: Sentence::key("desk-licence-reissue-yes"),
            danger: false,
            pairs: typed.pairs(&fields),
        };
        return render(
            &state,
            &frame(&state, &visitor),
            "desk/licence_confirm.html",
            &data,
        );
    }
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_licences::reissue(&tx, &by, input).await
    })
    .await
    .told();
    let error = match answer {
        Ok(issued) => {
            let done = Flash::good(&state.kit, "desk-licence-done-reissue");
            return Ok(done.redirect(&path(&format!("/desk/licences/{}", issued.id))));
        }
        Err(error) if is_stale(&error) => return stale(&state, &visitor, licence, &typed.reason),
        Err(error) => error,
    };
    match refusal(&error, state.kit.pages.texts()) {
        Some(sentence) => show_form(&state, &visitor, &view, fields, &typed, Some(sentence)),
        None => Err(error),
    }
}
