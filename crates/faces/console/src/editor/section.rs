//! A section whose elements stand on one page.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_catalogue::Finding;
use tongban_web::{
    Flash, Form, Pairs, Sentence, Visitor, WebError,
    forms::{self, ErrorLink, FieldError, FieldView},
    local_path::see_other,
};

use super::{
    Opened, Saved, Writing, choices, entries, errors_of,
    fields::{self, Asked, Choices},
    files, onward, refusal_link,
    sections::{Section, placed},
    stale,
};
use crate::{
    StaffState,
    parts::{Crumb, frame, path, render_with},
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/items/{item}/edit/{section}", get(show).post(save))
}

/// A page of fields: a section, or one entry of a list.
#[derive(Serialize)]
pub(super) struct FieldsPage {
    pub crumbs: Vec<Crumb>,
    pub name: String,
    pub title: Sentence,
    pub lead: Option<Sentence>,
    pub action: String,
    pub back: String,
    pub version: i32,
    pub form_fields: Vec<FieldView>,
    /// What was typed wrong.
    pub links: Vec<ErrorLink>,
    /// How many findings of this page stand in the way of publishing.
    pub to_mend: usize,
    /// Whether "save and go on" leads to another section.
    pub next: bool,
    pub remove_href: Option<String>,
    /// Whether it makes something that has no version yet: two clicks are told apart by a one-time key.
    pub creates: bool,
    /// The files of an entry.
    pub files: Vec<files::Slot>,
}

impl FieldsPage {
    /// The answer: 422 where something was typed wrong.
    pub(super) fn answer(&self, state: &StaffState, visitor: &Visitor) -> Result<Response, WebError> {
        let status = if self.links.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        render_with(
            state,
            &frame(state, visitor),
            "desk/item_fields.html",
            self,
            status,
        )
    }
}

/// The sentence below the title of a section, where there is one.
pub(super) fn lead_of(state: &StaffState, section: &Section) -> Option<Sentence> {
    let key = format!("editor-section-{}-lead", section.word);
    let there = state.kit.pages.texts().has(tongban_web::Locale::Chinese, &key);
    there.then(|| Sentence::key(key))
}

/// Everything that a page of fields is asked with.
pub(super) async fn choices_for(
    state: &StaffState,
    visitor: &Visitor,
    opened: &Opened,
    section: &Section,
) -> Result<Choices, WebError> {
    let texts = state.kit.pages.texts();
    let say = |key: &str| texts.say(visitor.locale(), &Sentence::key(key));
    choices(state, &opened.actor, section.fields, say).await
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    writing: &Writing<'_>,
    asked: &Asked<'_>,
    section: &Section,
    values: &Value,
    typed: Typed,
) -> Result<Response, WebError> {
    let opened = writing.opened;
    let findings = writing.findings();
    let (errors, refusal) = (typed.errors, typed.refusal);
    let told = if errors.is_empty() {
        errors_of(&findings, section, None, state.kit.pages.texts())
    } else {
        errors.clone()
    };
    let form_fields = asked.views(values, &told);
    let mut links = forms::summary(&form_fields, &errors);
    links.extend(refusal.map(refusal_link));
    let data = FieldsPage {
        crumbs: opened.crumbs(Sentence::key(format!("editor-section-{}", section.word))),
        name: opened.name(),
        title: Sentence::key(format!("editor-section-{}", section.word)),
        lead: lead_of(state, section),
        action: format!("{}/edit/{}", opened.address(), section.word),
        back: opened.address(),
        version: writing.guard(),
        links,
        to_mend: to_mend(&findings, section, None),
        next: section.next().is_some(),
        remove_href: None,
        creates: false,
        files: Vec::new(),
        form_fields,
    };
    data.answer(state, visitor)
}

/// How many findings belong on a page.
pub(super) fn to_mend(findings: &[Finding], section: &Section, entry: Option<usize>) -> usize {
    placed(findings)
        .filter(|(spot, _)| spot.is_some_and(|spot| spot.is_on(section, entry)))
        .count()
}

