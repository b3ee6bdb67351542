//! How well a document answers a query, and whether it answers at all. Pure.
//!
//! Two coverages decide: how much of the query the document speaks of (each concept counts by how rare its words are), and how
//! much of the document's name the query spoke of. A document below the floor is no answer: better none than a wrong one.

use super::synonyms::Synonyms;
use super::text::{CutName, pairs};
use super::understand::{Concept, Understood};
use super::vocabulary::Vocabulary;

/// What ranking needs to know of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidate<'a> {
    /// The cut name as one line, see [`CutName::to_line`]: read further only for documents that might answer.
    pub cut: &'a str,
    /// Keywords and topics, normalised, without spaces.
    pub near: &'a str,
    /// Department, normalised, without spaces.
    pub department: &'a str,
    /// Summary, normalised, without spaces.
    pub far: &'a str,
}

/// The knobs, with the values chosen on the development queries.
mod knob {
    /// What a concept is worth that stands only in brackets, in the department's name, among the keywords, or in the summary.
    pub const IN_BRACKETS: f32 = 0.97;
    pub const DEPARTMENT: f32 = 0.8;
    pub const NEAR: f32 = 0.6;
    pub const FAR: f32 = 0.35;
    /// What a part of an unknown word is worth.
    pub const PART: f32 = 0.9;
    /// Share of the score that depends on how much of the name was asked for.
    pub const NAME_SHARE: f32 = 0.25;
    pub const WRITTEN_SO: f32 = 0.07;
    pub const EXACT: f32 = 0.25;
    pub const BEGINS: f32 = 0.05;
    /// An act that was not asked for: the person who types 烟草证 wants the first one, not its closing.
    pub const OTHER_ACT: f32 = 0.12;
    /// A name that says so itself is the first one for sure.
    pub const FIRST_ACT: f32 = 0.04;
    /// Weight of bracket words, weak words and acts in the coverage of the name.
    pub const BRACKET_WORD: f32 = 0.4;
    pub const WEAK_WORD: f32 = 0.3;
    pub const ACT_WORD: f32 = 0.5;
    /// The floor: at least this much of the query in any case, …
    pub const LOW_FLOOR: f32 = 0.36;
    /// … and so much of the query together with this share of how much of the name was asked for.
    pub const FLOOR: f32 = 0.6;
    pub const FLOOR_NAME_SHARE: f32 = 0.6;
    /// The floor of a name with an act that was not asked for, and where another one was asked for.
    pub const OTHER_ACT_FLOOR: f32 = 0.7;
    pub const OTHER_ACT_ASKED_FLOOR: f32 = 0.8;
}

/// The score of a candidate, nothing for one that is no answer.
pub(super) fn rank(
    understood: &Understood,
    candidate: &Candidate<'_>,
    vocabulary: &Vocabulary,
    synonyms: &Synonyms,
) -> Option<f32> {
    let name = Spelled::of(candidate.cut);
    let (mut matched, mut total) = (0.0, 0.0);
    let mut subjects = (0, 0);
    let mut asked = Vec::new();
    for concept in &understood.concepts {
        let share = concept_match(concept, candidate, &name, &mut asked);
        if concept.required && share == 0.0 {
            return None;
        }
        if concept.subject {
            subjects = (subjects.0 + 1, subjects.1 + usize::from(share > 0.0));
        }
        matched += concept.weight * share;
        // the first time is what is meant anyway: a name need not say so
        if concept.action != Some(0) || share > 0.0 {
            total += concept.weight;
        }
    }
    // an act alone is no answer to a question about something: 手机号过户 is not the transfer of a tractor
    if total <= 0.0 || matched < total * knob::LOW_FLOOR || subjects.0 > 0 && subjects.1 == 0 {
        return None;
    }
    let query_coverage = matched / total;
    let name_coverage = name_coverage(
        &CutName::from_line(candidate.cut),
        &asked,
        &name,
        vocabulary,
        synonyms,
    );
    let acts = acts(&name.full, synonyms);
    let first_time = acts.is_empty() || acts.contains(&0);
    let asks_for_act = understood.acts().next().is_some();
    // asked for as such, or by a word that means an act upon something: 去世 means 户口注销
    let asked_for = |act: &usize| {
        understood.acts().any(|own| own == *act)
            || synonyms.actions[*act]
                .1
                .official
                .iter()
                .any(|word| asked.iter().any(|part| part.contains(word.as_str())))
    };
    let other_act = !first_time && !acts.iter().any(asked_for);
    let enough = match (other_act, asks_for_act) {
        (true, true) => query_coverage >= knob::OTHER_ACT_ASKED_FLOOR,
        (true, false) => query_coverage >= knob::OTHER_ACT_FLOOR,
        (false, _) => query_coverage + knob::FLOOR_NAME_SHARE * name_coverage >= knob::FLOOR,
    };
    if !enough {
        return None;
    }
    let mut score = query_coverage * (1.0 - knob::NAME_SHARE + knob::NAME_SHARE * name_coverage);
    let content = understood.content.as_str();
    let content_pairs = pairs(content);
    if !content_pairs.is_empty() {
        let written = content_pairs
            .iter()
            .filter(|pair| name.full.contains(pair.as_str()))
            .count();
        score += knob::WRITTEN_SO * written as f32 / content_pairs.len() as f32;
    }
    if name.core == content || name.full == content {
        score += knob::EXACT;
    } else if name.core.starts_with(content) {
        score += knob::BEGINS;
    }
    if other_act {
        score -= knob::OTHER_ACT;
    } else if !asks_for_act && acts.contains(&0) {
        score += knob::FIRST_ACT;
    }
    Some(score)
}

