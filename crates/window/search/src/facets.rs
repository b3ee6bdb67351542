//! Counting found matters by department, type and topic.

use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::{FacetCount, Facets};

/// Counts values, largest first, equal ones by name.
pub(super) fn count_values<'a>(values: impl Iterator<Item = &'a str>) -> Vec<FacetCount> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    sorted(
        counts
            .into_iter()
            .map(|(value, count)| FacetCount {
                value: value.to_owned(),
                count,
            })
            .collect(),
    )
}

fn sorted(mut counts: Vec<FacetCount>) -> Vec<FacetCount> {
    counts.sort_by(|one, other| {
        other
            .count
            .cmp(&one.count)
            .then_with(|| one.value.cmp(&other.value))
    });
    counts
}

/// Counts every matching document without reading it: from the columns, for lists that may hold the whole catalogue.
pub(super) struct FacetCounter;

#[derive(Debug, Default)]
pub(super) struct Counted {
    pub total: usize,
    departments: HashMap<String, usize>,
    item_types: HashMap<String, usize>,
    topics: HashMap<String, usize>,
}

impl Counted {
    pub fn into_facets(self) -> Facets {
        let list = |counts: HashMap<String, usize>| {
            sorted(
                counts
                    .into_iter()
                    .map(|(value, count)| FacetCount { value, count })
                    .collect(),
            )
        };
        Facets {
            departments: list(self.departments),
            item_types: list(self.item_types),
            topics: list(self.topics),
        }
    }
}

pub(super) struct SegmentCounter {
    total: usize,
    departments: Column,
    item_types: Column,
    topics: Column,
}

/// A column with the counts of its values by their number in this segment.
struct Column {
    values: Option<StrColumn>,
    counts: HashMap<u64, usize>,
}

impl Column {
    fn open(segment: &SegmentReader, field: &str) -> tantivy::Result<Self> {
        Ok(Self {
            values: segment.fast_fields().str(field)?,
            counts: HashMap::new(),
        })
    }

    fn count(&mut self, document: DocId) {
        for value in self.values.iter().flat_map(|column| column.term_ords(document)) {
            *self.counts.entry(value).or_default() += 1;
        }
    }

    fn named(self) -> HashMap<String, usize> {
        let Some(values) = self.values else {
            return HashMap::new();
        };
        let name = |(number, count): (u64, usize)| {
            let mut text = String::new();
            matches!(values.ord_to_str(number, &mut text), Ok(true)).then_some((text, count))
        };
        self.counts.into_iter().filter_map(name).collect()
    }
}

impl Collector for FacetCounter {
    type Fruit = Counted;
    type Child = SegmentCounter;

    fn for_segment(
        &self,
        _number: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentCounter> {
        Ok(SegmentCounter {
            total: 0,
            departments: Column::open(segment, "department")?,
            item_types: Column::open(segment, "item_type")?,
            topics: Column::open(segment, "topics")?,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counted>) -> tantivy::Result<Counted> {
        let mut all = Counted::default();
        for segment in segments {
            all.total += segment.total;
            for (own, theirs) in [
                (&mut all.departments, segment.departments),
                (&mut all.item_types, segment.item_types),
                (&mut all.topics, segment.topics),
            ] {
                for (value, count) in theirs {
                    *own.entry(value).or_default() += count;
                }
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentCounter {
    type Fruit = Counted;

    fn collect(&mut self, document: DocId, _score: Score) {
        self.total += 1;
        self.departments.count(document);
        self.item_types.count(document);
        self.topics.count(document);
    }

    fn harvest(self) -> Counted {
        Counted {
            total: self.total,
            departments: self.departments.named(),
            item_types: self.item_types.named(),
            topics: self.topics.named(),
        }
    }
}
