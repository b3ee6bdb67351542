//! Keys that are honoured once: idempotency of POSTs that create, and inboxes of subscribers.
//!
//! The two differ in how long they hold. Whoever hears of an event twice must know it for ever. Whoever repeats a request does so within
//! moments or hours: a kept answer holds for [`ANSWERS_KEPT`], then the key is free, and a daily sweep takes it away.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};

use crate::{Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker, row::once_key};

/// How long an answer is kept, from the act that made it. After that the same key is a new request.
pub const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(48);
/// Keys that one act of the sweep takes away.
const BATCH: u64 = 500;

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// Never seen: do the work, then `remember` its answer.
    First,
    /// Seen with the same request: give this answer again.
    Again(String),
    /// Seen with another request: refuse.
    Mismatch,
}

impl Tx {
    /// True the first time a committed act names this key.
    pub async fn once(&self, key: &str) -> Result<bool, StoreError> {
        let row = once_key::ActiveModel {
            key: Set(key.to_owned()),
            at: Set(self.now()),
            request: Set(None),
            answer: Set(None),
        };
        let inserted = once_key::Entity::insert(row)
            .on_conflict(OnConflict::column(once_key::Column::Key).do_nothing().to_owned())
            .exec_without_returning(self.connection())
            .await?;
        Ok(inserted > 0)
    }

    /// Looks an idempotency key up. `request` is a digest of who asked for what. A key that is older than [`ANSWERS_KEPT`] is let go
    /// here, so that it can be kept anew.
    pub async fn replay(&self, key: &str, request: &str) -> Result<Replay, StoreError> {
        let found = find(self.connection(), key).await?;
        if let Some(row) = &found
            && is_over(row, self.now())
        {
            once_key::Entity::delete_many()
                .filter(once_key::Column::Key.eq(key))
                .filter(once_key::Column::At.eq(row.at))
                .exec(self.connection())
                .await?;
            return Ok(Replay::First);
        }
        Ok(judge(found, request))
    }

    /// Keeps the answer of a key, in the act that made it. A second act with the same key fails as a duplicate.
    pub async fn remember(&self, key: &str, request: &str, answer: &str) -> Result<(), StoreError> {
        let row = once_key::ActiveModel {
            key: Set(key.to_owned()),
            at: Set(self.now()),
            request: Set(Some(request.to_owned())),
            answer: Set(Some(answer.to_owned())),
        };
        once_key::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await?;
        Ok(())
    }
}

impl Store {
    /// Looks an idempotency key up beside any act: what another act has kept by now.
    pub async fn replay(&self, key: &str, request: &str) -> Result<Replay, StoreError> {
        let found = find(self.reader(), key).await?;
        let now = self.now();
        Ok(judge(found.filter(|row| !is_over(row, now)), request))
    }
}

async fn find(connection: &impl ConnectionTrait, key: &str) -> Result<Option<once_key::Model>, StoreError> {
    Ok(once_key::Entity::find_by_id(key.to_owned())
        .one(connection)
        .await?)
}

fn is_over(row: &once_key::Model, now: DateTime<Utc>) -> bool {
    row.request.is_some() && row.at <= now - ANSWERS_KEPT
}

fn judge(found: Option<once_key::Model>, request: &str) -> Replay {
    match found {
        None => Replay::First,
        Some(row) if row.request.as_deref() == Some(request) => {
            row.answer.map_or(Replay::Mismatch, Replay::Again)
        }
        Some(_) => Replay::Mismatch,
    }
}

/// Takes away the answers that have been kept long enough. Plans itself for the next day.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepAnswers {}

impl Job for SweepAnswers {
    const KIND: &'static str = "store.sweep_answers";
}

/// Gives the worker the job of this room. It is begun by the worker when it starts to work.
#[must_use]
pub fn wire(worker: Worker) -> Worker {
    worker.job::<SweepAnswers, _, _>(sweep)
}

/// Plans the sweep of a day, once (of UTC: nobody sees it).
pub(crate) async fn plan_sweep(tx: &Tx, in_days: i64) -> Result<(), StoreError> {
    let at = tx.now() + TimeDelta::days(in_days);
    let day = at.date_naive();
    if tx.once(&format!("{}:{day}", SweepAnswers::KIND)).await? {
        tx.enqueue(&SweepAnswers {}, at).await?;
    }
    Ok(())
}

async fn sweep(store: Store, _: Message<SweepAnswers>) -> Result<(), WorkError> {
    store
        .write(Signer::system(), |tx| async move { plan_sweep(&tx, 1).await })
        .await?;
    let mut erased = 0;
    loop {
        // An act of its own for each batch: people's acts go in between.
        let batch = store
            .write(Signer::system(), |tx| async move { erase_old(&tx).await })
            .await?;
        erased += batch;
        if batch < BATCH {
            break;
        }
    }
    tracing::info!(
        rows.erased = erased,
        "answers that were kept long enough were erased"
    );
    Ok(())
}

async fn erase_old(tx: &Tx) -> Result<u64, StoreError> {
    let old = once_key::Entity::find()
        .select_only()
        .column(once_key::Column::Key)
        .filter(once_key::Column::Request.is_not_null())
        .filter(once_key::Column::At.lte(tx.now() - ANSWERS_KEPT))
        .limit(BATCH)
        .into_query();
    let erased = once_key::Entity::delete_many()
        .filter(once_key::Column::Key.in_subquery(old))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