/// A name in full, and without what stands in brackets.
struct Spelled {
    full: String,
    core: String,
}

impl Spelled {
    fn of(cut: &str) -> Self {
        let full: String = cut
            .chars()
            .filter(|character| !matches!(character, ' ' | '('))
            .collect();
        if !cut.contains('(') {
            return Self {
                core: full.clone(),
                full,
            };
        }
        let name = CutName::from_line(cut);
        Self {
            full,
            core: name.core(),
        }
    }
}

/// The acts a name speaks of, as indices into the actions of the synonym file.
fn acts(name: &str, synonyms: &Synonyms) -> Vec<usize> {
    let speaks = |(index, (_, action)): (usize, &(String, super::synonyms::Action))| {
        action
            .official
            .iter()
            .any(|word| name.contains(word.as_str()))
            .then_some(index)
    };
    synonyms.actions.iter().enumerate().filter_map(speaks).collect()
}

/// How well the candidate speaks of a concept, from 0 to 1; collects the parts of the name that do.
fn concept_match<'a>(
    concept: &'a Concept,
    candidate: &Candidate<'_>,
    name: &Spelled,
    asked: &mut Vec<&'a str>,
) -> f32 {
    let mut best = 0.0_f32;
    for alternative in &concept.alternatives {
        let mut share = alternative.weight;
        for part in &alternative.parts {
            let worth = if name.core.contains(part.as_str()) {
                1.0
            } else if name.full.contains(part.as_str()) {
                knob::IN_BRACKETS
            } else if candidate.department.contains(part.as_str()) {
                knob::DEPARTMENT
            } else if candidate.near.contains(part.as_str()) {
                knob::NEAR
            } else if candidate.far.contains(part.as_str()) {
                knob::FAR
            } else {
                0.0
            };
            share = share.min(alternative.weight * worth);
            if share == 0.0 {
                break;
            }
        }
        if share > 0.0 {
            asked.extend(alternative.parts.iter().map(String::as_str));
            best = best.max(share);
        }
    }
    if best == 0.0 && concept.partial {
        let parts = pairs_of(&concept.literal);
        let found: Vec<&str> = parts
            .iter()
            .copied()
            .filter(|pair| name.full.contains(pair))
            .collect();
        if found.len() * 2 >= parts.len() {
            best = knob::PART * found.len() as f32 / parts.len() as f32;
            asked.extend(found);
        }
    }
    best
}

/// Neighbouring characters, two by two, as slices.
fn pairs_of(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    starts.push(text.len());
    starts
        .windows(3)
        .map(|window| &text[window[0]..window[2]])
        .collect()
}

