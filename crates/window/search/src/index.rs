//! The index: tantivy underneath, documents in, answers out.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tantivy::collector::TopDocs;
use tantivy::directory::MmapDirectory;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, Occur, Query, TermSetQuery};
use tantivy::{Index, IndexReader, IndexWriter, Order, ReloadPolicy, Searcher, TantivyDocument, Term};
use uuid::Uuid;

use super::facets::{FacetCounter, count_values};
use super::fields::{Fields, phrase, self_and_above, word_query};
use super::rank::{Candidate, rank};
use super::suggest::Suggestions;
use super::text::{CutName, normalise, pairs};
use super::understand::{Understood, understand};
use super::vocabulary::Vocabulary;
use super::{SearchAnswer, SearchDocument, SearchError, SearchRequest, Synonyms};

/// Memory for one batch of changes; given back after the commit.
const WRITER_BYTES: usize = 20_000_000;

/// Parts of a query, each with whether it must match or may.
type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// The searchable catalogue. Cheap to share behind an `Arc`; reading does not wait for writing.
pub struct SearchIndex {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    synonyms: Synonyms,
    words: RwLock<Arc<Words>>,
    /// Changes come one batch after the other.
    writing: Mutex<()>,
}

/// What is derived from all names, replaced after each change.
#[derive(Default)]
struct Words {
    vocabulary: Vocabulary,
    suggestions: Suggestions,
}

impl SearchIndex {
    /// For a question, so many of the likeliest documents are ranked.
    pub const MOST_RANKED: usize = 400;

    /// An index in memory.
    pub fn in_memory(synonyms: &Synonyms) -> Result<Self, SearchError> {
        let (schema, fields) = Fields::schema();
        Self::over(Index::create_in_ram(schema), fields, synonyms)
    }

    /// An index in a folder. One written by an earlier version with other fields, or damaged, is replaced by an empty one: look at
    /// [`SearchIndex::is_empty`] and hand in all documents again.
    pub fn open(folder: &Path, synonyms: &Synonyms) -> Result<Self, SearchError> {
        let (schema, fields) = Fields::schema();
        let directory = || -> Result<MmapDirectory, SearchError> {
            std::fs::create_dir_all(folder).map_err(failed("creating its folder"))?;
            MmapDirectory::open(folder).map_err(failed("opening its folder"))
        };
        let opened = match Index::open_or_create(directory()?, schema.clone()) {
            Ok(index) => Self::over(index, fields, synonyms),
            Err(source) => Err(failed("opening")(source)),
        };
        if let Err(error) = &opened {
            tracing::warn!(error.message = %error, "the search index is not readable and starts empty");
            std::fs::remove_dir_all(folder).map_err(failed("removing a damaged one"))?;
            let index = Index::create(directory()?, schema, tantivy::IndexSettings::default())
                .map_err(failed("creating"))?;
            return Self::over(index, fields, synonyms);
        }
        opened
    }

