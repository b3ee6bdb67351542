//! Schema and values to fields: order, widgets, languages, limits.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tongban_web::{
    Locale, Sentence,
    forms::{self, Autosaved, FieldError, FieldView, Filled, Widget},
};

fn one(property: Value, value: Value, locale: Locale) -> FieldView {
    let schema = json!({"type": "object", "properties": {"x": property}});
    let values = json!({"x": value});
    forms::fields(
        &schema,
        Filled {
            values: &values,
            origins: &BTreeMap::new(),
            errors: &[],
        },
        locale,
    )
    .remove(0)
}

#[test]
fn the_widget_follows_the_type_unless_the_form_says_otherwise() {
    for (property, widget) in [
        (json!({"type": "string"}), Widget::Text),
        (json!({"type": "string", "maxLength": 500}), Widget::Textarea),
        (json!({"type": "string", "format": "date"}), Widget::Date),
        (json!({"type": "integer"}), Widget::Number),
        (json!({"type": "number"}), Widget::Number),
        (json!({"type": "boolean"}), Widget::Checkbox),
        (
            json!({"type": "boolean", "x-ui": {"widget": "radio"}}),
            Widget::Radio,
        ),
        (json!({"type": "string", "enum": ["a", "b"]}), Widget::Radio),
        (
            json!({"type": "string", "enum": ["a", "b", "c", "d", "e", "f"]}),
            Widget::Select,
        ),
        (
            json!({"type": "array", "items": {"enum": ["a", "b"]}}),
            Widget::Checkboxes,
        ),
        (
            json!({"type": "string", "x-ui": {"widget": "file"}}),
            Widget::File,
        ),
        (
            json!({"type": "string", "x-ui": {"widget": "sparkles"}}),
            Widget::Text,
        ),
    ] {
        assert_eq!(
            one(property.clone(), Value::Null, Locale::Chinese).widget,
            widget,
            "{property}"
        );
    }
}

#[test]
fn what_does_not_parse_is_shown_as_it_was_typed() {
    assert_eq!(
        one(json!({"type": "number"}), json!("八十"), Locale::Chinese).value,
        "八十"
    );
    assert_eq!(
        one(json!({"type": "number"}), json!(80.5), Locale::Chinese).value,
        "80.5"
    );
    let date = |value| {
        one(
            json!({"type": "string", "format": "date"}),
            value,
            Locale::Chinese,
        )
        .input_type
    };
    assert_eq!(
        (
            date(json!("2026-12-01")),
            date(Value::Null),
            date(json!("下周一"))
        ),
        ("date", "date", "text")
    );
}

#[test]
fn fields_stand_in_their_order_and_speak_the_language_of_the_page() {
    let schema = json!({"required": ["b"], "properties": {
        "late": {"type": "string", "title": "没有顺序"},
        "b": {"type": "string", "title": "第二", "x-ui": {"order": 2, "en": {"title": "second", "hint": "a hint"}, "hint": "提示"}},
        "a": {"type": "string", "title": "第一", "enum": ["y"], "x-ui": {"order": 1, "labels": {"y": "是的"}, "en": {"labels": {"y": "yes"}}}},
    }});
    let filled = Filled {
        values: &json!({"a": "y"}),
        origins: &BTreeMap::new(),
        errors: &[FieldError::new("b", "error-minimum").with("limit", 3)],
    };
    let chinese = forms::fields(&schema, filled, Locale::Chinese);
    assert_eq!(
        chinese
            .iter()
            .map(|field| field.label.as_str())
            .collect::<Vec<_>>(),
        ["第一", "第二", "没有顺序"]
    );
    assert_eq!(chinese[0].options[0].label, Sentence::plain("是的"));
    assert!(chinese[0].options[0].chosen && chinese[1].required && !chinese[0].required);
    assert_eq!(
        chinese[1].error,
        Some(Sentence::key("error-minimum").with("limit", 3))
    );
    let english = forms::fields(&schema, filled, Locale::English);
    assert_eq!(
        english
            .iter()
            .map(|field| field.label.as_str())
            .collect::<Vec<_>>(),
        ["第一", "second", "没有顺序"]
    );
    assert_eq!(
        (english[1].hint.as_deref(), &english[0].options[0].label),
        (Some("a hint"), &Sentence::plain("yes"))
    );
}

#[test]
fn limits_become_attributes_that_html_understands() {
    let field = one(
        json!({"type": "string", "minLength": 2, "maxLength": 20, "pattern": "[0-9]{6}$"}),
        Value::Null,
        Locale::Chinese,
    );
    assert_eq!(
        (field.min_length, field.max_length, field.pattern.as_deref()),
        (Some(2), Some(20), Some(".*[0-9]{6}$"))
    );
    let field = one(
        json!({"type": "integer", "minimum": 1, "maximum": 9}),
        Value::Null,
        Locale::Chinese,
    );
    assert_eq!(
        (
            field.minimum.as_deref(),
            field.maximum.as_deref(),
            field.check.as_deref(),
            field.input_mode
        ),
        (Some("1"), Some("9"), Some("integer"), Some("numeric"))
    );
}

#[test]
fn the_summary_follows_the_form_and_keeps_what_belongs_to_no_field() {
    let schema = json!({"properties": {"first": {"title": "一", "enum": ["a"]}, "second": {"title": "二"}}});
    let errors = [
        FieldError::new("elsewhere", "error-other"),
        FieldError::new("second", "error-required"),
        FieldError::new("first", "error-choice"),
    ];
    let fields = forms::fields(
        &schema,
        Filled {
            values: &Value::Null,
            origins: &BTreeMap::new(),
            errors: &errors,
        },
        Locale::Chinese,
    );
    let links: Vec<_> = forms::summary(&fields, &errors)
        .into_iter()
        .map(|link| (link.id, link.label))
        .collect();
    assert_eq!(
        links,
        [
            (Some("f-first-1".to_owned()), Some("一".to_owned())),
            (Some("f-second".to_owned()), Some("二".to_owned())),
            (None, None)
        ]
    );
}

#[test]
fn a_saved_draft_tells_the_time_of_beijing() {
    let answer = Autosaved::at("2026-11-25T16:04:59Z".parse().unwrap(), Some(3));
    assert_eq!(
        serde_json::to_value(answer).unwrap(),
        json!({"saved_at": "00:04", "version": 3})
    );
}

#[test]
fn the_words_of_the_rooms_have_sentences() {
    let none: [(String, String); 0] = [];
    for (problem, key) in [
        ("required", "error-required"),
        ("number", "error-number"),
        ("choice", "error-choice"),
        ("too_long", "error-too-long"),
        ("too_small", "error-minimum"),
        ("too_large", "error-maximum"),
        ("pattern", "error-pattern"),
        ("format", "error-pattern"),
        ("anything", "error-other"),
    ] {
        assert_eq!(FieldError::of_room("x", problem, none.clone()).key, key);
        assert!(forms::KEYS.iter().any(|(known, _)| *known == key));
    }
    let error = FieldError::of_room("x", "format", [("format".to_owned(), "date".to_owned())]);
    assert_eq!(
        (error.key.as_str(), error.args["format"].as_str()),
        ("error-date", Some("date"))
    );
}
