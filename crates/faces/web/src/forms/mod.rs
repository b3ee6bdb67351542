//! Forms are JSON Schema with a hint object `x-ui`; this module turns them into fields on a page and posted text back into
//! values. Judging the values (the `jsonschema` crate, the rules of a matter) happens in the rooms; their findings come back
//! as [`FieldError`] and are told beside the field.
//!
//! The schema is one object without nesting. For each property:
//!
//! - `type`: `string`, `number`, `integer`, `boolean`, or `array` of strings with a choice in `items`
//! - `title`, `description` (the hint below the label)
//! - `enum`, or `oneOf: [{"const", "title"}]`
//! - `format`: `date`, `email`, `mobile`, `citizen-number`, `uscc`
//! - `minLength`, `maxLength`, `pattern`, `minimum`, `maximum`
//! - `x-ui`: `widget` (see [`Widget`]), `order` (a number, smallest first), `hint`, `placeholder`, `unit`, `rows`,
//!   `autocomplete`, `accept`, `labels` (value to label), `source` (read by the case room, ignored here),
//!   `en` (`title`, `hint`, `placeholder`, `unit`, `labels` in English)

mod parse;
mod stale;
mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use parse::parse;
pub use stale::{Elsewhere, elsewhere, typed_over};
pub use view::{FieldView, OptionView, Widget, fields};

use crate::sentence::{Arguments, Sentence};

/// Something to put right in one field. The key names a text of `errors.ftl`; [`KEYS`] lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The name of the field.
    pub field: String,
    /// The text, such as `error-number`.
    pub key: String,
    /// Its arguments, such as `limit`.
    #[serde(default)]
    pub args: Arguments,
}

/// The texts for field errors and their arguments.
pub const KEYS: &[(&str, &[&str])] = &[
    ("error-required", &[]),
    ("error-choice", &[]),
    ("error-number", &[]),
    ("error-integer", &[]),
    ("error-minimum", &["limit"]),
    ("error-maximum", &["limit"]),
    ("error-too-short", &["limit"]),
    ("error-too-long", &["limit"]),
    ("error-pattern", &[]),
    ("error-date", &[]),
    ("error-email", &[]),
    ("error-mobile", &[]),
    ("error-citizen-number", &[]),
    ("error-uscc", &[]),
    ("error-file-required", &[]),
    ("error-file-kind", &["name"]),
    ("error-file-size", &["name", "limit"]),
    ("error-file-count", &["limit"]),
    ("error-file-empty", &["name"]),
    ("error-other", &[]),
];

impl FieldError {
    /// An error of a field.
    pub fn new(field: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            key: key.into(),
            args: Arguments::new(),
        }
    }

    /// The same error with one more argument.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.args.insert(name.into(), value.into());
        self
    }

    /// The error of a room, which names what is wrong in one word: `required`, `number`, `choice`, `format`, `pattern`,
    /// `too_short`, `too_long`, `too_small`, `too_large`. Any other word is told in general.
    pub fn of_room<V: Into<Value>>(
        field: impl Into<String>,
        problem: &str,
        args: impl IntoIterator<Item = (String, V)>,
    ) -> Self {
        let args: Arguments = args
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        let format = args.get("format").and_then(Value::as_str).unwrap_or_default();
        let key = match (problem, format) {
            ("format", "date" | "email" | "mobile" | "citizen-number" | "uscc") => format!("error-{format}"),
            ("format" | "pattern", _) => "error-pattern".to_owned(),
            ("required" | "number" | "integer" | "choice", _) => format!("error-{problem}"),
            ("too_short" | "too_long", _) => format!("error-{}", problem.replace('_', "-")),
            ("too_small", _) => "error-minimum".to_owned(),
            ("too_large", _) => "error-maximum".to_owned(),
            _ => "error-other".to_owned(),
        };
        Self {
            field: field.into(),
            key,
            args,
        }
    }

    /// What to tell.
    pub fn sentence(&self) -> Sentence {
        Sentence::Key {
            key: self.key.clone(),
            args: self.args.clone(),
        }
    }
}

/// Where the value of a field came from, told as a tag below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// How the tag is coloured.
    pub tone: OriginTone,
    /// What it says: 来自营业执照（电子证照）.
    pub sentence: Sentence,
    /// The value as it may be shown. When it is set the field is not an input at all: a masked value is never a form value.
    pub shown: Option<String>,
    /// Where to say that the value is wrong.
    pub wrong_href: Option<String>,
}

/// The colours of an origin tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OriginTone {
    /// A register or a licence supplied it.
    Shared,
    /// The person wrote it.
    You,
    /// The source does not answer now; the person fills it in, and it is checked later.
    Wait,
}

/// What stands in a form when it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Filled<'a> {
    /// The values, an object by field name. A number that does not parse is still the text that was typed.
    pub values: &'a Value,
    /// Where values came from, by field name.
    pub origins: &'a BTreeMap<String, Origin>,
    /// What is to be put right.
    pub errors: &'a [FieldError],
}

/// One line of the summary above a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorLink {
    /// The id of the input, or nothing when the error belongs to no field of this page.
    pub id: Option<String>,
    /// The label of the field.
    pub label: Option<String>,
    /// What is wrong.
    pub sentence: Sentence,
}

/// The summary of a form: its fields in order, then errors that belong to none of them.
pub fn summary(fields: &[FieldView], errors: &[FieldError]) -> Vec<ErrorLink> {
    let known = fields.iter().flat_map(|field| {
        errors
            .iter()
            .filter(|error| error.field == field.name)
            .map(|error| ErrorLink {
                id: Some(field.focus_id()),
                label: Some(field.label.clone()),
                sentence: error.sentence(),
            })
    });
    let others = errors
        .iter()
        .filter(|error| fields.iter().all(|field| field.name != error.field))
        .map(|error| ErrorLink {
            id: None,
            label: None,
            sentence: error.sentence(),
        });
    known.chain(others).collect()
}

/// The answer to a form that saved itself (`data-autosave`): `{"saved_at": "10:34", "version": 3}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Autosaved {
    /// The time of day in Beijing.
    pub saved_at: String,
    /// The new version of the draft, for the hidden field `version` of the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

impl Autosaved {
    /// Saved at this instant.
    pub fn at(instant: chrono::DateTime<chrono::Utc>, version: Option<i32>) -> Self {
        Self {
            saved_at: crate::pages::beijing(instant).format("%H:%M").to_string(),
            version,
        }
    }
}

impl axum::response::IntoResponse for Autosaved {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self).into_response()
    }
}

/// One line under a search box (`data-suggest` answers a JSON list of them).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What it says.
    pub text: String,
    /// A second, smaller line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where choosing it leads; without it the text is searched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}
