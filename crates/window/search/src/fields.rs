//! What the index keeps of a document, and how it is found again.

use std::collections::BTreeSet;

use tantivy::query::{PhraseQuery, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

use super::text::{CutName, cut_all_ways, normalise, pairs};
use super::{Hit, SearchDocument, SearchError, Synonyms, sound};

/// Regions have 12 digits and end at these lengths.
const REGION_LEVELS: [usize; 5] = [2, 4, 6, 9, 12];
/// Region of matters offered by the state as a whole.
const WHOLE_COUNTRY: &str = "000000000000";

#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub id: Field,
    pub code: Field,
    pub code_key: Field,
    pub name: Field,
    pub department: Field,
    pub region: Field,
    pub item_type: Field,
    pub audience: Field,
    pub topics: Field,
    /// The cut name, stored for ranking.
    pub cut: Field,
    /// Keywords and topics, department, summary, stored for ranking.
    pub near: Field,
    pub department_key: Field,
    pub far: Field,
    /// Words of the name, and its characters.
    pub words: Field,
    pub characters: Field,
    /// Neighbouring characters of the name, of keywords, of department and summary.
    pub name_pairs: Field,
    pub near_pairs: Field,
    pub far_pairs: Field,
    /// Order of the full list: sound of department and name, then code.
    pub order: Field,
}

impl Fields {
    /// The fields and their schema.
    pub fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let spaced = || {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer("whitespace")
                    .set_index_option(IndexRecordOption::WithFreqsAndPositions),
            )
        };
        let fields = Self {
            id: schema.add_text_field("id", STRING | STORED),
            code: schema.add_text_field("code", STORED),
            code_key: schema.add_text_field("code_key", STRING),
            name: schema.add_text_field("name", STORED),
            department: schema.add_text_field("department", STRING | STORED | FAST),
            region: schema.add_text_field("region", STRING | STORED),
            item_type: schema.add_text_field("item_type", STRING | STORED | FAST),
            audience: schema.add_text_field("audience", STRING),
            topics: schema.add_text_field("topics", STRING | STORED | FAST),
            cut: schema.add_text_field("cut", STORED),
            near: schema.add_text_field("near", STORED),
            department_key: schema.add_text_field("department_key", STORED),
            far: schema.add_text_field("far", STORED),
            words: schema.add_text_field("words", spaced()),
            characters: schema.add_text_field("characters", spaced()),
            name_pairs: schema.add_text_field("name_pairs", spaced()),
            near_pairs: schema.add_text_field("near_pairs", spaced()),
            far_pairs: schema.add_text_field("far_pairs", spaced()),
            order: schema.add_text_field("order", FAST),
        };
        (schema.build(), fields)
    }

    /// A document as it goes into the index.
    pub fn entry(self, document: &SearchDocument, synonyms: &Synonyms) -> TantivyDocument {
        let fields = self;
        let cut = CutName::of(&document.name);
        let joined = |texts: &[String]| -> String {
            texts
                .iter()
                .map(|text| normalise(text).replace(' ', ""))
                .collect::<Vec<_>>()
                .join("|")
        };
        let near = joined(&[document.keywords.as_slice(), document.topics.as_slice()].concat());
        let department = normalise(&document.department).replace(' ', "");
        let far = normalise(&document.text).replace(' ', "");
        let mut entry = TantivyDocument::default();
        entry.add_text(fields.id, document.id.to_string());
        entry.add_text(fields.code, &document.code);
        entry.add_text(fields.code_key, document.code.to_lowercase());
        entry.add_text(fields.name, &document.name);
        entry.add_text(fields.department, &document.department);
        entry.add_text(fields.region, &document.region);
        entry.add_text(fields.item_type, &document.item_type);
        let everyone = ["person".to_owned(), "enterprise".to_owned()];
        for audience in if document.audience.is_empty() {
            everyone.as_slice()
        } else {
            document.audience.as_slice()
        } {
            entry.add_text(fields.audience, audience);
        }
        let topics: BTreeSet<&String> = document.topics.iter().collect();
        for topic in topics {
            entry.add_text(fields.topics, topic);
        }
        let words: Vec<&str> = cut
            .words
            .iter()
            .flat_map(|(word, _)| cut_all_ways(word))
            .collect();
        entry.add_text(fields.words, words.join(" "));
        entry.add_text(
            fields.characters,
            cut.full().chars().map(String::from).collect::<Vec<_>>().join(" "),
        );
        // core and full, a bar between them so that no pair reaches over
        entry.add_text(
            fields.name_pairs,
            format!(
                "{} | {}",
                pairs(&cut.core()).join(" "),
                pairs(&cut.full()).join(" ")
            ),
        );
        entry.add_text(fields.near_pairs, pairs(&near).join(" "));
        entry.add_text(
            fields.far_pairs,
            format!("{} | {}", pairs(&department).join(" "), pairs(&far).join(" ")),
        );
        let sounds = |text: &str| {
            sound::readings(text, &synonyms.readings)
                .into_iter()
                .next()
                .unwrap_or_default()
                .join(" ")
        };
        entry.add_text(
            fields.order,
            format!(
                "{}\u{1}{}\u{1}{}",
                sounds(&document.department),
                sounds(&cut.full()),
                document.code
            ),
        );
        entry.add_text(fields.cut, cut.to_line());
        entry.add_text(fields.near, near);
        entry.add_text(fields.department_key, department);
        entry.add_text(fields.far, far);
        entry
    }

    /// A stored text.
    pub fn text(self, document: &TantivyDocument, field: Field) -> &str {
        document
            .get_first(field)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
    }

    /// A document as it is answered.
    pub fn hit(self, document: &TantivyDocument, score: f32) -> Hit {
        let text = |field| self.text(document, field).to_owned();
        let fields = self;
        Hit {
            id: Uuid::parse_str(self.text(document, fields.id)).unwrap_or_default(),
            code: text(fields.code),
            name: text(fields.name),
            department: text(fields.department),
            region: text(fields.region),
            item_type: text(fields.item_type),
            topics: document
                .get_all(fields.topics)
                .filter_map(|value| value.as_str())
                .map(str::to_owned)
                .collect(),
            score,
        }
    }
}

