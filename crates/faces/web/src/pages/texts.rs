//! Texts in Fluent: Chinese first, English second, a locality's own sentences on top.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use fluent::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use minijinja::value::Value;
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

use super::{PagesError, source};
use crate::sentence::Sentence;

/// The languages of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// Chinese as written on the mainland: the first language, and the one that is always complete.
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Locale {
    /// Both, the first one first.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The tag for `lang="…"`, cookies and folder names.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Reads a tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.tag() == tag)
    }
}

/// The sentences of one language.
struct Language {
    bundle: FluentBundle<FluentResource>,
    /// The bundle does not list its messages.
    keys: BTreeSet<String>,
    /// Sentences without arguments, ready to print: most of a page.
    fixed: HashMap<String, Value>,
}

/// All sentences of all files.
pub struct Texts {
    chinese: Language,
    english: Language,
}

impl Texts {
    /// Reads `locales/*/*.ftl`, then the same folders of the overlay; a key of the overlay replaces the built-in one.
    pub fn load(overlay: Option<&Path>) -> Result<Self, PagesError> {
        let (built_in, own) = source::locales(overlay)?;
        let language = |locale: Locale| Language::load(locale, &built_in, &own);
        Ok(Self {
            chinese: language(Locale::Chinese)?,
            english: language(Locale::English)?,
        })
    }

    /// Whether this language itself has the key.
    pub fn has(&self, locale: Locale, key: &str) -> bool {
        self.language(locale).bundle.has_message(key)
    }

    /// The keys that this language has.
    pub fn keys(&self, locale: Locale) -> BTreeSet<String> {
        self.language(locale).keys.clone()
    }

    /// A sentence as text. A key that no language has is printed itself, and logged.
    pub fn say(&self, locale: Locale, sentence: &Sentence) -> String {
        match sentence {
            Sentence::Plain(words) => words.clone(),
            Sentence::Key { key, args } => {
                let mut arguments = FluentArgs::new();
                for (name, value) in args {
                    arguments.set(name.clone(), json_argument(value));
                }
                self.format(locale, key, &arguments)
            }
        }
    }

    /// What `t()` prints.
    pub(super) fn template_text(&self, locale: Locale, key: &str, arguments: &[(String, Value)]) -> Value {
        if let Some(text) = self.language(locale).fixed.get(key) {
            return text.clone();
        }
        let mut prepared = FluentArgs::new();
        for (name, value) in arguments {
            prepared.set(name.clone(), template_argument(value));
        }
        Value::from(self.format(locale, key, &prepared))
    }

    fn format(&self, locale: Locale, key: &str, arguments: &FluentArgs<'_>) -> String {
        let languages = [self.language(locale), &self.chinese];
        for language in languages {
            if let Some(pattern) = language
                .bundle
                .get_message(key)
                .and_then(|message| message.value())
            {
                let mut errors = Vec::new();
                let text = language
                    .bundle
                    .format_pattern(pattern, Some(arguments), &mut errors)
                    .into_owned();
                if !errors.is_empty() {
                    tracing::warn!(
                        text.key = key,
                        text.locale = locale.tag(),
                        "a text was printed with a missing argument"
                    );
                }
                return text;
            }
        }
        tracing::warn!(
            text.key = key,
            text.locale = locale.tag(),
            "there is no text for a key"
        );
        key.to_owned()
    }

    fn language(&self, locale: Locale) -> &Language {
        match locale {
            Locale::Chinese => &self.chinese,
            Locale::English => &self.english,
        }
    }
}

impl Language {
    fn load(
        locale: Locale,
        built_in: &[(String, String)],
        own: &[(String, String)],
    ) -> Result<Self, PagesError> {
        let failed = |file: &str, detail: String| PagesError::Texts {
            file: file.to_owned(),
            detail,
        };
        let tag: LanguageIdentifier = locale
            .tag()
            .parse()
            .map_err(|error| failed(locale.tag(), format!("{error}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // the marks that Fluent puts around arguments are invisible, but people copy them along with a case number
        bundle.set_use_isolating(false);
        let prefix = format!("{}/", locale.tag());
        let mut keys = BTreeSet::new();
        for (files, replaces) in [(built_in, false), (own, true)] {
            for (file, text) in files
                .iter()
                .filter(|(file, _)| file.starts_with(&prefix) && file.ends_with(".ftl"))
            {
                let resource = FluentResource::try_new(text.clone())
                    .map_err(|(_, errors)| failed(file, format!("{errors:?}")))?;
                keys.extend(text.lines().filter_map(message_name).map(str::to_owned));
                if replaces {
                    bundle.add_resource_overriding(resource);
                } else {
                    bundle
                        .add_resource(resource)
                        .map_err(|errors| failed(file, format!("{errors:?}")))?;
                }
            }
        }
        let fixed = keys
            .iter()
            .filter_map(|key| fixed_text(&bundle, key).map(|text| (key.clone(), Value::from(text))))
            .collect();
        Ok(Self { bundle, keys, fixed })
    }
}

/// The name of the message that starts on this line of a Fluent file: messages start in the first column, everything else is indented or marked.
fn message_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let named = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'));
    named.then_some(name)
}

/// The text of a message that uses no argument.
fn fixed_text(bundle: &FluentBundle<FluentResource>, key: &str) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

fn json_argument(value: &serde_json::Value) -> FluentValue<'static> {
    match value {
        serde_json::Value::Number(number) => number
            .as_f64()
            .map_or_else(|| FluentValue::from(number.to_string()), FluentValue::from),
        serde_json::Value::String(text) => FluentValue::from(text.clone()),
        other => FluentValue::from(other.to_string()),
    }
}

fn template_argument(value: &Value) -> FluentValue<'static> {
    match f64::try_from(value.clone()) {
        Ok(number) if value.is_number() => FluentValue::from(number),
        _ => FluentValue::from(value.to_string()),
    }
}
