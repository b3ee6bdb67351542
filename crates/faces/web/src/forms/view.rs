//! A schema and what was filled in, as fields for the template `parts/fields.html`.

use serde::Serialize;
use serde_json::Value;

use super::{Filled, Origin};
use crate::{pages::Locale, sentence::Sentence};

/// How a field is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Widget {
    /// One line.
    Text,
    /// Several lines.
    Textarea,
    /// A number, typed as text so that a wrong one can be shown again.
    Number,
    /// A day.
    Date,
    /// A list to choose one from.
    Select,
    /// The same, all choices visible.
    Radio,
    /// Yes or not.
    Checkbox,
    /// Several of a list.
    Checkboxes,
    /// A file.
    File,
    /// Not shown.
    Hidden,
}

impl Widget {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "text" => Self::Text,
            "textarea" => Self::Textarea,
            "number" => Self::Number,
            "date" => Self::Date,
            "select" => Self::Select,
            "radio" => Self::Radio,
            "checkbox" => Self::Checkbox,
            "checkboxes" => Self::Checkboxes,
            "file" => Self::File,
            "hidden" => Self::Hidden,
            _ => return None,
        })
    }
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionView {
    /// What is posted.
    pub value: String,
    /// What is read.
    pub label: Sentence,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One field of a page.
#[derive(Clone, Debug, Serialize)]
pub struct FieldView {
    /// What is posted.
    pub name: String,
    /// The id of the input; ids of hint, error and origin are made from it.
    pub id: String,
    /// What is asked.
    pub label: String,
    /// A sentence below the label.
    pub hint: Option<String>,
    /// How it is asked.
    pub widget: Widget,
    /// `type` of the input.
    pub input_type: &'static str,
    /// `inputmode` of the input: which keyboard a phone shows.
    pub input_mode: Option<&'static str>,
    /// What must be typed, for the check in the browser: `number`, `integer`, `mobile`, `citizen-number`, `uscc`.
    pub check: Option<String>,
    /// What was typed or brought in.
    pub value: String,
    /// The choices.
    pub options: Vec<OptionView>,
    /// Whether it must be filled.
    pub required: bool,
    /// An example in the empty input.
    pub placeholder: Option<String>,
    /// A unit behind the input.
    pub unit: Option<String>,
    /// `autocomplete` of the input.
    pub autocomplete: Option<String>,
    /// `accept` of a file input.
    pub accept: Option<String>,
    /// Lines of a textarea.
    pub rows: u64,
    /// Fewest characters.
    pub min_length: Option<u64>,
    /// Most characters.
    pub max_length: Option<u64>,
    /// A regular expression for the whole text.
    pub pattern: Option<String>,
    /// Smallest number, as text.
    pub minimum: Option<String>,
    /// Largest number, as text.
    pub maximum: Option<String>,
    /// Where the value came from.
    pub origin: Option<Origin>,
    /// What is to be put right.
    pub error: Option<Sentence>,
}

impl FieldView {
    /// A field of one line for a hand-made form.
    pub fn text(name: &str, label: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            id: field_id(name),
            label: label.into(),
            hint: None,
            widget: Widget::Text,
            input_type: "text",
            input_mode: None,
            check: None,
            value: String::new(),
            options: Vec::new(),
            required: false,
            placeholder: None,
            unit: None,
            autocomplete: None,
            accept: None,
            rows: 4,
            min_length: None,
            max_length: None,
            pattern: None,
            minimum: None,
            maximum: None,
            origin: None,
            error: None,
        }
    }

    /// The id that a link of the error summary leads to: the input, or the first choice.
    pub fn focus_id(&self) -> String {
        match self.widget {
            Widget::Radio | Widget::Checkboxes => format!("{}-1", self.id),
            _ => self.id.clone(),
        }
    }
}

/// The id of the input of a field.
fn field_id(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|character| {
            if character.is_alphanumeric() || character == '_' {
                character
            } else {
                '-'
            }
        })
        .collect();
    format!("f-{clean}")
}

/// The fields of a schema in their order, filled.
pub fn fields(schema: &Value, filled: Filled<'_>, locale: Locale) -> Vec<FieldView> {
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut ordered: Vec<(f64, FieldView)> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let order = hint(property, "order")
                .and_then(Value::as_f64)
                .unwrap_or(f64::MAX);
            (
                order,
                field(name, property, required.contains(&name.as_str()), filled, locale),
            )
        })
        .collect();
    // stable: fields without an order keep the order of the schema
    ordered.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    ordered.into_iter().map(|(_, field)| field).collect()
}

fn hint<'a>(property: &'a Value, name: &str) -> Option<&'a Value> {
    property.get("x-ui")?.get(name)
}

/// A text of the `x-ui` object, in English where the page is and the form has it.
fn hint_text(property: &Value, name: &str, locale: Locale) -> Option<String> {
    let english = (locale == Locale::English)
        .then(|| hint(property, "en")?.get(name))
        .flatten();
    english
        .or_else(|| hint(property, name))
        .and_then(Value::as_str)
        .map(str::to_owned)
}