/// Documents with the word in the field.
pub(super) fn word_query(field: Field, word: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, word),
        IndexRecordOption::WithFreqs,
    ))
}

/// The text as it stands, found by its neighbouring characters. Nothing for a single character.
pub(super) fn phrase(field: Field, text: &str) -> Option<Box<dyn Query>> {
    let pairs = pairs(text);
    match pairs.as_slice() {
        [] => None,
        [pair] => Some(word_query(field, pair)),
        several => Some(Box::new(PhraseQuery::new(
            several
                .iter()
                .map(|pair| Term::from_field_text(field, pair))
                .collect(),
        ))),
    }
}

/// The region's code and those of all regions above it.
pub(super) fn self_and_above(region: &str) -> Result<Vec<String>, SearchError> {
    if !region.bytes().all(|byte| byte.is_ascii_digit()) || !REGION_LEVELS.contains(&region.len()) {
        return Err(SearchError::Region(region.to_owned()));
    }
    let mut codes: Vec<String> = REGION_LEVELS
        .iter()
        .take_while(|level| **level <= region.len())
        .map(|level| format!("{:0<12}", &region[..*level]))
        .collect();
    codes.push(WHOLE_COUNTRY.to_owned());
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_filled_up_and_has_its_ancestors() {
        let all = [
            "000000000000",
            "510000000000",
            "511600000000",
            "511602000000",
            "511602100000",
            "511602100001",
        ];
        assert_eq!(self_and_above("511602100001").unwrap(), all);
        assert_eq!(self_and_above("511602").unwrap(), all[..4]);
        // a county code written in full has empty town and village digits
        assert_eq!(self_and_above("511602000000").unwrap(), all[..4]);
        assert_eq!(self_and_above("51").unwrap(), all[..2]);
        for odd in ["", "5", "5116021", "51160200000x", "5116020000000"] {
            assert!(self_and_above(odd).is_err(), "{odd}");
        }
    }
}
