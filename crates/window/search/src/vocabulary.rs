//! The words this catalogue and the synonym file know, and the ways to find one: as written, as it sounds, by its initials, nearly.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::sound;
use super::synonyms::Synonyms;
use super::text::{CutName, cut_all_ways, is_han, pairs};

/// Where a word is known from. The order is the order of preference when a sound fits several words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Carries no meaning for the search: 怎么办.
    Stop,
    /// In the synonym file.
    Listed,
    /// In a name of the catalogue.
    Named,
    /// Two or three neighbouring words of a name. Found by initials and as the long form of an abbreviation only.
    Joined,
}

#[derive(Debug, Clone)]
pub(super) struct Word {
    pub text: String,
    pub kind: Kind,
    /// In how many names it stands.
    pub names: u32,
}

/// Words joined from neighbours are kept up to so many characters.
const LONGEST_JOINED: usize = 8;

/// Built from the names of the catalogue after each change; read-only afterwards.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Number of names.
    pub names: usize,
    words: Vec<Word>,
    written: HashMap<String, u32>,
    /// By the usual reading.
    sounds: BTreeMap<String, Vec<u32>>,
    /// By the other readings of its characters.
    rare_sounds: HashMap<String, Vec<u32>>,
    blurred_sounds: HashMap<String, Vec<u32>>,
    blurred_letters: HashMap<String, Vec<u32>>,
    initials: HashMap<String, Vec<u32>>,
    /// Words of four characters and more with one character masked or left out.
    nearly: HashMap<String, Vec<u32>>,
    /// Words of names by their first character, for abbreviations.
    first: HashMap<char, Vec<u32>>,
    pairs: HashMap<String, u32>,
    longest: usize,
    longest_sound: usize,
}

