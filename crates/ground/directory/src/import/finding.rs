//! One thing that an import has to say about a row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tongban_codes::CodeError;

/// A warning or a reason for refusal: a stable code, the field it is about, and an English sentence. Pages print their own sentence
/// for the code, with the arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: String,
    pub field: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Finding {
    pub fn new(code: &str, field: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            field: field.to_owned(),
            message: message.into(),
            args: BTreeMap::new(),
        }
    }

    /// An argument of the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// A field that must be there and is not.
    pub fn missing(code: &str, field: &str) -> Self {
        Self::new(code, field, format!("{field} is missing"))
    }

    /// What a code of the ground says about a field.
    pub fn of_code(field: &str, error: &CodeError) -> Self {
        let args = error
            .args()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self {
            code: error.code().to_owned(),
            field: field.to_owned(),
            message: error.to_string(),
            args,
        }
    }
}
