//! How long the search takes over a real list, and how good its answers are.

use std::{fs::File, io::BufReader, path::Path};

use tongban_search::{
    SearchIndex, Synonyms,
    quality::{measure, read_documents, read_queries},
};

use crate::{percentile, report};

/// Each question is asked so many times.
const ROUNDS: usize = 50;

pub fn run(items: &Path, questions: &Path) {
    let documents = read_documents(BufReader::new(File::open(items).unwrap())).unwrap();
    let questions = read_queries(BufReader::new(File::open(questions).unwrap())).unwrap();
    let index = SearchIndex::in_memory(&Synonyms::builtin()).unwrap();
    index.replace_all(&documents).unwrap();
    let mut milliseconds = Vec::new();
    let first = measure(&index, &questions).unwrap();
    for _ in 0..ROUNDS {
        milliseconds.extend(measure(&index, &questions).unwrap().milliseconds);
    }
    milliseconds.sort_by(f64::total_cmp);
    print!("{first}");
    let size = format!("{} real items, {} questions", documents.len(), questions.len());
    report(
        "search_p99_ms",
        percentile(&milliseconds, 0.99),
        &format!("{size}, each {ROUNDS} times, one at a time"),
    );
    report(
        "search_hit5",
        first.answerable.hit5,
        &format!(
            "{size}; hit@1 {:.3}, MRR {:.3}, pinyin {:.3}, plain {:.3}; tuned on these questions",
            first.answerable.hit1,
            first.answerable.mrr,
            first.kinds["pinyin"].hit5,
            first.kinds["plain"].hit5
        ),
    );
}
