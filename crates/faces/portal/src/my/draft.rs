//! A case of one's own, loaded with the version of its item; and its values as people read them.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use tongban_access::Actor;
use tongban_cases::{CaseView, Origin, OriginKind};
use tongban_catalogue::{FieldProblem, ItemVersion, Necessity};
use tongban_codes::{CitizenNumber, Phone, WorkCalendar};
use tongban_procedure::State;
use tongban_web::{
    Sentence, WebError,
    forms::{self, FieldError, OriginTone},
};
use uuid::Uuid;

use crate::{
    PortalState,
    parts::{calendar, id},
    told::Told,
};

/// A case that its owner looks at.
pub(crate) struct Own {
    pub actor: Actor,
    pub view: CaseView,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
}

impl Own {
    /// Loads it; to anybody else it does not exist.
    pub(crate) async fn load(state: &PortalState, actor: &Actor, case: &str) -> Result<Self, WebError> {
        let case = id(case)?;
        let calendar = calendar(&state.store).await?;
        let view = tongban_cases::case_view(&state.store, actor, &calendar, case)
            .await
            .told()?
            .ok_or_else(WebError::not_found)?;
        let item = tongban_catalogue::version_of_case(&state.store, view.item_version)
            .await
            .told()?
            .ok_or_else(WebError::not_found)?;
        Ok(Self {
            actor: actor.clone(),
            view,
            item,
            calendar,
        })
    }

    pub(crate) fn id(&self) -> Uuid {
        self.view.id
    }

    /// Whether its form and files may still be changed.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.view.state, State::Draft | State::Supplement)
    }

    /// The address of its page.
    pub(crate) fn address(&self) -> String {
        format!("/my/cases/{}", self.id())
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.item
            .content
            .form
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    }

    pub(crate) fn property(&self, field: &str) -> Option<&Value> {
        self.item.content.form.get("properties")?.get(field)
    }

    /// Where values came from, as tags below the fields. What is only shown is no input: a masked value is never a form value.
    pub(crate) fn origins(&self) -> BTreeMap<String, forms::Origin> {
        let tags = self.view.origins.iter().filter_map(|(field, origin)| {
            let shown = self.only_shown(field);
            let wrong_href = shown.is_some().then(|| "#wrong".to_owned());
            let (tone, sentence) = origin_tag(origin)?;
            Some((
                field.clone(),
                forms::Origin {
                    tone,
                    sentence,
                    shown,
                    wrong_href,
                },
            ))
        });
        tags.collect()
    }

    /// How a field is shown that cannot be changed here: who applies is what the account says, and identifiers from a
    /// register or a licence are masked.
    pub(crate) fn only_shown(&self, field: &str) -> Option<String> {
        let kind = self.view.origins.get(field)?.kind;
        let value = self.view.values.get(field)?.as_str()?;
        only_shown(self.property(field)?, kind, value)
    }

    /// Everything wrong with what is filled in.
    pub(crate) fn problems(&self) -> Vec<FieldError> {
        field_errors(
            &self.item.content.form,
            tongban_catalogue::problems(&self.item.content.form, &self.view.values),
        )
    }

    /// Names of the materials that a filed case still waits for (容缺后补).
    pub(crate) fn to_follow(&self) -> Vec<String> {
        tongban_cases::still_to_follow(&self.view, &self.item)
    }

    /// Names of required materials that are not there yet.
    pub(crate) fn missing_materials(&self) -> Vec<String> {
        self.view.missing(&self.item, Necessity::Required)
    }

    /// The value of a field in words.
    pub(crate) fn shown_value(&self, field: &str) -> Option<Sentence> {
        let property = self.property(field)?;
        let value = self.view.values.get(field)?;
        let text = match value {
            Value::Null => return None,
            Value::Bool(yes) => return Some(Sentence::key(if *yes { "answer-yes" } else { "answer-no" })),
            Value::Array(values) => values
                .iter()
                .map(|value| label_of(property.get("items").unwrap_or(property), property, value))
                .collect::<Vec<_>>()
                .join("、"),
            value => label_of(property, property, value),
        };
        let unit = property
            .pointer("/x-ui/unit")
            .and_then(Value::as_str)
            .map(|unit| format!(" {unit}"))
            .unwrap_or_default();
        if text.is_empty() {
            return None;
        }
        Some(Sentence::plain(masked(property, &text).unwrap_or(text) + &unit))
    }
}

fn only_shown(property: &Value, origin: OriginKind, value: &str) -> Option<String> {
    match origin {
        OriginKind::You | OriginKind::Waiting => None,
        OriginKind::Account => Some(masked(property, value).unwrap_or_else(|| value.to_owned())),
        OriginKind::Resource | OriginKind::Licence => masked(property, value),
    }
}

/// An identifier with its middle hidden; `None` for what is none.
fn masked(property: &Value, value: &str) -> Option<String> {
    let format = property.get("format").and_then(Value::as_str);
    let account = property.pointer("/x-source/account").and_then(Value::as_str);
    if format == Some("citizen-number") || account == Some("number") {
        return CitizenNumber::parse(value).ok().map(|number| number.masked());
    }
    if format == Some("mobile") || account == Some("phone") {
        return Phone::parse(value).ok().map(|phone| phone.masked());
    }
    None
}

