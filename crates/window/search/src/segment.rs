//! Cutting a query along the cheapest path.
//!
//! Every piece has a price. A path of words that are known as they stand is always cheaper than one that corrects something, and
//! a correction is cheaper than leaving a piece unknown.

use super::sound;
use super::synonyms::Synonyms;
use super::text::{cut, is_dictionary_word, is_han, pairs};
use super::vocabulary::{Kind, Vocabulary, Word};

/// A piece of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unit {
    /// Says nothing.
    Stop(String),
    /// A known word, or a piece that stands in names.
    Known(String),
    /// Nothing known.
    Unknown(String),
    /// Something else was typed, these words are meant, likeliest first.
    Meant(Vec<String>),
    /// Short for one of these words, likeliest first.
    Short(String, Vec<String>),
    /// Digits.
    Number(String),
}

/// Prices. Only their order and sums matter: see the module's head.
mod price {
    pub const KNOWN: f32 = 1.0;
    pub const KNOWN_CHARACTER: f32 = 1.3;
    pub const STOP: f32 = 0.9;
    pub const STOP_CHARACTER: f32 = 1.2;
    /// A dictionary word whose characters stand next to each other in some name.
    pub const IN_NAMES: f32 = 1.25;
    pub const SAME_SOUND: f32 = 2.1;
    pub const LIKE_SOUND: f32 = 2.3;
    pub const LOOKALIKE: f32 = 2.3;
    pub const SHORT: f32 = 2.4;
    pub const NEARLY: f32 = 3.4;
    pub const UNKNOWN_CHARACTER: f32 = 2.0;
    pub const UNKNOWN_WORD: f32 = 2.6;
    pub const BEGUN_SOUND: f32 = 1.6;
    /// Finished syllables that are the beginning of a longer word.
    pub const BEGUN_WORD: f32 = 2.2;
    pub const UNKNOWN_SYLLABLE: f32 = 2.2;
    pub const UNKNOWN_LETTER: f32 = 4.0;
    /// Longer pieces are a little cheaper, so that of two paths with as many pieces the one with the longest piece wins.
    pub const PER_SQUARED_LENGTH: f32 = 0.004;
}

/// So many candidates for letters are kept.
const MOST_CANDIDATES: usize = 5;
/// A correction replaces a piece of at most so many characters.
const LONGEST_SLIP: usize = 9;

