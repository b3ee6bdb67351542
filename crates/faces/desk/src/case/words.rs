//! Values, origins and findings of a case in words.

use serde::Serialize;
use serde_json::Value;
use tongban_cases::{Origin, OriginKind};
use tongban_catalogue::FieldProblem;
use tongban_codes::{CitizenNumber, Phone};
use tongban_web::{
    Sentence,
    forms::{FieldError, OriginTone},
};

/// The tag that says where something came from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tag {
    pub tone: OriginTone,
    pub sentence: Sentence,
}

impl Tag {
    pub(crate) fn of(origin: &Origin) -> Self {
        let from = |tone, key: &str| Self {
            tone,
            sentence: Sentence::key(key).with("source", origin.label.clone()),
        };
        match origin.kind {
            OriginKind::You => from(OriginTone::You, "desk-origin-applicant"),
            OriginKind::Account => from(OriginTone::Shared, "desk-origin-account"),
            OriginKind::Resource => from(OriginTone::Shared, "desk-origin-resource"),
            OriginKind::Licence => from(OriginTone::Shared, "desk-origin-licence"),
            OriginKind::Waiting => from(OriginTone::Wait, "desk-origin-waiting"),
        }
    }
}

/// A citizen number or a phone with its middle hidden, wherever it stands; everything else as it is.
pub(crate) fn masked(text: &str) -> Option<String> {
    let number = CitizenNumber::parse(text).ok().map(|number| number.masked());
    number.or_else(|| Phone::parse(text).ok().map(|phone| phone.masked()))
}

/// A value as text, identifiers masked; empty for none.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => masked(text).unwrap_or_else(|| text.clone()),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    }
}

/// The value of a form field as a person reads it: labels of choices, yes and no, the unit.
pub(crate) fn field_value(property: &Value, value: &Value) -> Sentence {
    match value {
        Value::Bool(true) => return Sentence::key("answer-yes"),
        Value::Bool(false) => return Sentence::key("answer-no"),
        _ => {}
    }
    let choices = property.get("items").unwrap_or(property);
    let text = match value {
        Value::Array(values) => values
            .iter()
            .map(|one| label(property, choices, one))
            .collect::<Vec<_>>()
            .join("、"),
        one => label(property, choices, one),
    };
    if text.is_empty() {
        return Sentence::key("desk-not-filled");
    }
    match property.pointer("/x-ui/unit").and_then(Value::as_str) {
        Some(unit) => Sentence::plain(format!("{text} {unit}")),
        None => Sentence::plain(text),
    }
}

fn label(property: &Value, choices: &Value, value: &Value) -> String {
    let plain = plain(value);
    let labelled = property
        .pointer("/x-ui/labels")
        .and_then(|labels| labels.get(&plain))
        .and_then(Value::as_str);
    let titled = || {
        let all = choices.get("oneOf")?.as_array()?;
        all.iter()
            .find(|one| one.get("const") == Some(value))?
            .get("title")?
            .as_str()
    };
    labelled.or_else(titled).map_or(plain, str::to_owned)
}

/// The findings of the case room as the sentences of the forms.
pub(crate) fn field_errors(problems: Vec<FieldProblem>) -> Vec<FieldError> {
    problems
        .into_iter()
        .map(|problem| FieldError::of_room(problem.field, problem.problem, problem.args))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn identifiers_are_masked_wherever_they_stand() {
        for (value, shown) in [
            (json!("11010519491231002X"), "1101**********002X"),
            (json!("10012345678"), "100****5678"),
            (json!("浓洄街道 18 号"), "浓洄街道 18 号"),
            (
                json!(["11010519491231002X", "王小明"]),
                "1101**********002X、王小明",
            ),
            (json!(80), "80"),
            (json!(null), ""),
        ] {
            assert_eq!(plain(&value), shown);
        }
    }

    #[test]
    fn a_choice_is_told_by_its_label_and_a_number_with_its_unit() {
        let property = json!({"oneOf": [{"const": "meal", "title": "餐饮店"}]});
        assert_eq!(field_value(&property, &json!("meal")), Sentence::plain("餐饮店"));
        assert_eq!(
            field_value(&json!({"x-ui": {"unit": "平方米"}}), &json!(80)),
            Sentence::plain("80 平方米")
        );
        assert_eq!(field_value(&json!({}), &json!(true)), Sentence::key("answer-yes"));
        assert_eq!(
            field_value(&json!({}), &json!("")),
            Sentence::key("desk-not-filled")
        );
    }
}