/// The label of a choice, or the value itself.
fn label_of(choices: &Value, property: &Value, value: &Value) -> String {
    let plain = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let labelled = property
        .pointer("/x-ui/labels")
        .and_then(|labels| labels.get(&plain))
        .and_then(Value::as_str);
    let titled = || {
        choices
            .get("oneOf")?
            .as_array()?
            .iter()
            .find(|one| one.get("const") == Some(value))?
            .get("title")?
            .as_str()
    };
    labelled.or_else(titled).map_or(plain, str::to_owned)
}

/// The tag of an origin; values without one carry none.
pub(crate) fn origin_tag(origin: &Origin) -> Option<(OriginTone, Sentence)> {
    let from = |key: &str| Sentence::key(key).with("source", origin.label.clone());
    Some(match origin.kind {
        OriginKind::You => (OriginTone::You, Sentence::key("origin-you")),
        OriginKind::Account => (OriginTone::Shared, Sentence::key("portal-origin-account")),
        OriginKind::Resource => (OriginTone::Shared, from("portal-origin-resource")),
        OriginKind::Licence => (OriginTone::Shared, from("portal-origin-licence")),
        OriginKind::Waiting => (OriginTone::Wait, from("origin-wait")),
    })
}

/// The findings of the case room as the sentences of the forms.
pub(crate) fn field_errors(schema: &Value, problems: Vec<FieldProblem>) -> Vec<FieldError> {
    problems
        .into_iter()
        .map(|problem| {
            let property = schema
                .get("properties")
                .and_then(|properties| properties.get(&problem.field));
            let key = match problem.problem {
                "required" if property.is_some_and(is_choice) => "error-choice",
                "required" => "error-required",
                "number" => "error-number",
                "choice" => "error-choice",
                "too_short" => "error-too-short",
                "too_long" => "error-too-long",
                "too_small" => "error-minimum",
                "too_large" => "error-maximum",
                "pattern" => "error-pattern",
                "format" => match problem.args.get("format").map(String::as_str) {
                    Some("date") => "error-date",
                    Some("email") => "error-email",
                    Some("mobile") => "error-mobile",
                    Some("citizen-number") => "error-citizen-number",
                    Some("uscc") => "error-uscc",
                    _ => "error-pattern",
                },
                _ => "error-other",
            };
            let mut error = FieldError::new(problem.field, key);
            for (name, value) in problem.args {
                error = error.with(name, value);
            }
            error
        })
        .collect()
}

fn is_choice(property: &Value) -> bool {
    property.get("enum").is_some() || property.get("oneOf").is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn identifiers_are_masked_and_nothing_else() {
        assert_eq!(
            masked(&json!({"format": "citizen-number"}), "11010519491231002X").as_deref(),
            Some("1101**********002X")
        );
        assert_eq!(
            masked(&json!({"x-source": {"account": "number"}}), "11010519491231002X").as_deref(),
            Some("1101**********002X")
        );
        assert_eq!(
            masked(&json!({"format": "mobile"}), "10012345678").as_deref(),
            Some("100****5678")
        );
        assert_eq!(masked(&json!({"type": "string"}), "11010519491231002X"), None);
    }

    #[test]
    fn what_the_account_says_is_no_input() {
        let number = json!({"x-source": {"account": "number"}});
        assert_eq!(
            only_shown(&number, OriginKind::Account, "91519901MA990001XJ").as_deref(),
            Some("91519901MA990001XJ")
        );
        assert_eq!(
            only_shown(&number, OriginKind::Account, "11010519491231002X").as_deref(),
            Some("1101**********002X")
        );
        assert_eq!(only_shown(&json!({}), OriginKind::Resource, "人民路 1 号"), None);
        assert_eq!(only_shown(&number, OriginKind::You, "11010519491231002X"), None);
    }

    #[test]
    fn findings_of_the_case_room_become_sentences_beside_the_fields() {
        let schema = json!({"type": "object", "required": ["kind", "area"], "properties": {"kind": {"type": "string", "enum": ["a"]}, "area": {"type": "number", "minimum": 1}}});
        let errors = |values: serde_json::Value| {
            field_errors(
                &schema,
                tongban_catalogue::problems(&schema, values.as_object().unwrap_or(&serde_json::Map::new())),
            )
        };
        assert_eq!(
            errors(json!({})),
            [
                FieldError::new("kind", "error-choice"),
                FieldError::new("area", "error-required")
            ]
        );
        assert_eq!(
            errors(json!({"kind": "a", "area": "八十"})),
            [FieldError::new("area", "error-number")]
        );
        assert_eq!(errors(json!({"kind": "a", "area": 0}))[0].key, "error-minimum");
    }

    #[test]
    fn a_choice_is_told_by_its_label() {
        let property = json!({"oneOf": [{"const": "meal", "title": "餐饮店"}]});
        assert_eq!(label_of(&property, &property, &json!("meal")), "餐饮店");
        assert_eq!(label_of(&property, &property, &json!(80)), "80");
    }
}