/// Cuts a normalised query.
pub(super) fn segment(typed: &str, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Vec<Unit> {
    let mut units = Vec::new();
    for run in runs(typed) {
        match run {
            Run::Han(text) => units.extend(cut_han(&text, vocabulary, synonyms)),
            Run::Letters(tokens) => units.extend(cut_letters(&tokens, vocabulary)),
            Run::Digits(text) => units.push(Unit::Number(text)),
        }
    }
    units
}

enum Run {
    Han(String),
    /// Letters between spaces; neighbours are kept together, since a syllable or a word may stand on each side of a space.
    Letters(Vec<String>),
    Digits(String),
}

fn runs(typed: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for token in typed.split(' ') {
        let mut new_token = true;
        for character in token.chars() {
            match runs.last_mut() {
                Some(Run::Han(text)) if is_han(character) && !new_token => text.push(character),
                Some(Run::Digits(text)) if character.is_ascii_digit() && !new_token => text.push(character),
                Some(Run::Letters(tokens)) if character.is_ascii_alphabetic() => match tokens.last_mut() {
                    Some(last) if !new_token => last.push(character),
                    _ => tokens.push(character.to_string()),
                },
                _ if character.is_ascii_alphabetic() => runs.push(Run::Letters(vec![character.to_string()])),
                _ if character.is_ascii_digit() => runs.push(Run::Digits(character.to_string())),
                _ => runs.push(Run::Han(character.to_string())),
            }
            new_token = false;
        }
    }
    runs
}

/// The cheapest way to reach each position, with the piece that led there.
struct Path {
    best: Vec<(f32, usize, Option<Unit>)>,
}

impl Path {
    fn new(length: usize) -> Self {
        let mut best = vec![(f32::INFINITY, 0, None); length + 1];
        best[0].0 = 0.0;
        Self { best }
    }

    fn cost(&self, at: usize) -> f32 {
        self.best[at].0
    }

    fn offer(&mut self, from: usize, to: usize, price: f32, unit: impl FnOnce() -> Unit) {
        let length = (to - from) as f32;
        let cost = self.best[from].0 + price - price::PER_SQUARED_LENGTH * (length * length).min(100.0);
        if cost < self.best[to].0 {
            self.best[to] = (cost, from, Some(unit()));
        }
    }

    fn units(mut self) -> Vec<Unit> {
        let mut at = self.best.len() - 1;
        let mut units = Vec::new();
        while at > 0 {
            let (_, from, unit) = std::mem::take(&mut self.best[at]);
            units.extend(unit);
            at = from;
        }
        units.reverse();
        units
    }
}

fn cut_han(text: &str, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Vec<Unit> {
    let characters: Vec<char> = text.chars().collect();
    let slice = |from: usize, to: usize| -> String { characters[from..to].iter().collect() };
    // where the dictionary's words start, and the end of the text
    let mut starts = vec![false; characters.len() + 1];
    let mut word_end = vec![0; characters.len()];
    let mut at = 0;
    for word in cut(text) {
        starts[at] = true;
        let end = at + word.chars().count();
        word_end[at] = end;
        at = end;
    }
    starts[characters.len()] = true;
    let mut path = Path::new(characters.len());
    for from in 0..characters.len() {
        if path.cost(from).is_infinite() {
            continue;
        }
        let furthest = characters
            .len()
            .min(from + vocabulary.longest().max(LONGEST_SLIP));
        for to in from + 1..=furthest {
            let piece = slice(from, to);
            let single = to - from == 1;
            if let Some(word) = vocabulary.get(&piece) {
                let (price, unit) = match (word.kind, single) {
                    (Kind::Stop, false) => (price::STOP, Unit::Stop(piece)),
                    (Kind::Stop, true) => (price::STOP_CHARACTER, Unit::Stop(piece)),
                    (_, false) => (price::KNOWN, Unit::Known(piece)),
                    (_, true) => (price::KNOWN_CHARACTER, Unit::Known(piece)),
                };
                path.offer(from, to, price, || unit);
                continue;
            }
            if single {
                path.offer(from, to, price::UNKNOWN_CHARACTER, || Unit::Unknown(piece));
                continue;
            }
            if word_end[from] == to || to - from <= 4 && is_dictionary_word(&piece) {
                if vocabulary.names_with(&piece) > 0 {
                    path.offer(from, to, price::IN_NAMES, || Unit::Known(piece.clone()));
                } else {
                    path.offer(from, to, price::UNKNOWN_WORD, || Unit::Unknown(piece.clone()));
                }
            }
            if (3..=5).contains(&(to - from)) {
                let long: Vec<String> = vocabulary
                    .long_forms(&piece)
                    .into_iter()
                    .take(MOST_CANDIDATES)
                    .map(|word| word.text.clone())
                    .collect();
                if !long.is_empty() {
                    path.offer(from, to, price::SHORT, || Unit::Short(piece.clone(), long));
                }
            }
            if to - from <= LONGEST_SLIP
                && let Some((price, meant)) =
                    correction(&piece, starts[from] && starts[to], vocabulary, synonyms)
            {
                path.offer(from, to, price, || Unit::Meant(vec![meant]));
            }
        }
    }
    path.units()
}

/// What was probably meant by a piece that is no known word. `whole_words`: the piece does not begin or end inside a word.
fn correction(
    piece: &str,
    whole_words: bool,
    vocabulary: &Vocabulary,
    synonyms: &Synonyms,
) -> Option<(f32, String)> {
    let characters: Vec<char> = piece.chars().collect();
    let kept = |word: &Word| {
        let meant: Vec<char> = word.text.chars().collect();
        if meant.len() == characters.len() {
            meant
                .iter()
                .zip(&characters)
                .filter(|(one, other)| one == other)
                .count()
        } else {
            0
        }
    };
    // 住要 is no slip for 主要: what stays must be more than a particle
    let says_something = |word: &Word| {
        word.text.chars().zip(&characters).any(|(one, other)| {
            one == *other
                && vocabulary
                    .get(&one.to_string())
                    .is_none_or(|own| own.kind != Kind::Stop)
        })
    };
    // at most one character of a short word, two of a long one, may be another
    let near = |word: &&Word| {
        matches!(word.kind, Kind::Listed | Kind::Named)
            && kept(word) + if characters.len() >= 4 { 2 } else { 1 } >= characters.len()
            && says_something(word)
    };
    // only the usual reading: 退票 is no slip for 税票, though 税 may be read tui in an old book
    let reading = sound::readings(piece, &synonyms.readings)
        .into_iter()
        .next()
        .unwrap_or_default();
    if let Some(word) = vocabulary.sounding(&reading.concat()).find(near) {
        return Some((price::SAME_SOUND, word.text.clone()));
    }
    // a real word that only looks or nearly sounds like ours was probably meant as it stands, and so was one that the piece cuts
    if !whole_words || is_dictionary_word(piece) {
        return None;
    }
    if let Some(word) = vocabulary.sounding_like(&reading).find(near) {
        return Some((price::LIKE_SOUND, word.text.clone()));
    }
    for (at, character) in characters.iter().enumerate() {
        for other in synonyms.lookalikes.get(character).into_iter().flatten() {
            let mut meant = characters.clone();
            meant[at] = *other;
            let meant: String = meant.into_iter().collect();
            if vocabulary.get(&meant).is_some_and(|word| word.kind != Kind::Stop) {
                return Some((price::LOOKALIKE, meant));
            }
        }
    }
    if characters.len() >= 3 {
        for at in 1..characters.len() {
            let mut meant = characters.clone();
            meant.swap(at - 1, at);
            let meant: String = meant.into_iter().collect();
            if vocabulary.get(&meant).is_some_and(|word| word.kind != Kind::Stop) {
                return Some((price::NEARLY, meant));
            }
        }
        // the pieces of a slip must not be words themselves: 购房补贴 is no slip for 租房补贴
        let all_but_one = [&characters[1..], &characters[..characters.len() - 1]]
            .map(|rest| rest.iter().collect::<String>());
        let known_pieces = pairs(piece)
            .iter()
            .filter(|pair| vocabulary.get(pair).is_some())
            .count();
        if known_pieces * 2 <= characters.len()
            && cut(piece).iter().any(|word| word.chars().count() == 1)
            && all_but_one.iter().all(|rest| vocabulary.get(rest).is_none())
            && let Some(word) = vocabulary
                .written_like(piece)
                .find(|word| word.text.chars().count().abs_diff(characters.len()) <= 1)
        {
            return Some((price::NEARLY, word.text.clone()));
        }
    }
    None
}

fn cut_letters(tokens: &[String], vocabulary: &Vocabulary) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut syllables: Vec<&String> = Vec::new();
    for token in tokens {
        let known = vocabulary.get(token).is_some();
        if !known && (sound::is_syllables(token) || begins_like_syllables(token)) {
            syllables.push(token);
            continue;
        }
        units.extend(cut_sounds(&std::mem::take(&mut syllables), vocabulary));
        if known {
            units.push(Unit::Known(token.clone()));
            continue;
        }
        units.extend(cut_initials(token, vocabulary));
    }
    units.extend(cut_sounds(&syllables, vocabulary));
    units
}

/// Initials of one word, or of two: sfz, sfzbb.
fn cut_initials(token: &str, vocabulary: &Vocabulary) -> Vec<Unit> {
    let words = |letters: &str| -> Option<Unit> {
        let words: Vec<String> = vocabulary
            .with_initials(letters)
            .take(MOST_CANDIDATES)
            .map(|word| word.text.clone())
            .collect();
        (!words.is_empty()).then_some(Unit::Meant(words))
    };
    if let Some(unit) = words(token) {
        return vec![unit];
    }
    let halves = (2..token.len().saturating_sub(1))
        .rev()
        .find_map(|at| Some(vec![words(&token[..at])?, words(&token[at..])?]));
    halves.unwrap_or_else(|| vec![Unit::Unknown(token.to_owned())])
}

/// Whether the letters are syllables but for an unfinished last one, with at least one finished: juzhuzh.
fn begins_like_syllables(letters: &str) -> bool {
    (1..letters.len()).rev().take(4).any(|end| {
        end >= 2
            && sound::is_syllables(&letters[..end])
            && letters.len() - end < 5
            && begins_a_syllable(&letters[end..])
    })
}

fn begins_a_syllable(letters: &str) -> bool {
    ["", "a", "e", "i", "o", "u", "ai", "ei", "ong", "an"]
        .iter()
        .any(|rest| sound::is_syllable(&format!("{letters}{rest}")))
}

fn cut_sounds(tokens: &[&String], vocabulary: &Vocabulary) -> Vec<Unit> {
    let letters: String = tokens.iter().map(|token| token.as_str()).collect();
    let mut ends = Vec::new();
    for token in tokens {
        ends.push(ends.last().copied().unwrap_or(0) + token.len());
    }
    let mut path = Path::new(letters.len());
    for from in 0..letters.len() {
        if path.cost(from).is_infinite() {
            continue;
        }
        path.offer(from, from + 1, price::UNKNOWN_LETTER, || {
            Unit::Unknown(letters[from..=from].to_owned())
        });
        for to in from + 1..=letters.len().min(from + vocabulary.longest_sound()) {
            let piece = &letters[from..to];
            // a piece that starts or ends inside what was typed as one is a little less likely
            let split = if ends.contains(&to) && (from == 0 || ends.contains(&from)) {
                0.0
            } else {
                0.15
            };
            let mut words = vocabulary
                .sounding(piece)
                .chain(vocabulary.sounding_otherwise(piece))
                .peekable();
            if let Some(first) = words.peek() {
                let single = first.text.chars().count() == 1;
                if first.kind == Kind::Stop {
                    let word = first.text.clone();
                    path.offer(
                        from,
                        to,
                        if single {
                            price::STOP_CHARACTER
                        } else {
                            price::STOP
                        } + split,
                        || Unit::Stop(word),
                    );
                    continue;
                }
                let price = if single {
                    price::KNOWN_CHARACTER + 0.4
                } else {
                    price::KNOWN
                };
                path.offer(from, to, price + split, || {
                    Unit::Meant(
                        words
                            .take(MOST_CANDIDATES)
                            .map(|word| word.text.clone())
                            .collect(),
                    )
                });
                continue;
            }
            if piece.len() >= 5 {
                let mut like = vocabulary
                    .sounding_like_letters(piece)
                    .filter(|word| word.kind != Kind::Stop && word.text.chars().count() >= 2)
                    .peekable();
                if like.peek().is_some() {
                    path.offer(from, to, price::LIKE_SOUND + split, || {
                        Unit::Meant(like.take(MOST_CANDIDATES).map(|word| word.text.clone()).collect())
                    });
                }
            }
            if to == letters.len() && piece.len() >= 3 && !sound::is_syllables(piece)
                || to == letters.len() && from == 0 && piece.len() >= 4
            {
                let begun = vocabulary.sound_begins(piece);
                if !begun.is_empty() {
                    let price = if sound::is_syllables(piece) {
                        price::BEGUN_WORD
                    } else {
                        price::BEGUN_SOUND
                    };
                    path.offer(from, to, price + split, || {
                        Unit::Meant(
                            begun
                                .into_iter()
                                .take(MOST_CANDIDATES)
                                .map(|word| word.text.clone())
                                .collect(),
                        )
                    });
                }
            }
            if sound::is_syllable(piece) {
                path.offer(from, to, price::UNKNOWN_SYLLABLE, || {
                    Unit::Unknown(piece.to_owned())
                });
            }
        }
    }
    path.units()
}

#[cfg(test)]
mod tests {
    use super::super::text::CutName;
    use super::*;

    fn cut_query(query: &str) -> Vec<Unit> {
        let synonyms =
            Synonyms::parse("[停用词]\n怎么 办 要\n[同义词]\n身份证 => 居民身份证\n娃儿 => 儿童\n").unwrap();
        let names: Vec<CutName> = ["居民身份证办理", "失业保险金申领", "失业登记", "亲属关系证明"]
            .map(CutName::of)
            .into();
        let vocabulary = Vocabulary::build(names.iter(), &synonyms);
        segment(query, &vocabulary, &synonyms)
    }

    fn known(words: &[&str]) -> Vec<Unit> {
        words.iter().map(|word| Unit::Known((*word).to_owned())).collect()
    }

    #[test]
    fn known_words_win_over_corrections() {
        assert_eq!(cut_query("失业登记"), known(&["失业", "登记"]));
        assert_eq!(cut_query("身份证申领"), known(&["身份证", "申领"]));
    }

    #[test]
    fn runs_of_different_writing_are_cut_apart() {
        assert_eq!(
            cut_query("80岁怎么办shenfenzheng"),
            [
                Unit::Number("80".to_owned()),
                Unit::Unknown("岁".to_owned()),
                Unit::Stop("怎么".to_owned()),
                Unit::Stop("办".to_owned()),
                Unit::Meant(vec!["身份证".to_owned()]),
            ]
        );
    }

    #[test]
    fn an_abbreviation_stands_for_the_words_it_shortens() {
        assert_eq!(
            cut_query("失业金"),
            [Unit::Short("失业金".to_owned(), vec!["失业保险金".to_owned()])]
        );
    }

    #[test]
    fn spaces_between_syllables_do_not_matter() {
        assert_eq!(
            cut_query("shen fen zheng"),
            [Unit::Meant(vec!["身份证".to_owned()])]
        );
        assert_eq!(cut_query("shenfenz"), [Unit::Meant(vec!["身份证".to_owned()])]);
    }

    #[test]
    fn nonsense_stays_unknown() {
        assert!(
            cut_query("xyzzy")
                .iter()
                .all(|unit| matches!(unit, Unit::Unknown(_)))
        );
        assert!(cut_query("").is_empty());
    }
}
