//! What a store has done since it was opened: for measuring, and for a test that counts statements.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use sea_orm::DatabaseConnection;

use crate::Store;

/// Counters that grow. No act waits for them.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    statements: AtomicU64,
    acts: AtomicU64,
    commits: AtomicU64,
}

/// The counters at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Statements of rooms, reads and writes; beginning, savepoints and committing are not among them.
    pub statements: u64,
    /// Acts that were committed.
    pub acts: u64,
    /// Durable commits. On SQLite several acts share one.
    pub commits: u64,
}

impl Counts {
    /// Counts every statement that passes this connection.
    pub(crate) fn watch(self: &Arc<Self>, connection: &mut DatabaseConnection) {
        let counts = Arc::clone(self);
        connection.set_metric_callback(move |_statement| {
            counts.statements.fetch_add(1, Relaxed);
        });
    }

    /// One durable commit of so many acts.
    pub(crate) fn committed(&self, acts: usize) {
        self.acts.fetch_add(acts as u64, Relaxed);
        self.commits.fetch_add(1, Relaxed);
    }

    fn now(&self) -> Counted {
        Counted {
            statements: self.statements.load(Relaxed),
            acts: self.acts.load(Relaxed),
            commits: self.commits.load(Relaxed),
        }
    }
}

impl Store {
    /// What was done since this store was opened, by this process.
    pub fn counted(&self) -> Counted {
        self.counts().now()
    }
}
