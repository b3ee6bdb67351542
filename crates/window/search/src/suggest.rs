//! Suggestions while typing: names of matters and common words, by their beginning, their sound or their initials.

use std::collections::HashSet;

use super::sound;
use super::synonyms::Synonyms;
use super::text::{is_han, normalise, without_office_notes};
use super::vocabulary::Vocabulary;

/// Names and words with the keys under which their beginning is looked up, each list in order of its key.
#[derive(Debug, Default)]
pub(super) struct Suggestions {
    /// What is shown, with its rank: words before names, short before long.
    shown: Vec<String>,
    written: Vec<(String, u32)>,
    sounds: Vec<(String, u32)>,
    initials: Vec<(String, u32)>,
}

impl Suggestions {
    /// From all published names and from the everyday words that lead to one.
    pub fn build(names: &[String], vocabulary: &Vocabulary, synonyms: &Synonyms) -> Self {
        let leads_somewhere = |word: &String| {
            let officials = synonyms.official.get(word).map(Vec::as_slice).unwrap_or_default();
            let known = |part: &String| vocabulary.names_with(part) > 0;
            word.chars().count() >= 2
                && word.chars().all(is_han)
                && (known(word) || officials.iter().any(|official| official.parts.iter().all(known)))
        };
        let mut words: Vec<&String> = synonyms
            .official
            .keys()
            .filter(|word| leads_somewhere(word))
            .collect();
        words.sort_by_key(|word| (word.chars().count(), word.as_str()));
        let mut names: Vec<String> = names.iter().map(|name| without_office_notes(name)).collect();
        names.sort_by_cached_key(|name| (name.chars().count(), name.clone()));
        let mut built = Self::default();
        let mut seen = HashSet::new();
        for text in words.into_iter().cloned().chain(names) {
            if !seen.insert(text.clone()) {
                continue;
            }
            let Ok(rank) = u32::try_from(built.shown.len()) else {
                break;
            };
            let key = normalise(&text).replace(' ', "");
            for reading in sound::readings(&key, &synonyms.readings).into_iter().take(2) {
                built.initials.push((
                    reading
                        .iter()
                        .filter_map(|syllable| syllable.chars().next())
                        .collect(),
                    rank,
                ));
                built.sounds.push((reading.concat(), rank));
            }
            built.written.push((key, rank));
            built.shown.push(text);
        }
        for list in [&mut built.written, &mut built.sounds, &mut built.initials] {
            list.sort_unstable();
        }
        built
    }

    /// What may be meant by this beginning.
    pub fn complete(&self, prefix: &str, limit: usize) -> Vec<String> {
        let key = normalise(prefix).replace(' ', "");
        if key.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut ranks = begins(&self.written, &key);
        if key.chars().all(|character| character.is_ascii_alphabetic()) {
            // a beginning such as "she" is both a sound and initials: what sounds so comes first
            ranks.extend(begins(&self.sounds, &key));
            ranks.extend(begins(&self.initials, &key));
        } else if ranks.len() < limit {
            let mut inside: Vec<u32> = self
                .written
                .iter()
                .filter(|(text, _)| text.contains(&key))
                .map(|(_, rank)| *rank)
                .collect();
            inside.sort_unstable();
            ranks.extend(inside);
        }
        let mut seen = HashSet::new();
        ranks.retain(|rank| seen.insert(*rank));
        ranks
            .into_iter()
            .take(limit)
            .filter_map(|rank| self.shown.get(rank as usize).cloned())
            .collect()
    }
}

/// Ranks of the entries whose key begins so, best first.
fn begins(list: &[(String, u32)], key: &str) -> Vec<u32> {
    let from = list.partition_point(|(text, _)| text.as_str() < key);
    let mut ranks: Vec<u32> = list[from..]
        .iter()
        .take_while(|(text, _)| text.starts_with(key))
        .map(|(_, rank)| *rank)
        .collect();
    ranks.sort_unstable();
    ranks
}

#[cfg(test)]
mod tests {
    use super::super::text::CutName;
    use super::*;

    fn suggestions() -> Suggestions {
        let synonyms = Synonyms::parse("[同义词]\n社保卡 => 社会保障卡\n房产证 => 不动产登记").unwrap();
        let names = ["社会保障卡申领", "社会保障卡挂失", "居住证办理（县级）"].map(str::to_owned);
        let cut: Vec<CutName> = names.iter().map(|name| CutName::of(name)).collect();
        Suggestions::build(&names, &Vocabulary::build(cut.iter(), &synonyms), &synonyms)
    }

    #[test]
    fn completes_writing_sound_and_initials() {
        let suggestions = suggestions();
        assert_eq!(
            suggestions.complete("社", 10),
            ["社保卡", "社会保障卡挂失", "社会保障卡申领"]
        );
        assert_eq!(suggestions.complete("juzhu", 10), ["居住证办理"]);
        assert_eq!(suggestions.complete("jzz", 10), ["居住证办理"]);
        assert_eq!(suggestions.complete("挂失", 10), ["社会保障卡挂失"]);
        assert_eq!(suggestions.complete("she", 1), ["社保卡"]);
    }

    #[test]
    fn offers_no_word_that_leads_nowhere() {
        assert!(suggestions().complete("房产", 10).is_empty());
        assert!(suggestions().complete("", 10).is_empty());
        assert!(suggestions().complete("？", 10).is_empty());
    }
}
