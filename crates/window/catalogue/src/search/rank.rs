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
pub(super) struct Candidate {
    pub name: CutName,
    /// Keywords and topics, normalised, without spaces.
    pub near: String,
    /// Department and summary, normalised, without spaces.
    pub far: String,
}

/// The knobs, with the values chosen on the development queries.
mod knob {
    /// What a concept is worth that stands only in brackets, among the keywords, or in the summary.
    pub const IN_BRACKETS: f32 = 0.97;
    pub const NEAR: f32 = 0.6;
    pub const FAR: f32 = 0.35;
    /// What a part of an unknown word is worth.
    pub const PART: f32 = 0.5;
    /// Share of the score that depends on how much of the name was asked for.
    pub const NAME_SHARE: f32 = 0.25;
    pub const WRITTEN_SO: f32 = 0.07;
    pub const EXACT: f32 = 0.25;
    pub const BEGINS: f32 = 0.05;
    /// An act that was not asked for: the person who types 烟草证 wants the first one, not its closing.
    pub const OTHER_ACT: f32 = 0.1;
    /// Weight of bracket words, weak words and acts in the coverage of the name.
    pub const BRACKET_WORD: f32 = 0.4;
    pub const WEAK_WORD: f32 = 0.3;
    pub const ACT_WORD: f32 = 0.5;
    /// The floor: this much of the query, or less of it but with this much of the name.
    pub const FLOOR: f32 = 0.65;
    pub const LOW_FLOOR: f32 = 0.4;
    pub const LOW_FLOOR_NAME: f32 = 0.4;
}

/// The score of a candidate, nothing for one that is no answer.
pub(super) fn rank(understood: &Understood, candidate: &Candidate, vocabulary: &Vocabulary, synonyms: &Synonyms) -> Option<f32> {
    let full_text = candidate.name.full();
    let core = candidate.name.core();
    let full: Vec<char> = full_text.chars().collect();
    let mut asked = vec![false; full.len()];
    let (mut matched, mut total) = (0.0, 0.0);
    let mut subjects = (0, 0);
    for concept in &understood.concepts {
        let share = concept_match(concept, candidate, &full, &core, &mut asked);
        if concept.required && share == 0.0 {
            return None;
        }
        if concept.subject {
            subjects = (subjects.0 + 1, subjects.1 + usize::from(share > 0.0));
        }
        matched += concept.weight * share;
        total += concept.weight;
    }
    // an act alone is no answer to a question about something: 手机号过户 is not the transfer of a tractor
    if total <= 0.0 || matched <= 0.0 || subjects.0 > 0 && subjects.1 == 0 {
        return None;
    }
    let query_coverage = matched / total;
    let name_coverage = name_coverage(candidate, &asked, vocabulary, synonyms);
    let acts = acts(&full_text, synonyms);
    let first_time = acts.is_empty() || acts.contains(&0);
    let asked_act = understood.action();
    let other_act = !first_time && !asked_act.is_some_and(|act| acts.contains(&act));
    let low_floor = if other_act && asked_act.is_some() { knob::FLOOR } else { knob::LOW_FLOOR };
    if query_coverage < knob::FLOOR && (query_coverage < low_floor || name_coverage < knob::LOW_FLOOR_NAME) {
        return None;
    }
    let mut score = query_coverage * (1.0 - knob::NAME_SHARE + knob::NAME_SHARE * name_coverage);
    let content = understood.content.as_str();
    let content_pairs = pairs(content);
    if !content_pairs.is_empty() {
        let written = content_pairs.iter().filter(|pair| full_text.contains(pair.as_str())).count();
        score += knob::WRITTEN_SO * written as f32 / content_pairs.len() as f32;
    }
    if core == content || full_text == content {
        score += knob::EXACT;
    } else if core.starts_with(content) {
        score += knob::BEGINS;
    }
    if other_act {
        score -= knob::OTHER_ACT;
    }
    Some(score)
}

/// The acts a name speaks of, as indices into the actions of the synonym file.
fn acts(name: &str, synonyms: &Synonyms) -> Vec<usize> {
    let speaks = |(index, (_, action)): (usize, &(String, super::synonyms::Action))| action.official.iter().any(|word| name.contains(word.as_str())).then_some(index);
    synonyms.actions.iter().enumerate().filter_map(speaks).collect()
}

