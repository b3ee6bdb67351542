//! How good the answers are: hit@1, hit@5 and MRR over questions with known answers, by kind, and how long an answer takes.
//!
//! Used by the tests and the benchmark. Reads the forms of the shared test data: matters as JSON lines with `item_code`, `name`,
//! `main_item`, `department`, `region_code`, `task_type_name`; questions with `query`, `kind`, `expected`, `acceptable`.

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;
use std::time::Instant;

use serde::Deserialize;
use uuid::Uuid;

use super::{SearchDocument, SearchError, SearchIndex, SearchRequest};

/// A question with its known answers. One without expected answers asks for something that is not offered.
#[derive(Debug, Clone, Deserialize)]
pub struct QualityQuery {
    /// As typed.
    pub query: String,
    /// colloquial, dialect, typo, pinyin, plain, …
    pub kind: String,
    /// Codes of the matters that answer it.
    #[serde(default)]
    pub expected: Vec<String>,
    /// Codes of matters that are of help.
    #[serde(default)]
    pub acceptable: Vec<String>,
}

#[derive(Deserialize)]
struct ItemLine {
    item_code: String,
    name: String,
    #[serde(default)]
    main_item: String,
    department: String,
    region_code: String,
    #[serde(default)]
    task_type_name: String,
}

/// Reads questions, one JSON object a line.
pub fn read_queries(lines: impl BufRead) -> std::io::Result<Vec<QualityQuery>> {
    read_lines(lines)
}

/// Reads matters, one JSON object a line. Ids are their line numbers.
pub fn read_documents(lines: impl BufRead) -> std::io::Result<Vec<SearchDocument>> {
    let items: Vec<ItemLine> = read_lines(lines)?;
    let document = |(number, item): (u128, ItemLine)| SearchDocument {
        id: Uuid::from_u128(number),
        code: item.item_code,
        name: item.name,
        department: item.department,
        region: item.region_code,
        item_type: item.task_type_name,
        audience: Vec::new(),
        topics: Vec::new(),
        keywords: Some(item.main_item)
            .filter(|main| !main.is_empty())
            .into_iter()
            .collect(),
        text: String::new(),
    };
    Ok((1..).zip(items).map(document).collect())
}

fn read_lines<T: for<'de> Deserialize<'de>>(lines: impl BufRead) -> std::io::Result<Vec<T>> {
    lines
        .lines()
        .filter(|line| line.as_ref().map_or(true, |line| !line.trim().is_empty()))
        .map(|line| serde_json::from_str(&line?).map_err(std::io::Error::from))
        .collect()
}

/// Figures over some questions.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// Questions.
    pub count: usize,
    /// With an expected answer in the first place, as a share. For questions without an answer: answered by no hits.
    pub hit1: f64,
    /// With an expected answer among the first five; for questions without an answer as `hit1`.
    pub hit5: f64,
    /// Mean of 1/place of the first expected answer among the first twenty.
    pub mrr: f64,
    /// With an expected or acceptable answer among the first five.
    pub helped5: f64,
}

/// All figures of a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// By kind.
    pub kinds: BTreeMap<String, Figures>,
    /// Over all questions that have an answer.
    pub answerable: Figures,
    /// Over all questions; one without an answer counts as hit when nothing is found.
    pub all: Figures,
    /// Time of each answer in milliseconds, shortest first.
    pub milliseconds: Vec<f64>,
    /// Questions whose expected answer is not among the first five, with the names found instead.
    pub misses: Vec<(String, Vec<String>)>,
}

impl Report {
    /// The time within which this share (0 to 1) of the answers came, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let place = (self.milliseconds.len() as f64 * share).ceil() as usize;
        self.milliseconds
            .get(place.saturating_sub(1))
            .or(self.milliseconds.last())
            .copied()
            .unwrap_or(0.0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "| kind | questions | hit@1 | hit@5 | MRR | helped@5 |\n|---|---|---|---|---|---|"
        )?;
        let rows = self.kinds.iter().map(|(kind, figures)| (kind.as_str(), figures));
        for (kind, figures) in rows.chain([("answerable", &self.answerable), ("all", &self.all)]) {
            writeln!(
                out,
                "| {kind} | {} | {:.3} | {:.3} | {:.3} | {:.3} |",
                figures.count, figures.hit1, figures.hit5, figures.mrr, figures.helped5
            )?;
        }
        writeln!(
            out,
            "p50 {:.2} ms, p99 {:.2} ms",
            self.percentile(0.5),
            self.percentile(0.99)
        )
    }
}

/// Asks every question and compares.
pub fn measure(index: &SearchIndex, queries: &[QualityQuery]) -> Result<Report, SearchError> {
    let mut report = Report::default();
    let mut sums: BTreeMap<&str, Figures> = BTreeMap::new();
    for query in queries {
        let request = SearchRequest {
            query: query.query.clone(),
            limit: 20,
            ..SearchRequest::default()
        };
        let started = Instant::now();
        let answer = index.search(&request)?;
        report
            .milliseconds
            .push(started.elapsed().as_secs_f64() * 1_000.0);
        let place = |codes: &[String]| answer.hits.iter().position(|hit| codes.contains(&hit.code));
        let one = if query.expected.is_empty() {
            let honest = if answer.hits.is_empty() { 1.0 } else { 0.0 };
            Figures {
                count: 1,
                hit1: honest,
                hit5: honest,
                mrr: honest,
                helped5: honest,
            }
        } else {
            let found = place(&query.expected);
            let within = |places: usize, found: Option<usize>| {
                if found.is_some_and(|place| place < places) {
                    1.0
                } else {
                    0.0
                }
            };
            let helped = found.into_iter().chain(place(&query.acceptable)).min();
            Figures {
                count: 1,
                hit1: within(1, found),
                hit5: within(5, found),
                mrr: found.map_or(0.0, |place| 1.0 / (place + 1) as f64),
                helped5: within(5, helped),
            }
        };
        if one.hit5 == 0.0 {
            report.misses.push((
                query.query.clone(),
                answer.hits.iter().take(5).map(|hit| hit.name.clone()).collect(),
            ));
        }
        add(sums.entry(&query.kind).or_default(), one);
        add(&mut report.all, one);
        if !query.expected.is_empty() {
            add(&mut report.answerable, one);
        }
    }
    report.kinds = sums
        .into_iter()
        .map(|(kind, figures)| (kind.to_owned(), mean(figures)))
        .collect();
    report.answerable = mean(report.answerable);
    report.all = mean(report.all);
    report.milliseconds.sort_by(f64::total_cmp);
    Ok(report)
}

fn add(sum: &mut Figures, one: Figures) {
    sum.count += one.count;
    sum.hit1 += one.hit1;
    sum.hit5 += one.hit5;
    sum.mrr += one.mrr;
    sum.helped5 += one.helped5;
}

fn mean(sum: Figures) -> Figures {
    let count = sum.count.max(1) as f64;
    Figures {
        count: sum.count,
        hit1: sum.hit1 / count,
        hit5: sum.hit5 / count,
        mrr: sum.mrr / count,
        helped5: sum.helped5 / count,
    }
}
