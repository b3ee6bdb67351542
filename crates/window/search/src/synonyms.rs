//! The words people use and the words officials use.
//!
//! One text file (`data/synonyms.txt`) that an official can edit without a compiler. A locality lays its own file of the same
//! form over the built-in one ([`Synonyms::overlay`]). The form is described at the head of the built-in file; an error names
//! the line.
//!
//! Entries are *words*, not questions: the file says that 饭店 is called 食品经营 in the catalogue, never which matter answers
//! a given question.

use std::collections::{HashMap, HashSet};

use thiserror::Error;

use super::text::normalise;

/// The file that ships with the program.
const BUILT_IN: &str = include_str!("../data/synonyms.txt");

/// A line of a synonym file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("synonym file, line {line}: {reason}")]
pub struct SynonymError {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// What the catalogue may call an everyday word: all parts must stand in the name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Official {
    /// One part, or several joined by `+` in the file.
    pub parts: Vec<String>,
}

/// Words that name the same act upon a matter (补办, 补领, 遗失补办 …).
#[derive(Debug, Clone, Default)]
pub struct Action {
    /// Words the catalogue uses.
    pub official: Vec<String>,
    /// Words people use.
    pub everyday: Vec<String>,
}

/// All word lists of the search.
#[derive(Debug, Clone, Default)]
pub struct Synonyms {
    pub(super) stop: HashSet<String>,
    pub(super) weak: HashSet<String>,
    pub(super) whole: HashSet<String>,
    pub(super) actions: Vec<(String, Action)>,
    pub(super) official: HashMap<String, Vec<Official>>,
    /// Everyday words that must not be taken as written: 驾驶证 means that of a car, not that of a tractor.
    pub(super) figurative: HashSet<String>,
    pub(super) lookalikes: HashMap<char, Vec<char>>,
    pub(super) readings: HashMap<String, Vec<String>>,
    /// Everyday words whose earlier entries an overlay wants gone.
    cleared: HashSet<String>,
}

#[derive(Clone, Copy)]
enum Section {
    Stop,
    Weak,
    Whole,
    Actions,
    Official,
    Lookalikes,
    Readings,
}

impl Synonyms {
    /// The words that ship with the program. A unit test holds that the file reads; were it ever broken, the search would still
    /// answer with the words of the catalogue alone.
    pub fn builtin() -> Self {
        Self::parse(BUILT_IN).unwrap_or_default()
    }

    /// Reads a file of the form described at the head of `data/synonyms.txt`.
    pub fn parse(text: &str) -> Result<Self, SynonymError> {
        let mut read = Self::default();
        let mut section = None;
        for (index, raw) in text.lines().enumerate() {
            let line = raw.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let fault = |reason: String| SynonymError {
                line: index + 1,
                reason,
            };
            if let Some(heading) = line.strip_prefix('[') {
                let heading = heading
                    .strip_suffix(']')
                    .ok_or_else(|| fault("the heading has no closing bracket".to_owned()))?;
                section = Some(match heading {
                    "停用词" => Section::Stop,
                    "轻词" => Section::Weak,
                    "整词" => Section::Whole,
                    "动作" => Section::Actions,
                    "同义词" => Section::Official,
                    "形近字" => Section::Lookalikes,
                    "读音" => Section::Readings,
                    other => return Err(fault(format!("unknown heading [{other}]"))),
                });
                continue;
            }
            let section =
                section.ok_or_else(|| fault("a word stands before the first heading".to_owned()))?;
            read.take_line(section, line).map_err(fault)?;
        }
        Ok(read)
    }

    /// Lays another file over this one: lists are joined, an entry with nothing on its right side takes the earlier entry away.
    #[must_use]
    pub fn overlay(mut self, other: Self) -> Self {
        for word in &other.cleared {
            self.official.remove(word);
        }
        self.stop.extend(other.stop);
        self.weak.extend(other.weak);
        self.whole.extend(other.whole);
        for (name, action) in other.actions {
            let own = self.action_entry(&name);
            own.official.extend(action.official);
            own.everyday.extend(action.everyday);
        }
        for (word, officials) in other.official {
            let list = self.official.entry(word).or_default();
            // the locality knows best: its words go first
            let mut joined = officials;
            joined.extend(std::mem::take(list));
            joined.dedup();
            *list = joined;
        }
        self.figurative.extend(other.figurative);
        for (character, alike) in other.lookalikes {
            self.lookalikes.entry(character).or_default().extend(alike);
        }
        self.readings.extend(other.readings);
        self
    }

