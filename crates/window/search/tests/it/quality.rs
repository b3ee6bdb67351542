//! The figures over the real matters and the development questions, where they are at hand.

use std::fs::File;
use std::io::BufReader;

use tongban_search::quality::{QualityQuery, measure, read_documents, read_queries};
use tongban_search::{SearchIndex, Synonyms};
use tongban_testkit::real_data;

const QUESTIONS: &str = "search_queries_dev.jsonl";
const KEPT_BACK: &str = include_str!("kept_back.jsonl");
const ITEMS: &str = "items/sichuan_guangan_items.jsonl";

fn questions(test: &str) -> Option<Vec<QualityQuery>> {
    real_data(test, QUESTIONS).map(|path| read_queries(BufReader::new(File::open(path).unwrap())).unwrap())
}

#[test]
fn the_development_questions_find_their_matters() {
    let test = "the_development_questions_find_their_matters";
    let (Some(questions), Some(items)) = (questions(test), real_data(test, ITEMS)) else {
        return;
    };
    let index = SearchIndex::in_memory(&Synonyms::builtin()).unwrap();
    index
        .replace_all(&read_documents(BufReader::new(File::open(items).unwrap())).unwrap())
        .unwrap();
    let report = measure(&index, &questions).unwrap();
    println!("{report}");
    for (question, found) in &report.misses {
        println!("missed: {question} -> {found:?}");
    }
    assert!(
        report.answerable.hit5 >= 0.9,
        "hit@5 {:.3}",
        report.answerable.hit5
    );
    assert!(report.kinds["pinyin"].hit5 >= report.kinds["plain"].hit5);
    assert!(
        report.kinds["negative"].hit5 >= 1.0,
        "what is not offered must have no hits"
    );
}

/// Questions that nobody tunes on: written once, by their own words, about matters that the development questions do not ask for. Their figures
/// are printed as they come; the floor is what pairs of characters over the names reach (hit@5 0.71).
#[test]
fn the_kept_back_questions_are_answered_too() {
    let test = "the_kept_back_questions_are_answered_too";
    let Some(items) = real_data(test, ITEMS) else {
        return;
    };
    let documents = read_documents(BufReader::new(File::open(items).unwrap())).unwrap();
    let mut questions = read_queries(BufReader::new(KEPT_BACK.as_bytes())).unwrap();
    for (question, line) in questions.iter_mut().zip(KEPT_BACK.lines()) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for name in line["expected_names"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let codes = documents.iter().filter(|document| document.name == name);
            question
                .expected
                .extend(codes.map(|document| document.code.clone()));
            assert!(!question.expected.is_empty(), "{name} is in the list");
        }
    }
    let index = SearchIndex::in_memory(&Synonyms::builtin()).unwrap();
    index.replace_all(&documents).unwrap();
    let report = measure(&index, &questions).unwrap();
    println!("{report}");
    for (question, found) in &report.misses {
        println!("missed: {question} -> {found:?}");
    }
    assert!(
        report.answerable.hit5 >= 0.71,
        "hit@5 {:.3}",
        report.answerable.hit5
    );
}

#[test]
fn synonyms_are_words_not_questions() {
    let Some(questions) = questions("synonyms_are_words_not_questions") else {
        return;
    };
    let synonyms = Synonyms::builtin();
    let whole: Vec<&str> = synonyms
        .entries()
        .filter(|entry| questions.iter().any(|question| question.query == *entry))
        .collect();
    assert!(whole.is_empty(), "these entries are whole questions: {whole:?}");
}