impl Vocabulary {
    /// Reads the cut names of all documents.
    pub fn build<'a>(names: impl Iterator<Item = &'a CutName>, synonyms: &Synonyms) -> Self {
        let mut built = Self::default();
        let mut words: HashMap<String, u32> = HashMap::new();
        let mut joined: HashMap<String, u32> = HashMap::new();
        for name in names {
            built.names += 1;
            let mut in_name = HashSet::new();
            for (word, _) in &name.words {
                in_name.insert(word.clone());
                in_name.extend(cut_all_ways(word).into_iter().map(str::to_owned));
            }
            for word in in_name {
                *words.entry(word).or_default() += 1;
            }
            for pair in pairs(&name.full()).into_iter().collect::<HashSet<_>>() {
                *built.pairs.entry(pair).or_default() += 1;
            }
            for length in [2, 3] {
                for row in name
                    .words
                    .windows(length)
                    .filter(|row| row.iter().all(|(_, bracket)| !bracket))
                {
                    *joined
                        .entry(row.iter().map(|(word, _)| word.as_str()).collect())
                        .or_default() += 1;
                }
            }
        }
        for word in &synonyms.stop {
            built.add(word, Kind::Stop, 0, synonyms);
        }
        let actions = synonyms
            .actions
            .iter()
            .flat_map(|(_, action)| action.official.iter().chain(&action.everyday));
        let listed: HashSet<&String> = synonyms
            .official
            .keys()
            .chain(&synonyms.whole)
            .chain(&synonyms.weak)
            .chain(actions)
            .collect();
        let mut listed: Vec<&String> = listed.into_iter().collect();
        listed.sort_unstable();
        for word in listed {
            let count = built.names_with(word);
            built.add(word, Kind::Listed, count, synonyms);
        }
        let mut named: Vec<(String, u32)> = words
            .into_iter()
            .filter(|(word, _)| word.chars().count() >= 2)
            .collect();
        named.sort_unstable();
        for (word, count) in named {
            built.add(&word, Kind::Named, count, synonyms);
        }
        let mut joined: Vec<(String, u32)> = joined
            .into_iter()
            .filter(|(word, _)| word.chars().count() <= LONGEST_JOINED)
            .collect();
        joined.sort_unstable();
        for (word, count) in joined {
            built.add(&word, Kind::Joined, count, synonyms);
        }
        built.order_lists();
        built
    }

    fn add(&mut self, text: &str, kind: Kind, names: u32, synonyms: &Synonyms) {
        if text.is_empty() || self.written.contains_key(text) {
            return;
        }
        let Ok(id) = u32::try_from(self.words.len()) else {
            return;
        };
        self.words.push(Word {
            text: text.to_owned(),
            kind,
            names,
        });
        let length = text.chars().count();
        if kind != Kind::Joined {
            self.written.insert(text.to_owned(), id);
            self.longest = self.longest.max(length);
        }
        if !text.chars().all(is_han) {
            return;
        }
        if matches!(kind, Kind::Named | Kind::Joined)
            && length >= 4
            && let Some(first) = text.chars().next()
        {
            self.first.entry(first).or_default().push(id);
        }
        for (index, reading) in sound::readings(text, &synonyms.readings).into_iter().enumerate() {
            if kind != Kind::Joined {
                let letters = reading.concat();
                self.longest_sound = self.longest_sound.max(letters.len());
                if index == 0 {
                    push(&mut self.blurred_sounds, sound::blurred(&reading), id);
                    push(&mut self.blurred_letters, sound::blurred_letters(&letters), id);
                    self.sounds.entry(letters).or_default().push(id);
                } else {
                    push(&mut self.rare_sounds, letters, id);
                }
            }
            if index == 0 && length >= 2 && kind != Kind::Stop {
                let initials: String = reading
                    .iter()
                    .filter_map(|syllable| syllable.chars().next())
                    .collect();
                push(&mut self.initials, initials, id);
            }
        }
        let everyday_act = || {
            synonyms
                .actions
                .iter()
                .any(|(_, action)| action.everyday.iter().any(|own| own == text))
        };
        if (4..=10).contains(&length) && matches!(kind, Kind::Listed | Kind::Named) && !everyday_act() {
            for key in nearly_keys(text) {
                push(&mut self.nearly, key, id);
            }
        }
    }

    fn order_lists(&mut self) {
        let words = &self.words;
        let lists = self
            .sounds
            .values_mut()
            .chain(self.rare_sounds.values_mut())
            .chain(self.blurred_sounds.values_mut())
            .chain(self.blurred_letters.values_mut());
        for list in lists
            .chain(self.initials.values_mut())
            .chain(self.nearly.values_mut())
        {
            list.sort_by_key(|&id| {
                let word = &words[id as usize];
                (word.kind, std::cmp::Reverse(word.names), id)
            });
            list.dedup();
        }
    }

    /// In how many names the text may stand: exact for words of the catalogue and for two characters, else the rarest pair.
    pub fn names_with(&self, text: &str) -> u32 {
        if let Some(&id) = self.written.get(text)
            && self.words[id as usize].kind == Kind::Named
        {
            return self.words[id as usize].names;
        }
        pairs(text)
            .iter()
            .map(|pair| self.pairs.get(pair).copied().unwrap_or(0))
            .min()
            .unwrap_or(0)
    }

    /// How much a word says that stands in so many names: 1 for a rare one, towards 0 for one that stands in all.
    pub fn rarity(&self, names: u32) -> f32 {
        let all = (self.names + 1) as f32;
        if self.names < 2 {
            1.0
        } else {
            ((all / (names as f32 + 1.0)).ln() / all.ln()).clamp(0.05, 1.0)
        }
    }

    pub fn get(&self, text: &str) -> Option<&Word> {
        self.written.get(text).map(|&id| &self.words[id as usize])
    }

    pub fn longest(&self) -> usize {
        self.longest
    }

    pub fn longest_sound(&self) -> usize {
        self.longest_sound
    }

    /// Words that sound so, preferred first.
    pub fn sounding(&self, letters: &str) -> impl Iterator<Item = &Word> + use<'_> {
        self.sounds
            .get(letters)
            .into_iter()
            .flatten()
            .map(|&id| &self.words[id as usize])
    }

    /// Words that sound so in another reading of a character: letters typed by someone who reads it that way.
    pub fn sounding_otherwise(&self, letters: &str) -> impl Iterator<Item = &Word> + use<'_> {
        self.list(&self.rare_sounds, letters)
    }

    /// Words that sound nearly so.
    pub fn sounding_like(&self, syllables: &[String]) -> impl Iterator<Item = &Word> + use<'_> {
        self.list(&self.blurred_sounds, &sound::blurred(syllables))
    }

    /// Words that sound nearly so, for letters not yet cut.
    pub fn sounding_like_letters(&self, letters: &str) -> impl Iterator<Item = &Word> + use<'_> {
        self.list(&self.blurred_letters, &sound::blurred_letters(letters))
    }

    /// Words with these first letters of their syllables.
    pub fn with_initials(&self, letters: &str) -> impl Iterator<Item = &Word> + use<'_> {
        self.list(&self.initials, letters)
    }

    /// Words of four characters and more that differ by one character: another one, one too many, one missing.
    pub fn written_like(&self, text: &str) -> impl Iterator<Item = &Word> {
        let mut keys = nearly_keys(text);
        keys.push(text.to_owned());
        keys.into_iter()
            .flat_map(|key| self.nearly.get(&key).into_iter().flatten())
            .map(|&id| &self.words[id as usize])
    }

    /// Words of names that an unknown word of three characters and more may be short for, shortest first: 公租房 for 公共租赁住房.
    /// All its characters stand in the long word in their order, the first and the last at its ends.
    pub fn long_forms(&self, short: &str) -> Vec<&Word> {
        let characters: Vec<char> = short.chars().collect();
        let [first, .., last] = characters.as_slice() else {
            return Vec::new();
        };
        if characters.len() < 3 {
            return Vec::new();
        }
        let fits = |word: &&Word| {
            let mut rest = word.text.chars();
            let length = word.text.chars().count();
            length > characters.len()
                && length <= characters.len() * 2
                && word.text.ends_with(*last)
                && characters
                    .iter()
                    .all(|character| rest.any(|other| other == *character))
        };
        let mut found: Vec<&Word> = self
            .first
            .get(first)
            .into_iter()
            .flatten()
            .map(|&id| &self.words[id as usize])
            .filter(fits)
            .collect();
        found.sort_by_key(|word| {
            (
                word.text.chars().count(),
                std::cmp::Reverse(word.names),
                word.text.as_str(),
            )
        });
        found
    }

    /// Words whose sound begins with the letters.
    pub fn sound_begins(&self, letters: &str) -> Vec<&Word> {
        let mut found: Vec<&Word> = self
            .sounds
            .range(letters.to_owned()..)
            .take_while(|(key, _)| key.starts_with(letters))
            .flat_map(|(_, ids)| ids.iter().map(|&id| &self.words[id as usize]))
            .filter(|word| word.kind != Kind::Stop)
            .collect();
        found.sort_by_key(|word| {
            (
                word.kind,
                std::cmp::Reverse(word.names),
                word.text.chars().count(),
                word.text.as_str(),
            )
        });
        found.dedup_by(|one, other| one.text == other.text);
        found
    }

    fn list<'a>(
        &'a self,
        lists: &'a HashMap<String, Vec<u32>>,
        key: &str,
    ) -> impl Iterator<Item = &'a Word> + use<'a> {
        lists
            .get(key)
            .into_iter()
            .flatten()
            .map(|&id| &self.words[id as usize])
    }
}