    fn over(index: Index, fields: Fields, synonyms: &Synonyms) -> Result<Self, SearchError> {
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(failed("opening"))?;
        let own = Self {
            index,
            reader,
            fields,
            synonyms: synonyms.clone(),
            words: RwLock::default(),
            writing: Mutex::new(()),
        };
        own.learn()?;
        Ok(own)
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        usize::try_from(self.reader.searcher().num_docs()).unwrap_or(usize::MAX)
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts these documents in place of all earlier ones, in one step for readers.
    pub fn replace_all(&self, documents: &[SearchDocument]) -> Result<(), SearchError> {
        self.write(|writer| {
            writer.delete_all_documents()?;
            self.add(writer, documents)
        })
    }

    /// Adds documents, each in place of an earlier one with its id.
    pub fn upsert(&self, documents: &[SearchDocument]) -> Result<(), SearchError> {
        self.write(|writer| {
            for document in documents {
                writer.delete_term(Term::from_field_text(self.fields.id, &document.id.to_string()));
            }
            self.add(writer, documents)
        })
    }

    /// Takes documents out.
    pub fn remove(&self, ids: &[Uuid]) -> Result<(), SearchError> {
        self.write(|writer| {
            for id in ids {
                writer.delete_term(Term::from_field_text(self.fields.id, &id.to_string()));
            }
            Ok(())
        })
    }

    /// Answers a question.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        let filters = self.filters(request)?;
        let searcher = self.reader.searcher();
        let typed = normalise(&request.query);
        if typed.is_empty() {
            // punctuation alone asks for nothing we could know
            let nothing_asked = request.query.trim().is_empty();
            return if nothing_asked {
                self.list(&searcher, filters, request)
            } else {
                Ok(SearchAnswer::default())
            };
        }
        if let Some(answer) = self.by_code(&searcher, &filters, request)? {
            return Ok(answer);
        }
        let words = self.words();
        let understood = understand(&request.query, &words.vocabulary, &self.synonyms);
        if understood.concepts.is_empty() {
            return Ok(SearchAnswer {
                corrected: understood.corrected,
                ..SearchAnswer::default()
            });
        }
        let query = self.with_filters(self.retrieval(&understood, &words.vocabulary), filters);
        let found = searcher
            .search(&query, &TopDocs::with_limit(Self::MOST_RANKED).order_by_score())
            .map_err(failed("searching"))?;
        let most = found
            .first()
            .map_or(1.0, |(score, _)| score.max(f32::MIN_POSITIVE));
        let mut ranked = Vec::new();
        for (likeness, address) in found {
            let document: TantivyDocument = searcher.doc(address).map_err(failed("reading a document"))?;
            let text = |field| self.fields.text(&document, field);
            let candidate = Candidate {
                cut: text(self.fields.cut),
                near: text(self.fields.near),
                department: text(self.fields.department_key),
                far: text(self.fields.far),
            };
            if let Some(score) = rank(&understood, &candidate, &words.vocabulary, &self.synonyms) {
                // what BM25 thinks tells apart what ranking holds equal
                ranked.push(self.fields.hit(&document, score + 0.02 * likeness / most));
            }
        }
        ranked.sort_by(|one, other| {
            other
                .score
                .total_cmp(&one.score)
                .then_with(|| one.code.cmp(&other.code))
                .then_with(|| one.id.cmp(&other.id))
        });
        let facets = super::Facets {
            departments: count_values(ranked.iter().map(|hit| hit.department.as_str())),
            item_types: count_values(ranked.iter().map(|hit| hit.item_type.as_str())),
            topics: count_values(ranked.iter().flat_map(|hit| &hit.topics).map(String::as_str)),
        };
        Ok(SearchAnswer {
            total: ranked.len(),
            hits: ranked
                .into_iter()
                .skip(request.offset)
                .take(request.limit)
                .collect(),
            corrected: understood.corrected,
            facets,
        })
    }

    /// Completions of what is being typed: names of matters and common words that lead to some, at most `limit`.
    pub fn suggest(&self, prefix: &str, limit: usize) -> Vec<String> {
        self.words().suggestions.complete(prefix, limit)
    }

    /// How a question is read: each concept with its weight and the words it may stand for. For whoever edits the synonym file.
    pub fn explain(&self, query: &str) -> Vec<(f32, Vec<String>)> {
        let understood = understand(query, &self.words().vocabulary, &self.synonyms);
        understood
            .concepts
            .iter()
            .map(|concept| {
                (
                    concept.weight,
                    concept
                        .alternatives
                        .iter()
                        .map(|alternative| alternative.parts.join("+"))
                        .collect(),
                )
            })
            .collect()
    }

