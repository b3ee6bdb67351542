//! Every list pages.

use serde::{Deserialize, Serialize};

/// Which part of a list is asked for. Pages count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    pub number: u64,
    pub size: u64,
}

impl PageRequest {
    /// A page with a size between 1 and 200; page 0 means page 1.
    pub fn new(number: u64, size: u64) -> Self {
        Self {
            number: number.clamp(1, 1_000_000),
            size: size.clamp(1, 200),
        }
    }

    /// Rows to pass over.
    pub fn offset(self) -> u64 {
        (self.number - 1) * self.size
    }
}

/// One page of a list, with the count of the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub total: u64,
    pub number: u64,
    pub size: u64,
}

impl<T> Page<T> {
    pub fn new(rows: Vec<T>, total: u64, request: PageRequest) -> Self {
        Self {
            rows,
            total,
            number: request.number,
            size: request.size,
        }
    }

    /// How many pages there are, at least one.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size).max(1)
    }

    /// The same page with other rows.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(change).collect(),
            total: self.total,
            number: self.number,
            size: self.size,
        }
    }
}