/// How much of what the name says was asked for.
fn name_coverage(
    cut: &CutName,
    asked: &[&str],
    name: &Spelled,
    vocabulary: &Vocabulary,
    synonyms: &Synonyms,
) -> f32 {
    // bytes of the full name that were asked for; in the core, parts may reach over what stands in brackets
    let mut marks = vec![false; name.full.len()];
    let mut core_places = Vec::with_capacity(name.core.len());
    let mut at = 0;
    let only_brackets = cut.words.iter().all(|(_, bracket)| *bracket);
    for (word, bracket) in &cut.words {
        if only_brackets || !bracket {
            core_places.extend(at..at + word.len());
        }
        at += word.len();
    }
    for part in asked {
        for (start, found) in name.full.match_indices(part) {
            marks[start..start + found.len()].fill(true);
        }
        for (start, found) in name.core.match_indices(part) {
            core_places
                .iter()
                .skip(start)
                .take(found.len())
                .for_each(|&place| marks[place] = true);
        }
    }
    let (mut covered, mut total) = (0.0, 0.0);
    let mut at = 0;
    for (word, bracket) in &cut.words {
        let asked_for = marks[at..at + word.len()].iter().filter(|mark| **mark).count();
        at += word.len();
        let mut weight = vocabulary.rarity(vocabulary.names_with(word).max(1));
        if *bracket {
            weight *= knob::BRACKET_WORD;
        }
        if synonyms.weak.contains(word) || word.chars().count() < 2 {
            weight *= knob::WEAK_WORD;
        }
        if synonyms
            .actions
            .iter()
            .any(|(_, action)| action.official.contains(word))
        {
            weight *= knob::ACT_WORD;
        }
        total += weight;
        covered += weight * asked_for as f32 / word.len() as f32;
    }
    if total > 0.0 { covered / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::understand::understand;
    use super::*;

    const NAMES: [&str; 9] = [
        "户口登记",
        "户口注销",
        "注销户口证明",
        "烟草专卖零售许可证新办",
        "烟草专卖零售许可证停业",
        "烟草专卖零售许可证补办",
        "剧毒化学品道路运输通行证核发",
        "欠税人处置不动产或大额资产报告",
        "机动车驾驶证公证",
    ];
    const WORDS: &str = "[停用词]\n怎么办\n[轻词]\n证明 登记 核发\n[整词]\n公积金 台湾 不动产登记\n[动作]\n新办: 新办 核发 登记\n停业: 停业\n注销: 注销\n补办: 补办 | 丢了\n公证: 公证\n[同义词]\n烟草证 卖烟 => 烟草专卖\n驾照 => 机动车驾驶证\n";

    fn answers(query: &str) -> Vec<&'static str> {
        let synonyms = Synonyms::parse(WORDS).unwrap();
        let cut: Vec<CutName> = NAMES.map(CutName::of).into();
        let vocabulary = Vocabulary::build(cut.iter(), &synonyms);
        let understood = understand(query, &vocabulary, &synonyms);
        let mut found: Vec<(f32, &str)> = cut
            .iter()
            .zip(NAMES)
            .filter_map(|(name, published)| {
                Some((
                    rank(
                        &understood,
                        &Candidate {
                            cut: &name.to_line(),
                            ..Candidate::default()
                        },
                        &vocabulary,
                        &synonyms,
                    )?,
                    published,
                ))
            })
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn the_name_as_typed_comes_first() {
        assert_eq!(answers("户口登记")[0], "户口登记");
        assert_eq!(answers("注销户口证明")[0], "注销户口证明");
    }

    #[test]
    fn the_first_time_comes_before_acts_that_were_not_asked_for() {
        assert_eq!(answers("烟草证")[0], "烟草专卖零售许可证新办");
        assert_eq!(answers("烟草证丢了")[0], "烟草专卖零售许可证补办");
    }

    #[test]
    fn what_is_not_here_has_no_answer() {
        for query in ["公积金登记", "台湾通行证", "不动产登记证明", "怎么办"] {
            assert!(answers(query).is_empty(), "{query}: {:?}", answers(query));
        }
    }

    #[test]
    fn keywords_and_summary_count_less_than_the_name() {
        let synonyms = Synonyms::parse(WORDS).unwrap();
        let cut: Vec<CutName> = NAMES.map(CutName::of).into();
        let vocabulary = Vocabulary::build(cut.iter(), &synonyms);
        let understood = understand("卖烟", &vocabulary, &synonyms);
        let score = |name: &str, near: &str, far: &str| {
            rank(
                &understood,
                &Candidate {
                    cut: &CutName::of(name).to_line(),
                    near,
                    far,
                    department: "",
                },
                &vocabulary,
                &synonyms,
            )
        };
        assert!(
            score("烟草专卖零售许可证新办", "", "").unwrap()
                > score("零售登记", "烟草专卖零售登记", "").unwrap_or(0.0)
        );
    }
}
