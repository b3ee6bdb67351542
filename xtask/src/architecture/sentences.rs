//! Invariant 8: what a use case refuses, a page says in a sentence, in both languages.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{SourceFile, without_tests};

/// What precedes the code of a refusal in the sources of a room.
const REFUSALS: [&str; 3] = ["refused(", "refused_with(", "Refusal::new("];

/// Codes of refusals that the sources of a room name, each with the file that names it first.
pub fn codes(files: &[SourceFile]) -> BTreeMap<String, String> {
    let mut codes = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.starts_with("src/")) {
        let text = without_tests(&file.text);
        for start in REFUSALS {
            for (at, _) in text.match_indices(start) {
                let rest = text[at + start.len()..].trim_start();
                let literal = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
                if let Some(code) = literal.filter(|code| is_code(code)) {
                    codes.entry(code.to_owned()).or_insert_with(|| file.shown.clone());
                }
            }
        }
    }
    codes
}

/// `room.word_and_word`: one dot between two words of small letters.
fn is_code(text: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word
                .chars()
                .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_')
    };
    text.split_once('.')
        .is_some_and(|(room, rest)| word(room) && word(rest))
}

/// The keys that texts of a language have.
pub fn keys<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    texts
        .flat_map(str::lines)
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .filter(|key| key.starts_with("refused-"))
        .map(str::to_owned)
        .collect()
}

/// Codes without a sentence in a language.
pub fn check(codes: &BTreeMap<String, String>, language: &str, keys: &BTreeSet<String>) -> Vec<String> {
    codes
        .iter()
        .filter(|(code, _)| !keys.contains(&format!("refused-{}", code.replace('.', "-"))))
        .map(|(code, file)| format!("{file}: refuses {code}, and locales/{language} has no sentence for it"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(text: &str) -> [SourceFile; 1] {
        [SourceFile {
            shown: "room/src/a.rs".to_owned(),
            path: "src/a.rs".to_owned(),
            text: text.to_owned(),
        }]
    }

    #[test]
    fn codes_are_found_where_they_are_refused() {
        let found = codes(&room(
            "refused(\"case.reason_missing\")\nrefused_with(\n    \"case.special_days\", &[])\nrefused(\"no code\")\n\
             // population.basic is no refusal\n#[cfg(test)]\nmod tests {\n    refused(\"case.invented\")\n}\n",
        ));
        let found: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(found, ["case.reason_missing", "case.special_days"]);
    }

    #[test]
    fn a_code_without_a_sentence_is_named() {
        let found = codes(&room("refused(\"case.reason_missing\")"));
        let known = keys(["refused-case-other = x\n"].into_iter());
        assert_eq!(
            check(&found, "en", &known),
            ["room/src/a.rs: refuses case.reason_missing, and locales/en has no sentence for it"]
        );
        let known = keys(["refused-case-reason_missing = Why?\n"].into_iter());
        assert_eq!(check(&found, "en", &known), [] as [String; 0]);
    }
}