fn push(lists: &mut HashMap<String, Vec<u32>>, key: String, id: u32) {
    lists.entry(key).or_default().push(id);
}

/// The text with each character masked in turn, and left out in turn.
fn nearly_keys(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    (0..characters.len())
        .flat_map(|at| {
            let masked: String = characters
                .iter()
                .enumerate()
                .map(|(index, &character)| if index == at { '*' } else { character })
                .collect();
            let shorter: String = characters
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != at)
                .map(|(_, &character)| character)
                .collect();
            [masked, shorter]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let synonyms = Synonyms::parse("[停用词]\n怎么办\n[同义词]\n社保卡 = 社会保障卡").unwrap();
        let names: Vec<CutName> = ["社会保障卡申领", "社会保障卡注销", "居住证办理"]
            .map(CutName::of)
            .into();
        Vocabulary::build(names.iter(), &synonyms)
    }

    #[test]
    fn finds_words_as_written_as_sounding_and_by_initials() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.get("怎么办").unwrap().kind, Kind::Stop);
        assert_eq!(vocabulary.sounding("shebaoka").next().unwrap().text, "社保卡");
        assert_eq!(vocabulary.with_initials("sbk").next().unwrap().text, "社保卡");
        assert!(
            vocabulary
                .sounding_like_letters("sebaoka")
                .any(|word| word.text == "社保卡")
        );
        assert!(
            vocabulary
                .written_like("社会保证卡")
                .any(|word| word.text == "社会保障卡")
        );
        assert!(
            vocabulary
                .written_like("社会障卡")
                .any(|word| word.text == "社会保障卡")
        );
    }

    #[test]
    fn counts_names_and_rarity() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.names_with("申领"), 1);
        assert_eq!(vocabulary.names_with("会保障"), 2);
        assert_eq!(vocabulary.names_with("公积金"), 0);
        assert!(vocabulary.rarity(1) > vocabulary.rarity(2));
    }
}