/// What came of a posted page that is shown again.
#[derive(Default)]
pub(super) struct Typed {
    pub errors: Vec<FieldError>,
    pub refusal: Option<Sentence>,
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, section)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let section = Section::of_word(&section).ok_or_else(WebError::not_found)?;
    let opened = Opened::load(&state, &visitor, &item).await?;
    let writing = match opened.writing(&format!("edit/{}", section.word)) {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    if let Some(list) = &section.list {
        return entries::list(&state, &visitor, &writing, section, list);
    }
    let choices = choices_for(&state, &visitor, &opened, section).await?;
    let asked = asked(&state, &visitor, section, &choices);
    let values = fields::read(section.fields, &writing.content()?);
    page(
        &state,
        &visitor,
        &writing,
        &asked,
        section,
        &values,
        Typed::default(),
    )
}

/// The fields of a section with its texts.
pub(super) fn asked<'a>(
    state: &'a StaffState,
    visitor: &Visitor,
    section: &'a Section,
    choices: &'a Choices,
) -> Asked<'a> {
    Asked {
        section: section.word,
        fields: section.fields,
        choices,
        texts: state.kit.pages.texts(),
        locale: visitor.locale(),
    }
}

async fn save(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, section)): Path<(String, String)>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let section = Section::of_word(&section)
        .filter(|section| section.list.is_none())
        .ok_or_else(WebError::not_found)?;
    let opened = Opened::load(&state, &visitor, &item).await?;
    let writing = match opened.writing(&format!("edit/{}", section.word)) {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let choices = choices_for(&state, &visitor, &opened, section).await?;
    let asked = asked(&state, &visitor, section, &choices);
    let values = asked.parse(&posted);
    let errors = fields::judge(section.fields, &values, &choices);
    if !errors.is_empty() {
        let typed = Typed {
            errors,
            refusal: None,
        };
        return page(&state, &visitor, &writing, &asked, section, &values, typed);
    }
    let mut content = writing.content()?;
    fields::write(section.fields, &values, &mut content);
    tidy(&mut content);
    let here = format!("{}/edit/{}", opened.address(), section.word);
    match writing.save(&state, content, &posted).await? {
        Saved::Kept => {
            let to = onward(&posted, &opened.address(), &opened.address(), section);
            Ok(Flash::good(&state.kit, "editor-saved")
                .redirect(&path(&to))
                .into_response())
        }
        Saved::Stale => stale(&state, &visitor, here, &posted),
        Saved::Refused(sentence) => {
            let typed = Typed {
                errors: Vec::new(),
                refusal: Some(sentence),
            };
            page(&state, &visitor, &writing, &asked, section, &values, typed)
        }
    }
}

/// A limit without a number is no limit; one without a unit counts working days.
fn tidy(content: &mut Value) {
    tidy_limits(content, &["legal_limit", "promised_limit"]);
}

/// The same for the limits of an entry.
pub(super) fn tidy_limits(content: &mut Value, names: &[&str]) {
    let Some(members) = content.as_object_mut() else {
        return;
    };
    for name in names.iter().copied() {
        let there = members
            .get(name)
            .and_then(Value::as_object)
            .is_some_and(|limit: &Map<String, Value>| limit.contains_key("amount"));
        match members.get_mut(name) {
            Some(limit) if there => {
                if limit.get("unit").is_none() {
                    limit["unit"] = Value::from("workday");
                }
            }
            _ => {
                members.shift_remove(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_limit_needs_a_number_and_has_a_unit() {
        let mut content =
            json!({"legal_limit": {"unit": "month"}, "promised_limit": {"amount": 5}, "name": "某事"});
        tidy(&mut content);
        assert_eq!(
            content,
            json!({"promised_limit": {"amount": 5, "unit": "workday"}, "name": "某事"})
        );
    }
}