/// How well the candidate speaks of a concept, from 0 to 1; marks the characters of the name that do.
fn concept_match(concept: &Concept, candidate: &Candidate, full: &[char], core: &str, asked: &mut [bool]) -> f32 {
    let mut best = 0.0_f32;
    for alternative in &concept.alternatives {
        let mut share = alternative.weight;
        let mut spans = Vec::new();
        for part in &alternative.parts {
            let found = places(part, full);
            let worth = if !found.is_empty() {
                spans.extend(found);
                if core.contains(part.as_str()) { 1.0 } else { knob::IN_BRACKETS }
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
            for (from, to) in spans {
                asked[from..to].iter_mut().for_each(|mark| *mark = true);
            }
            best = best.max(share);
        }
    }
    if best == 0.0 && concept.partial {
        let parts = pairs(&concept.literal);
        let found: Vec<(usize, usize)> = parts.iter().filter_map(|pair| places(pair, full).first().copied()).collect();
        if found.len() * 2 >= parts.len() {
            best = knob::PART * found.len() as f32 / parts.len() as f32;
            for (from, to) in found {
                asked[from..to].iter_mut().for_each(|mark| *mark = true);
            }
        }
    }
    best
}

/// Where a text stands in a name, as ranges of characters.
fn places(part: &str, full: &[char]) -> Vec<(usize, usize)> {
    let length = part.chars().count();
    if length == 0 || length > full.len() {
        return Vec::new();
    }
    (0..=full.len() - length).filter(|&at| part.chars().zip(&full[at..]).all(|(one, other)| one == *other)).map(|at| (at, at + length)).collect()
}

/// How much of what the name says was asked for.
fn name_coverage(candidate: &Candidate, asked: &[bool], vocabulary: &Vocabulary, synonyms: &Synonyms) -> f32 {
    let (mut covered, mut total) = (0.0, 0.0);
    let mut at = 0;
    for (word, bracket) in &candidate.name.words {
        let length = word.chars().count();
        let marks = asked[at..at + length].iter().filter(|mark| **mark).count();
        at += length;
        let mut weight = vocabulary.rarity(vocabulary.names_with(word).max(1));
        if *bracket {
            weight *= knob::BRACKET_WORD;
        }
        if synonyms.weak.contains(word) || length < 2 {
            weight *= knob::WEAK_WORD;
        }
        if synonyms.actions.iter().any(|(_, action)| action.official.contains(word)) {
            weight *= knob::ACT_WORD;
        }
        total += weight;
        covered += weight * marks as f32 / length as f32;
    }
    if total > 0.0 { covered / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]
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
    const WORDS: &str = "[停用词]\n怎么办\n[轻词]\n证明 登记 核发\n[整词]\n公积金 不动产登记\n[动作]\n新办: 新办 核发 登记\n停业: 停业\n注销: 注销\n补办: 补办 | 丢了\n公证: 公证\n[同义词]\n烟草证 卖烟 => 烟草专卖\n驾照 => 机动车驾驶证\n";

    fn answers(query: &str) -> Vec<&'static str> {
        let synonyms = Synonyms::parse(WORDS).unwrap();
        let cut: Vec<CutName> = NAMES.map(CutName::of).into();
        let vocabulary = Vocabulary::build(cut.iter(), &synonyms);
        let understood = understand(query, &vocabulary, &synonyms);
        let mut found: Vec<(f32, &str)> = cut
            .iter()
            .zip(NAMES)
            .filter_map(|(name, published)| {
                let candidate = Candidate { name: name.clone(), ..Candidate::default() };
                Some((rank(&understood, &candidate, &vocabulary, &synonyms)?, published))
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
            rank(&understood, &Candidate { name: CutName::of(name), near: near.to_owned(), far: far.to_owned() }, &vocabulary, &synonyms)
        };
        assert!(score("烟草专卖零售许可证新办", "", "").unwrap() > score("零售登记", "烟草专卖零售登记", "").unwrap_or(0.0));
    }
}