    /// Every word of the file with a meaning of its own, both sides, for the test that keeps whole questions out.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        let officials = self.official.iter().flat_map(|(word, officials)| {
            std::iter::once(word.as_str()).chain(
                officials
                    .iter()
                    .flat_map(|official| official.parts.iter().map(String::as_str)),
            )
        });
        let actions = self
            .actions
            .iter()
            .flat_map(|(_, action)| action.official.iter().chain(&action.everyday).map(String::as_str));
        officials
            .chain(actions)
            .chain(self.whole.iter().map(String::as_str))
    }

    fn action_entry(&mut self, name: &str) -> &mut Action {
        let position = self
            .actions
            .iter()
            .position(|(own, _)| own == name)
            .unwrap_or_else(|| {
                self.actions.push((name.to_owned(), Action::default()));
                self.actions.len() - 1
            });
        &mut self.actions[position].1
    }

    fn take_line(&mut self, section: Section, line: &str) -> Result<(), String> {
        match section {
            Section::Stop => self.stop.extend(words(line)?),
            Section::Weak => self.weak.extend(words(line)?),
            Section::Whole => self.whole.extend(words(line)?),
            Section::Actions => {
                let (name, rest) = line
                    .split_once(':')
                    .or_else(|| line.split_once('：'))
                    .ok_or("an action needs a name, a colon and its words")?;
                let (official, everyday) = rest.split_once('|').unwrap_or((rest, ""));
                let (official, everyday) = (words(official)?, words(everyday)?);
                if official.is_empty() {
                    return Err("an action needs at least one official word".to_owned());
                }
                let own = self.action_entry(name.trim());
                own.official.extend(official);
                own.everyday.extend(everyday);
            }
            Section::Official => self.take_synonyms(line)?,
            Section::Lookalikes => {
                for group in line.split_whitespace() {
                    let alike: Vec<char> = group.chars().collect();
                    if alike.len() < 2 {
                        return Err(format!("{group} has nothing to be mistaken for"));
                    }
                    for &character in &alike {
                        let others = alike.iter().copied().filter(|&other| other != character);
                        self.lookalikes.entry(character).or_default().extend(others);
                    }
                }
            }
            Section::Readings => {
                let mut fields = line.split_whitespace();
                let word = fields.next().unwrap_or_default();
                let syllables: Vec<String> = fields.map(str::to_owned).collect();
                if syllables.len() != word.chars().count() {
                    return Err(format!(
                        "{word} has {} characters and {} syllables",
                        word.chars().count(),
                        syllables.len()
                    ));
                }
                self.readings.insert(word.to_owned(), syllables);
            }
        }
        Ok(())
    }

    fn take_synonyms(&mut self, line: &str) -> Result<(), String> {
        if let Some((everyday, officials)) = line.split_once("=>") {
            let figurative: Vec<bool> = everyday
                .split_whitespace()
                .map(|word| word.ends_with('!'))
                .collect();
            let everyday = words(everyday)?;
            if everyday.is_empty() {
                return Err("nothing stands before =>".to_owned());
            }
            let officials = words(officials)?;
            for (word, figurative) in everyday.into_iter().zip(figurative) {
                if figurative {
                    self.figurative.insert(word.clone());
                }
                if word.contains('+') {
                    return Err(format!("+ may only stand after =>, found in {word}"));
                }
                if officials.is_empty() {
                    self.official.remove(&word);
                    self.cleared.insert(word);
                    continue;
                }
                for official in &officials {
                    self.add(&word, official);
                }
            }
            return Ok(());
        }
        let same: Vec<String> = line
            .split('=')
            .map(words)
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        if same.len() < 2 || line.split('=').count() < 2 {
            return Err("expected everyday => official, or word = word".to_owned());
        }
        for word in &same {
            for other in &same {
                if other != word {
                    self.add(word, other);
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, word: &str, official: &str) {
        let official = Official {
            parts: official
                .split('+')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        let list = self.official.entry(word.to_owned()).or_default();
        if !official.parts.is_empty() && !list.contains(&official) {
            list.push(official);
        }
    }
}

/// Words of a line, between spaces, in the form that queries and names are brought to.
fn words(text: &str) -> Result<Vec<String>, String> {
    text.split_whitespace()
        .map(|word| {
            let plain: Vec<String> = word
                .split('+')
                .map(|part| normalise(part).replace(' ', ""))
                .collect();
            if plain.iter().any(String::is_empty) {
                Err(format!("{word} holds no readable word"))
            } else {
                Ok(plain.join("+"))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_reads() {
        let read = Synonyms::parse(BUILT_IN).unwrap();
        assert!(read.official.len() > 500, "{} entries", read.official.len());
        assert!(
            !read.stop.is_empty()
                && !read.actions.is_empty()
                && !read.whole.is_empty()
                && !read.readings.is_empty()
        );
    }

    #[test]
    fn errors_name_the_line() {
        for (text, line, part) in [
            ("上户口 => 户口登记", 1, "before the first heading"),
            ("[同义词]\n上户口 户口登记", 2, "=>"),
            ("[同义词]\n\n=> 户口登记", 3, "nothing stands before"),
            ("[同义词]\n户口+登记 => 户口", 2, "+"),
            ("[无此段]", 1, "unknown heading"),
            ("[读音]\n重庆 chong", 2, "syllables"),
            ("[动作]\n补办 补领", 2, "colon"),
            ("[形近字]\n休", 2, "mistaken"),
        ] {
            let fault = Synonyms::parse(text).unwrap_err();
            assert_eq!(fault.line, line, "{text}");
            assert!(fault.to_string().contains(part), "{fault}");
        }
    }

    #[test]
    fn an_overlay_adds_goes_first_and_takes_away() {
        let base = Synonyms::parse("[同义词]\n狗证 => 犬类准养证\n烟证 => 烟草专卖").unwrap();
        let local = Synonyms::parse("[同义词]\n狗证 => 养犬登记\n烟证 =>\n[停用词]\n晓不晓得").unwrap();
        let joined = base.overlay(local);
        assert_eq!(joined.official["狗证"][0].parts, ["养犬登记"]);
        assert_eq!(joined.official["狗证"].len(), 2);
        assert!(!joined.official.contains_key("烟证"));
        assert!(joined.stop.contains("晓不晓得"));
    }

    #[test]
    fn equal_words_point_both_ways() {
        let read = Synonyms::parse("[同义词]\n社保卡 = 社会保障卡").unwrap();
        assert_eq!(read.official["社保卡"][0].parts, ["社会保障卡"]);
        assert_eq!(read.official["社会保障卡"][0].parts, ["社保卡"]);
    }
}
