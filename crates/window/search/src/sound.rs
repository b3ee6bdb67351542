//! How words sound: pinyin with the readings that a character table gets wrong, and keys under which confusable sounds fall together.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use pinyin::{Pinyin, ToPinyinMulti};

/// A word is kept under at most so many readings; 重 行 长 multiply quickly.
const MOST_READINGS: usize = 6;

/// All syllables of written Chinese, without tones, `ü` as `v`.
static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut all: HashSet<String> = ('\u{4e00}'..='\u{9fa5}').flat_map(character_syllables).collect();
    // what a keyboard allows for nü and lü
    all.extend(["nu", "lu", "lue", "nue"].map(str::to_owned));
    all
});

/// Readings of a character, the usual one first, without tones, each once.
fn character_syllables(character: char) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for reading in character.to_pinyin_multi().into_iter().flatten() {
        let plain = Pinyin::plain(reading).replace('ü', "v");
        if plain.chars().all(|letter| letter.is_ascii_lowercase())
            && plain.len() > usize::from(!matches!(plain.as_str(), "a" | "e" | "o"))
            && !found.contains(&plain)
        {
            found.push(plain);
        }
    }
    found
}

/// Whether the letters are one syllable.
pub(super) fn is_syllable(letters: &str) -> bool {
    SYLLABLES.contains(letters)
}

/// Whether the letters can be read as syllables to the end.
pub(super) fn is_syllables(letters: &str) -> bool {
    let mut reachable = vec![false; letters.len() + 1];
    reachable[0] = true;
    for end in 1..=letters.len() {
        reachable[end] =
            (end.saturating_sub(6)..end).any(|start| reachable[start] && is_syllable(&letters[start..end]));
    }
    reachable[letters.len()]
}

/// The readings of a text, most likely first. Characters without pinyin (letters, digits) stand for themselves.
///
/// `table` gives the reading of whole words (会计 → kuai ji) and wins over the character table, longest word first.
pub(super) fn readings(text: &str, table: &HashMap<String, Vec<String>>) -> Vec<Vec<String>> {
    let characters: Vec<char> = text.chars().collect();
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    let mut at = 0;
    while at < characters.len() {
        let from_table = (2..=4.min(characters.len() - at)).rev().find_map(|length| {
            let word: String = characters[at..at + length].iter().collect();
            table.get(&word)
        });
        if let Some(syllables) = from_table {
            all.iter_mut()
                .for_each(|reading| reading.extend(syllables.iter().cloned()));
            at += syllables.len();
            continue;
        }
        let mut choices = character_syllables(characters[at]);
        if choices.is_empty() {
            choices.push(characters[at].to_string());
        }
        let mut grown = Vec::new();
        // the usual reading of this character for all earlier readings first, so that cutting the list short keeps the likely ones
        for choice in choices {
            for reading in &all {
                if grown.len() < MOST_READINGS {
                    let mut longer = reading.clone();
                    longer.push(choice.clone());
                    grown.push(longer);
                }
            }
        }
        all = grown;
        at += 1;
    }
    all
}

/// A key under which syllables that many speakers do not tell apart are equal: zh/z, ch/c, sh/s, n/l, -ng/-n.
pub(super) fn blurred(syllables: &[String]) -> String {
    let keys: Vec<String> = syllables
        .iter()
        .map(|syllable| {
            let key = blurred_letters(syllable);
            match key.strip_prefix('n') {
                Some(rest) if !rest.is_empty() => format!("l{rest}"),
                _ => key,
            }
        })
        .collect();
    keys.join("'")
}

/// The part of [`blurred`] that works on letters not yet cut into syllables.
pub(super) fn blurred_letters(letters: &str) -> String {
    let mut key = letters
        .replace("zh", "z")
        .replace("ch", "c")
        .replace("sh", "s")
        .replace('v', "u");
    for (long, short) in [("ang", "an"), ("eng", "en"), ("ing", "in")] {
        key = key.replace(long, short);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> HashMap<String, Vec<String>> {
        HashMap::from([
            ("会计".to_owned(), vec!["kuai".to_owned(), "ji".to_owned()]),
            ("银行".to_owned(), vec!["yin".to_owned(), "hang".to_owned()]),
        ])
    }

    #[test]
    fn the_table_wins_over_the_character() {
        assert_eq!(readings("会计证", &table())[0].concat(), "kuaijizheng");
        assert_eq!(
            readings("银行", &table()),
            [vec!["yin".to_owned(), "hang".to_owned()]]
        );
    }

    #[test]
    fn without_the_table_all_readings_are_kept() {
        let all: Vec<String> = readings("重庆", &HashMap::new())
            .iter()
            .map(|reading| reading.concat())
            .collect();
        assert!(all.contains(&"chongqing".to_owned()), "{all:?}");
    }

    #[test]
    fn letters_are_read_as_syllables_or_not() {
        assert!(is_syllables("juzhuzheng"));
        assert!(is_syllables("lvshi"));
        assert!(!is_syllables("jzz"));
        assert!(!is_syllables("ktv"));
    }

    #[test]
    fn confusable_sounds_fall_together() {
        let syllables = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        assert_eq!(
            blurred(&syllables("sheng fen zheng")),
            blurred(&syllables("sen fen zen"))
        );
        assert_eq!(blurred(&syllables("lao nian")), blurred(&syllables("lao lian")));
        assert_eq!(blurred_letters("shenfenzheng"), blurred_letters("senfenzhen"));
    }
}