    fn words(&self) -> Arc<Words> {
        Arc::clone(&self.words.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut IndexWriter) -> tantivy::Result<()>) -> Result<(), SearchError> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer: IndexWriter = self
            .index
            .writer_with_num_threads(1, WRITER_BYTES)
            .map_err(failed("opening for writing"))?;
        change(&mut writer)
            .and_then(|()| writer.commit().map(drop))
            .map_err(failed("writing"))?;
        writer.wait_merging_threads().map_err(failed("merging"))?;
        self.reader.reload().map_err(failed("reading again"))?;
        self.learn()
    }

    fn add(&self, writer: &IndexWriter, documents: &[SearchDocument]) -> tantivy::Result<()> {
        for document in documents {
            writer.add_document(self.fields.entry(document, &self.synonyms))?;
        }
        Ok(())
    }

    /// Reads all names again.
    fn learn(&self) -> Result<(), SearchError> {
        let searcher = self.reader.searcher();
        let mut names = Vec::new();
        let mut published = Vec::new();
        for segment in searcher.segment_readers() {
            let store = segment.get_store_reader(1).map_err(failed("reading its names"))?;
            for document in store.iter::<TantivyDocument>(segment.alive_bitset()) {
                let document = document.map_err(failed("reading its names"))?;
                names.push(CutName::from_line(self.fields.text(&document, self.fields.cut)));
                published.push(self.fields.text(&document, self.fields.name).to_owned());
            }
        }
        let vocabulary = Vocabulary::build(names.iter(), &self.synonyms);
        let suggestions = Suggestions::build(&published, &vocabulary, &self.synonyms);
        *self.words.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Words {
            vocabulary,
            suggestions,
        });
        Ok(())
    }

    /// Everything that might answer: any of the words of any concept, better ones weighing more.
    fn retrieval(&self, understood: &Understood, vocabulary: &Vocabulary) -> Box<dyn Query> {
        let fields = self.fields;
        let mut any: Clauses = Vec::new();
        let mut offer = |query: Box<dyn Query>, weight: f32| {
            any.push((Occur::Should, Box::new(BoostQuery::new(query, weight))))
        };
        for concept in &understood.concepts {
            offer(word_query(fields.words, &concept.literal), concept.weight);
            for alternative in &concept.alternatives {
                let weight = concept.weight * alternative.weight;
                for part in &alternative.parts {
                    // looking in the names for what stands in none is lost time
                    let names = if vocabulary.names_with(part) > 0 || part.chars().count() == 1 {
                        Some((fields.name_pairs, 1.0))
                    } else {
                        None
                    };
                    for (field, factor) in names
                        .into_iter()
                        .chain([(fields.near_pairs, 0.6), (fields.far_pairs, 0.4)])
                    {
                        if let Some(query) = phrase(field, part) {
                            offer(query, weight * factor);
                        }
                    }
                    if part.chars().count() == 1 {
                        offer(word_query(fields.characters, part), weight);
                    }
                }
            }
        }
        for pair in pairs(&understood.content) {
            offer(word_query(fields.name_pairs, &pair), 0.1);
        }
        Box::new(BooleanQuery::new(any))
    }

    /// A code, or the beginning of one with a digit in it and at least eight characters.
    fn by_code(
        &self,
        searcher: &Searcher,
        filters: &[(Occur, Box<dyn Query>)],
        request: &SearchRequest,
    ) -> Result<Option<SearchAnswer>, SearchError> {
        let key = request.query.trim().to_lowercase();
        let like_a_code = key.len() >= 8
            && key.bytes().any(|byte| byte.is_ascii_digit())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !like_a_code {
            return Ok(None);
        }
        let begins = tantivy::query::FuzzyTermQuery::new_prefix(
            Term::from_field_text(self.fields.code_key, &key),
            0,
            false,
        );
        let filters = filters
            .iter()
            .map(|(occur, query)| (*occur, query.box_clone()))
            .collect();
        let answer = self.list_of(searcher, Box::new(begins), filters, request)?;
        Ok((answer.total > 0).then_some(answer))
    }

    fn list(
        &self,
        searcher: &Searcher,
        filters: Clauses,
        request: &SearchRequest,
    ) -> Result<SearchAnswer, SearchError> {
        self.list_of(searcher, Box::new(AllQuery), filters, request)
    }

    fn list_of(
        &self,
        searcher: &Searcher,
        query: Box<dyn Query>,
        filters: Clauses,
        request: &SearchRequest,
    ) -> Result<SearchAnswer, SearchError> {
        let query = self.with_filters(query, filters);
        let facets = searcher
            .search(&query, &FacetCounter)
            .map_err(failed("counting"))?;
        let total = facets.total;
        let mut hits = Vec::new();
        if request.limit > 0 && request.offset < total {
            let page = TopDocs::with_limit(request.limit.min(total))
                .and_offset(request.offset)
                .order_by_string_fast_field("order", Order::Asc);
            for (_, address) in searcher.search(&query, &page).map_err(failed("listing"))? {
                let document: TantivyDocument =
                    searcher.doc(address).map_err(failed("reading a document"))?;
                hits.push(self.fields.hit(&document, 0.0));
            }
        }
        Ok(SearchAnswer {
            hits,
            total,
            corrected: None,
            facets: facets.into_facets(),
        })
    }

    fn filters(&self, request: &SearchRequest) -> Result<Clauses, SearchError> {
        let fields = self.fields;
        let mut filters: Clauses = Vec::new();
        if let Some(region) = &request.region {
            let regions = self_and_above(region)?;
            let terms = regions
                .iter()
                .map(|code| Term::from_field_text(fields.region, code));
            filters.push((Occur::Must, Box::new(TermSetQuery::new(terms))));
        }
        for (field, value) in [
            (fields.audience, &request.audience),
            (fields.department, &request.department),
            (fields.item_type, &request.item_type),
            (fields.topics, &request.topic),
        ] {
            if let Some(value) = value {
                filters.push((Occur::Must, word_query(field, value)));
            }
        }
        Ok(filters)
    }

    fn with_filters(&self, query: Box<dyn Query>, filters: Clauses) -> Box<dyn Query> {
        if filters.is_empty() {
            return query;
        }
        let silent = filters
            .into_iter()
            .map(|(occur, filter)| -> (Occur, Box<dyn Query>) {
                (occur, Box::new(BoostQuery::new(filter, 0.0)))
            });
        Box::new(BooleanQuery::new(
            std::iter::once((Occur::Must, query)).chain(silent).collect(),
        ))
    }
}

/// Wraps a failure of the index with what was being done.
fn failed<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl Fn(E) -> SearchError {
    move |source| SearchError::Index {
        doing,
        source: Box::new(source),
    }
}
