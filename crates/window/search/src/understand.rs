//! From what was typed to what is meant: a list of concepts, each with the words the catalogue may use for it.
//!
//! The text is cut along the cheapest path through known words, stop words, words that were probably meant (typing slips), and,
//! for letters, words that sound so. What stays unknown is kept as unknown: it counts against every document, which is how a
//! question about something that is not offered here ends without hits.

use super::segment::{self, Unit};
use super::synonyms::Synonyms;
use super::text::{is_dictionary_word, normalise};
use super::vocabulary::Vocabulary;

/// One way the catalogue may name a concept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alternative {
    /// All of them must stand in the document.
    pub parts: Vec<String>,
    /// How sure it is that this is meant, up to 1.
    pub weight: f32,
}

/// One thing the query speaks of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Concept {
    pub alternatives: Vec<Alternative>,
    /// How much it counts among the concepts of the query.
    pub weight: f32,
    /// A document without it is no answer.
    pub required: bool,
    /// It says what the matter is about, rather than what to do with it or for whom.
    pub subject: bool,
    /// The act it names, as an index into the actions of the synonym file.
    pub action: Option<usize>,
    /// The word as typed (or corrected).
    pub literal: String,
    /// Whether a name that has only a part of the word says something about it.
    pub partial: bool,
}

/// A query, understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Understood {
    pub concepts: Vec<Concept>,
    /// What was meant, in writing, where it differs from what was typed.
    pub corrected: Option<String>,
    /// The words that carry meaning, joined.
    pub content: String,
}

/// Weight of an act (补办, 注销) beside the matter it is about.
const ACTION_WEIGHT: f32 = 0.5;
/// Weight of the first-time act (开, 新办): most people mean it without saying so.
const FIRST_TIME_WEIGHT: f32 = 0.2;
/// Factor for words that say little (办理, 证明, 老人).
const WEAK: f32 = 0.35;
/// Weight of a word that neither the catalogue nor the synonym file knows.
const UNKNOWN: f32 = 0.4;
/// Weight of a single unknown character, mostly a slip or a particle.
const UNKNOWN_CHARACTER: f32 = 0.12;
/// Weight of a number.
const NUMBER: f32 = 0.1;

/// Of a longer query only the beginning is read.
const LONGEST_QUERY: usize = 80;