fn field(name: &str, property: &Value, required: bool, filled: Filled<'_>, locale: Locale) -> FieldView {
    let text = |key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
    let kind = property.get("type").and_then(Value::as_str).unwrap_or("string");
    let format = text("format");
    let value = filled.values.get(name).unwrap_or(&Value::Null);
    let options = options(property, kind, value, locale);
    let widget = hint(property, "widget")
        .and_then(Value::as_str)
        .and_then(Widget::from_word)
        .unwrap_or_else(|| usual_widget(kind, format.as_deref(), property, options.len()));

    let mut view = FieldView::text(
        name,
        hint_text(property, "title", locale)
            .or_else(|| text("title"))
            .unwrap_or_else(|| name.to_owned()),
    );
    view.hint = hint_text(property, "hint", locale).or_else(|| text("description"));
    view.value = plain(value);
    view.input_type = input_type(widget, format.as_deref(), &view.value);
    view.input_mode = input_mode(kind, format.as_deref());
    view.check = match kind {
        "number" | "integer" => Some(kind.to_owned()),
        _ => format.filter(|format| matches!(format.as_str(), "mobile" | "citizen-number" | "uscc")),
    };
    view.options = if matches!(widget, Widget::Select | Widget::Radio | Widget::Checkboxes) {
        options
    } else {
        Vec::new()
    };
    view.widget = widget;
    view.required = required;
    view.placeholder = hint_text(property, "placeholder", locale);
    view.unit = hint_text(property, "unit", locale);
    view.autocomplete = hint_text(property, "autocomplete", locale);
    view.accept = hint_text(property, "accept", locale)
        .or_else(|| (widget == Widget::File).then(|| "image/jpeg,image/png,application/pdf".to_owned()));
    view.rows = hint(property, "rows").and_then(Value::as_u64).unwrap_or(4);
    view.min_length = property.get("minLength").and_then(Value::as_u64);
    view.max_length = property.get("maxLength").and_then(Value::as_u64);
    view.pattern = text("pattern").map(anchored);
    view.minimum = property.get("minimum").map(plain);
    view.maximum = property.get("maximum").map(plain);
    view.origin = filled.origins.get(name).cloned();
    view.error = filled
        .errors
        .iter()
        .find(|error| error.field == name)
        .map(super::FieldError::sentence);
    view
}

/// Five choices or fewer are all shown.
const MOST_RADIOS: usize = 5;

fn usual_widget(kind: &str, format: Option<&str>, property: &Value, choices: usize) -> Widget {
    let long = property
        .get("maxLength")
        .and_then(Value::as_u64)
        .is_some_and(|length| length > 100);
    match (kind, format) {
        ("array", _) => Widget::Checkboxes,
        ("boolean", _) => Widget::Checkbox,
        _ if choices > MOST_RADIOS => Widget::Select,
        _ if choices > 0 => Widget::Radio,
        ("number" | "integer", _) => Widget::Number,
        (_, Some("date")) => Widget::Date,
        _ if long => Widget::Textarea,
        _ => Widget::Text,
    }
}

fn input_type(widget: Widget, format: Option<&str>, value: &str) -> &'static str {
    match (widget, format) {
        // a date input drops what is not a date; the person must see what was typed
        (Widget::Date, _) if value.is_empty() || value.parse::<chrono::NaiveDate>().is_ok() => "date",
        (Widget::File, _) => "file",
        (_, Some("email")) => "email",
        (_, Some("mobile")) => "tel",
        _ => "text",
    }
}

fn input_mode(kind: &str, format: Option<&str>) -> Option<&'static str> {
    match (kind, format) {
        ("number", _) => Some("decimal"),
        ("integer", _) => Some("numeric"),
        _ => None,
    }
}

fn options(property: &Value, kind: &str, value: &Value, locale: Locale) -> Vec<OptionView> {
    let choices = if kind == "array" {
        property.get("items").unwrap_or(&Value::Null)
    } else {
        property
    };
    let label_of = |choice: &str| {
        let english = (locale == Locale::English)
            .then(|| hint(property, "en")?.get("labels")?.get(choice))
            .flatten();
        english
            .or_else(|| hint(property, "labels")?.get(choice))
            .and_then(Value::as_str)
            .map(Sentence::plain)
    };
    let chosen = |choice: &str| match value {
        Value::Array(values) => values.iter().any(|value| plain(value) == choice),
        Value::Null => false,
        single => plain(single) == choice,
    };
    let titled = choices
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let choice = plain(one.get("const")?);
            let label =
                label_of(&choice).or_else(|| one.get("title").and_then(Value::as_str).map(Sentence::plain));
            Some((choice, label))
        });
    let bare = choices
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(plain)
        .map(|choice| {
            let label = label_of(&choice);
            (choice, label)
        });
    let mut all: Vec<(String, Option<Sentence>)> = titled.chain(bare).collect();
    if all.is_empty() && kind == "boolean" {
        all = [("true", "answer-yes"), ("false", "answer-no")]
            .into_iter()
            .map(|(choice, key)| {
                (
                    choice.to_owned(),
                    Some(label_of(choice).unwrap_or_else(|| Sentence::key(key))),
                )
            })
            .collect();
    }
    all.into_iter()
        .map(|(choice, label)| OptionView {
            chosen: chosen(&choice),
            label: label.unwrap_or_else(|| Sentence::plain(choice.clone())),
            value: choice,
        })
        .collect()
}

/// A JSON value as the text of an input.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// JSON Schema searches anywhere in the text, HTML matches the whole.
fn anchored(pattern: String) -> String {
    let start = if pattern.starts_with('^') { "" } else { ".*" };
    let end = if pattern.ends_with('$') { "" } else { ".*" };
    format!("{start}{pattern}{end}")
}
