//! What the rules of publication and the imports found, in words.

use serde::Serialize;
use tongban_catalogue::Finding;
use tongban_web::{Locale, Sentence, pages::Texts};

/// A finding in words: the text of its code, or the English sentence that it carries.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FindingView {
    pub code: String,
    pub field: String,
    pub sentence: Sentence,
}

impl FindingView {
    pub(crate) fn of(finding: &Finding, texts: &Texts) -> Self {
        Self {
            sentence: finding_words(&finding.code, texts).map_or_else(
                || Sentence::plain(finding.message.clone()),
                |key| {
                    finding
                        .args
                        .iter()
                        .fold(Sentence::key(key), |told, (name, value)| {
                            told.with(name, value.clone())
                        })
                },
            ),
            code: finding.code.clone(),
            field: finding.field.clone(),
        }
    }
}

/// What a finding is called without the item it was found in.
pub(crate) fn code_words(code: &str, texts: &Texts) -> Sentence {
    let title = format!("finding-{}-title", code.replace('.', "-"));
    if texts.has(Locale::Chinese, &title) {
        return Sentence::key(title);
    }
    finding_words(code, texts).map_or_else(|| Sentence::plain(code), Sentence::key)
}

/// The text key of a finding's code, where there is such a text: `lint.phone_area` is told by `finding-lint-phone_area`.
pub(crate) fn finding_words(code: &str, texts: &Texts) -> Option<String> {
    let key = format!("finding-{}", code.replace('.', "-"));
    texts.has(Locale::Chinese, &key).then_some(key)
}