/// Reads a query.
pub(super) fn understand(query: &str, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Understood {
    let typed: String = normalise(query).chars().take(LONGEST_QUERY).collect();
    let units = segment::segment(&typed, vocabulary, synonyms);
    let mut understood = Understood::default();
    let mut changed = false;
    let mut written = String::new();
    for unit in &units {
        let word = match unit {
            Unit::Stop(word) => {
                written.push_str(word);
                continue;
            }
            Unit::Known(word) | Unit::Unknown(word) | Unit::Number(word) | Unit::Short(word, _) => word,
            Unit::Meant(words) => {
                changed = true;
                let Some(first) = words.first() else { continue };
                first
            }
        };
        written.push_str(word);
        understood.content.push_str(word);
        let concept = match unit {
            Unit::Number(number) => Concept {
                alternatives: vec![literal(number, 1.0)],
                weight: NUMBER,
                required: false,
                subject: false,
                action: None,
                literal: String::new(),
                partial: false,
            },
            Unit::Meant(words) | Unit::Short(_, words) => meant(words, vocabulary, synonyms),
            _ => concept(word, vocabulary, synonyms),
        };
        understood.take(concept);
    }
    changed |= units
        .iter()
        .any(|unit| matches!(unit, Unit::Stop(word) if !typed.contains(word.as_str())));
    understood.corrected = changed.then_some(written);
    understood
}

impl Understood {
    /// The acts asked for.
    pub fn acts(&self) -> impl Iterator<Item = usize> {
        self.concepts.iter().filter_map(|concept| concept.action)
    }

    /// Adds a concept; one that says the same as an earlier one only lends it its words.
    fn take(&mut self, concept: Concept) {
        let same = self
            .concepts
            .iter_mut()
            .find(|own| match (own.action, concept.action) {
                (Some(one), Some(other)) => one == other,
                _ => !own.literal.is_empty() && own.literal == concept.literal,
            });
        match same {
            Some(own) => {
                for alternative in concept.alternatives {
                    if !own
                        .alternatives
                        .iter()
                        .any(|known| known.parts == alternative.parts)
                    {
                        own.alternatives.push(alternative);
                    }
                }
            }
            None => self.concepts.push(concept),
        }
    }
}

/// The concept of letters that fit several words: the first is the likeliest.
fn meant(words: &[String], vocabulary: &Vocabulary, synonyms: &Synonyms) -> Concept {
    let mut concepts = words.iter().map(|word| concept(word, vocabulary, synonyms));
    let mut joined = concepts
        .next()
        .unwrap_or_else(|| concept("", vocabulary, synonyms));
    for other in concepts {
        joined.required &= other.required;
        for mut alternative in other.alternatives {
            alternative.weight *= 0.9;
            if !joined
                .alternatives
                .iter()
                .any(|known| known.parts == alternative.parts)
            {
                joined.alternatives.push(alternative);
            }
        }
    }
    joined
}

fn literal(word: &str, weight: f32) -> Alternative {
    Alternative {
        parts: vec![word.to_owned()],
        weight,
    }
}

fn concept(word: &str, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Concept {
    let mut alternatives = vec![literal(word, 1.0)];
    let action = synonyms.actions.iter().position(|(_, action)| {
        action
            .official
            .iter()
            .chain(&action.everyday)
            .any(|own| own == word)
    });
    if let Some(index) = action {
        let group = &synonyms.actions[index].1;
        let others = group.official.iter().filter(|own| *own != word).enumerate();
        alternatives.extend(others.map(|(rank, own)| literal(own, (0.95 - 0.04 * rank as f32).max(0.7))));
    }
    let officials = synonyms.official.get(word).map(Vec::as_slice).unwrap_or_default();
    for (rank, official) in officials.iter().enumerate() {
        let weight = (0.97 - 0.05 * rank as f32).max(0.6);
        if !alternatives.iter().any(|known| known.parts == official.parts) {
            alternatives.push(Alternative {
                parts: official.parts.clone(),
                weight,
            });
        }
    }
    if action.is_none() && officials.is_empty() {
        alternatives.extend(composed(word, vocabulary, synonyms));
    }
    if synonyms.figurative.contains(word) && alternatives.len() > 1 {
        alternatives.remove(0);
    }
    let partial = word.chars().count() >= 3
        && officials.is_empty()
        && action.is_none()
        && !synonyms.whole.contains(word);
    let named = |parts: &[String]| {
        parts
            .iter()
            .map(|part| vocabulary.names_with(part))
            .min()
            .unwrap_or(0)
    };
    // the commonest of the likeliest ways of saying it tells how special the concept is here
    let names = alternatives
        .iter()
        .take(4)
        .map(|alternative| named(&alternative.parts))
        .max()
        .unwrap_or(0);
    let single = word.chars().count() < 2;
    let listed = action.is_some() || !officials.is_empty() || synonyms.whole.contains(word);
    let mut weight = if names > 0 {
        vocabulary.rarity(names)
    } else if single && !listed {
        UNKNOWN_CHARACTER
    } else if listed {
        1.0
    } else if is_dictionary_word(word) {
        UNKNOWN
    } else {
        UNKNOWN / 2.0
    };
    if let Some(action) = action {
        weight = if action == 0 {
            FIRST_TIME_WEIGHT
        } else {
            ACTION_WEIGHT
        };
    } else if single && weight > UNKNOWN_CHARACTER {
        weight *= 0.6;
    }
    let weak = synonyms.weak.contains(word);
    if weak {
        weight *= WEAK;
    }
    let subject = action.is_none() && !weak && (listed || !single);
    Concept {
        alternatives,
        weight,
        required: synonyms.whole.contains(word),
        subject,
        action,
        literal: word.to_owned(),
        partial,
    }
}

/// Other names of a compound that the synonym file does not list, from the names of one of its halves: 结婚登记 → 婚姻登记 + 登记.
fn composed(word: &str, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Vec<Alternative> {
    let mut found = Vec::new();
    for (at, _) in word.char_indices().skip(2) {
        let (head, tail) = word.split_at(at);
        if tail.chars().count() < 2
            || !(vocabulary.names_with(head) > 0 || synonyms.official.contains_key(head))
            || vocabulary.names_with(tail) == 0
        {
            continue;
        }
        for (listed, rest) in [(head, tail), (tail, head)] {
            for (rank, official) in synonyms
                .official
                .get(listed)
                .into_iter()
                .flatten()
                .take(4)
                .enumerate()
            {
                let mut parts = official.parts.clone();
                parts.push(rest.to_owned());
                found.push(Alternative {
                    parts,
                    weight: 0.93 - 0.03 * rank as f32,
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::text::CutName;
    use super::*;

    const WORDS: &str = "[停用词]\n怎么办 要什么手续 了\n[轻词]\n办理\n[整词]\n公积金\n[动作]\n新办: 新办 申领\n补办: 补办 补领 | 丢了 弄丢\n[同义词]\n社保卡 = 社会保障卡\n狗证 => 犬类准养证\n烟草证 => 烟草专卖零售许可证\n[形近字]\n休体\n";

    fn read(query: &str) -> Understood {
        let synonyms = Synonyms::parse(WORDS).unwrap();
        let names: Vec<CutName> = [
            "社会保障卡申领",
            "社会保障卡补领",
            "犬类准养证核发",
            "居住证办理",
            "企业职工退休申请",
            "机动车驾驶证公证",
            "烟草专卖零售许可证补办",
        ]
        .map(CutName::of)
        .into();
        let vocabulary = Vocabulary::build(names.iter(), &synonyms);
        understand(query, &vocabulary, &synonyms)
    }

    fn means(understood: &Understood, official: &str) -> bool {
        understood.concepts.iter().any(|concept| {
            concept
                .alternatives
                .iter()
                .any(|alternative| alternative.parts.contains(&official.to_owned()))
        })
    }

    #[test]
    fn everyday_words_become_official_ones_and_filler_goes() {
        let understood = read("社保卡丢了怎么办？");
        assert_eq!(understood.concepts.len(), 2);
        assert!(means(&understood, "社会保障卡") && means(&understood, "补领"));
        assert_eq!(understood.corrected, None);
    }

    #[test]
    fn slips_that_sound_right_are_corrected() {
        for (typed, meant) in [
            ("社宝卡", "社保卡"),
            ("驾驶证公正", "驾驶证公证"),
            ("烟草正补办", "烟草证补办"),
            ("退体申请", "退休申请"),
        ] {
            assert_eq!(read(typed).corrected.as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn pinyin_and_initials_become_words() {
        assert!(means(&read("juzhuzheng"), "居住证"));
        assert!(means(&read("shebaoka diule"), "补领"));
        assert!(means(&read("sbk"), "社会保障卡"));
        assert_eq!(read("juzhuzheng").corrected.as_deref(), Some("居住证"));
    }

    #[test]
    fn a_word_of_its_own_stays_whole_and_is_required() {
        let understood = read("公积金申领");
        assert!(understood.concepts[0].required);
        assert!(!understood.concepts[1].required);
    }
}
