//! Finding matters: what people type, in words, dialect, slips, pinyin or initials, to the matters the catalogue names officially.
//!
//! The library works on plain documents and knows no database: whoever owns the matters hands [`SearchDocument`]s to
//! [`SearchIndex::upsert`] after a commit. Everything in the index can be rebuilt from the database at any time.
//!
//! How an answer comes about: [`understand`] turns the text into concepts with the words of the catalogue and the synonym file;
//! [`index`] fetches candidates by BM25 (tantivy) under the filters; [`rank`] orders them and drops what is no answer.
//! `README.md` beside this file has the measured figures.

mod facets;
mod fields;
mod index;
pub mod quality;
mod rank;
mod segment;
mod sound;
mod suggest;
mod synonyms;
mod text;
mod understand;
mod vocabulary;

use thiserror::Error;
use uuid::Uuid;

pub use index::SearchIndex;
pub use synonyms::{SynonymError, Synonyms};

/// A matter as the search sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDocument {
    /// The row it stands for; a later document with the same id replaces it.
    pub id: Uuid,
    /// Implementation code as imported.
    pub code: String,
    /// Name as published.
    pub name: String,
    /// Name of the department.
    pub department: String,
    /// Region code, 12 digits.
    pub region: String,
    /// Type of matter, e.g. 行政许可.
    pub item_type: String,
    /// `person`, `enterprise`; empty means both.
    pub audience: Vec<String>,
    /// Life events and topics (一件事).
    pub topics: Vec<String>,
    /// Further words: the name of the main item, keywords of the guide.
    pub keywords: Vec<String>,
    /// Summary of the guide.
    pub text: String,
}

/// A question with its filters. Filters that are not set let everything through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// As typed. Empty lists everything, by department and name.
    pub query: String,
    /// 12 digits (2, 4, 6 or 9 are filled up with zeros): matters of this region and of the regions above it.
    pub region: Option<String>,
    /// `person` or `enterprise`.
    pub audience: Option<String>,
    /// Name of the department.
    pub department: Option<String>,
    /// Type of matter.
    pub item_type: Option<String>,
    /// A topic.
    pub topic: Option<String>,
    /// At most so many hits.
    pub limit: usize,
    /// Leave out so many.
    pub offset: usize,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            query: String::new(),
            region: None,
            audience: None,
            department: None,
            item_type: None,
            topic: None,
            limit: 20,
            offset: 0,
        }
    }
}

/// One found matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The row.
    pub id: Uuid,
    /// Implementation code.
    pub code: String,
    /// Name as published.
    pub name: String,
    /// Department.
    pub department: String,
    /// Region code.
    pub region: String,
    /// Type of matter.
    pub item_type: String,
    /// Life events and topics.
    pub topics: Vec<String>,
    /// Higher is better; comparable within one answer only. 0 where everything is listed.
    pub score: f32,
}

/// A filter value with the number of found matters that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// Found matters.
    pub count: usize,
}

/// How the found matters (all, not only this page) fall apart, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By department.
    pub departments: Vec<FacetCount>,
    /// By type.
    pub item_types: Vec<FacetCount>,
    /// By life event or topic; a matter may count under several, or none.
    pub topics: Vec<FacetCount>,
}

/// What was found. No hits means that no matter here answers the question: say so.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchAnswer {
    /// This page.
    pub hits: Vec<Hit>,
    /// Found matters in all. For a question, at most [`SearchIndex::MOST_RANKED`] are looked at.
    pub total: usize,
    /// How the question was read where that differs from what was typed (a slip, pinyin).
    pub corrected: Option<String>,
    /// For narrowing down.
    pub facets: Facets,
}

/// Why the search could not answer or take a document.
#[derive(Debug, Error)]
pub enum SearchError {
    /// A region must be digits, at most 12.
    #[error("region code {0} is not 2, 4, 6, 9 or 12 digits")]
    Region(String),
    /// The index itself failed (disk, damaged files).
    #[error("search index: {doing}")]
    Index {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
