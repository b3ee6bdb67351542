//! A sentence for a person: either words as they are, or a key with arguments that a template translates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Arguments of a sentence: names to texts or numbers.
pub type Arguments = BTreeMap<String, Value>;

/// What a template prints with `say(sentence)`.
///
/// As JSON it is a bare string, or `{"key": …, "args": {…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sentence {
    /// A key of `locales/*/*.ftl`, with its arguments.
    Key {
        /// The Fluent key.
        key: String,
        /// Its arguments.
        #[serde(default)]
        args: Arguments,
    },
    /// Words that are data, such as the name of an organisation. Never translated.
    Plain(String),
}

impl Sentence {
    /// A sentence of the catalogue of texts.
    pub fn key(key: impl Into<String>) -> Self {
        Self::Key {
            key: key.into(),
            args: Arguments::new(),
        }
    }

    /// Words as they are.
    pub fn plain(words: impl Into<String>) -> Self {
        Self::Plain(words.into())
    }

    /// The same sentence with one more argument. Plain words take none and stay as they are.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Self::Key { args, .. } = &mut self {
            args.insert(name.into(), value.into());
        }
        self
    }
}
