//! What a use case may do inside one durable act.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{Signer, Store, last::Last};

/// A handle on the running act. Cheap to clone, valid only until the closure answers.
#[derive(Clone)]
pub struct Tx(Arc<Inner>);

struct Inner {
    transaction: Arc<DatabaseTransaction>,
    store: Store,
    signer: Signer,
    now: DateTime<Utc>,
    last: LastRows,
}

/// What an act has left to the end so far. Who runs the act writes it before the commit.
#[derive(Clone, Default)]
pub(crate) struct LastRows(Arc<Mutex<Vec<Last>>>);

impl LastRows {
    pub(crate) fn take(&self) -> Vec<Last> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Tx")
            .field("signer", &self.0.signer)
            .field("now", &self.0.now)
            .finish_non_exhaustive()
    }
}

impl Tx {
    pub(crate) fn new(
        transaction: Arc<DatabaseTransaction>,
        store: Store,
        signer: Signer,
        last: LastRows,
    ) -> Self {
        let now = store.now();
        Self(Arc::new(Inner {
            transaction,
            store,
            signer,
            now,
            last,
        }))
    }

    /// Leaves a row to the end of the act.
    pub(crate) fn write_last(&self, row: Last) {
        if matches!(row, Last::Log(_)) {
            self.0.store.has_logged();
        }
        self.0
            .last
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(row);
    }

    /// One instant for the whole act.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.now
    }

    /// A new row id: UUIDv7, ordered in time.
    pub fn new_id(&self) -> Uuid {
        self.0.store.new_id()
    }

    /// A row id that tells nothing, where a [`new_id`](Self::new_id) would tell the instant: UUIDv4.
    pub fn random_id(&self) -> Uuid {
        self.0.store.random_id()
    }

    /// A code for links: 160 bits, URL-safe.
    pub fn random_code(&self) -> String {
        self.0.store.random_code()
    }

    /// `count` random decimal digits, for one-time codes.
    pub fn random_digits(&self, count: usize) -> String {
        self.0.store.random_digits(count)
    }

    pub fn signer(&self) -> &Signer {
        &self.0.signer
    }

    /// The transaction. Only `row.rs` and `query.rs` of a room use it.
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.0.transaction
    }

    /// Sealing and blind indexes; never another `write`.
    pub fn store(&self) -> &Store {
        &self.0.store
    }
}
