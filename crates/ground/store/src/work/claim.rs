//! Routing, claiming, finishing: the statements of the worker.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Page, PageRequest, Store, StoreError, Tx,
    row::{job, outbox},
};

/// How long a claimed job may run before another worker may take it.
const LEASE: Duration = Duration::seconds(120);
/// The longest pause between two tries.
const LONGEST_PAUSE: i64 = 3_600;

/// Whether an event waits to be routed. A plain read: an idle worker writes nothing.
pub(super) async fn anything_to_route(store: &Store) -> Result<bool, StoreError> {
    let event = outbox::Entity::find()
        .filter(outbox::Column::Routed.eq(false))
        .limit(1)
        .one(store.reader())
        .await?;
    Ok(event.is_some())
}

/// Whether a job of these kinds is due. A plain read as well.
pub(super) async fn anything_due(store: &Store, kinds: &[String]) -> Result<bool, StoreError> {
    let now = store.now();
    let job = job::Entity::find()
        .filter(job::Column::RunAt.lte(now))
        .filter(job::Column::Kind.is_in(kinds.iter().map(String::as_str)))
        .filter(
            Condition::any()
                .add(job::Column::LeaseUntil.is_null())
                .add(job::Column::LeaseUntil.lt(now)),
        )
        .limit(1)
        .one(store.reader())
        .await?;
    Ok(job.is_some())
}

/// Turns up to 100 events into one job per subscriber; says how many events were routed.
pub(super) async fn route(tx: &Tx, subscribers: &[(&'static str, String)]) -> Result<usize, StoreError> {
    let events = outbox::Entity::find()
        .filter(outbox::Column::Routed.eq(false))
        .order_by_asc(outbox::Column::At)
        .order_by_asc(outbox::Column::Id)
        .limit(100)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.connection())
        .await?;
    if events.is_empty() {
        return Ok(0);
    }
    let mut jobs = Vec::new();
    for event in &events {
        for (_, kind) in subscribers.iter().filter(|(topic, _)| *topic == event.topic) {
            jobs.push(job::ActiveModel {
                id: Set(tx.new_id()),
                kind: Set(kind.clone()),
                payload: Set(event.payload.clone()),
                at: Set(event.at),
                run_at: Set(tx.now()),
                attempts: Set(0),
                lease_until: Set(None),
                last_error: Set(None),
            });
        }
    }
    if !jobs.is_empty() {
        job::Entity::insert_many(jobs)
            .exec_without_returning(tx.connection())
            .await?;
    }
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Routed, Expr::value(true))
        .filter(outbox::Column::Id.is_in(events.iter().map(|event| event.id)))
        .exec(tx.connection())
        .await?;
    Ok(events.len())
}

/// Leases up to `limit` due jobs of the kinds this worker knows.
pub(super) async fn claim(tx: &Tx, kinds: &[String], limit: u64) -> Result<Vec<job::Model>, StoreError> {
    let now = tx.now();
    let due = job::Entity::find()
        .filter(job::Column::RunAt.lte(now))
        .filter(job::Column::Kind.is_in(kinds.iter().map(String::as_str)))
        .filter(
            Condition::any()
                .add(job::Column::LeaseUntil.is_null())
                .add(job::Column::LeaseUntil.lt(now)),
        )
        .order_by_asc(job::Column::RunAt)
        .order_by_asc(job::Column::Id)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.connection())
        .await?;
    if !due.is_empty() {
        job::Entity::update_many()
            .col_expr(job::Column::LeaseUntil, Expr::value(now + LEASE))
            .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
            .filter(job::Column::Id.is_in(due.iter().map(|row| row.id)))
            .exec(tx.connection())
            .await?;
    }
    Ok(due)
}

/// Says that a claimed job is still worked at.
pub(super) async fn renew(tx: &Tx, id: Uuid) -> Result<(), StoreError> {
    lease(tx, id, Some(tx.now() + LEASE)).await
}

/// Gives a claimed job back as it was: the next worker takes it at once.
pub(super) async fn release(tx: &Tx, id: Uuid) -> Result<(), StoreError> {
    lease(tx, id, None).await
}

async fn lease(tx: &Tx, id: Uuid, until: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(until))
        .filter(job::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Takes finished jobs away.
pub(super) async fn finish(tx: &Tx, ids: Vec<Uuid>) -> Result<(), StoreError> {
    job::Entity::delete_many()
        .filter(job::Column::Id.is_in(ids))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Puts a failed job back, with a pause that doubles from one second to one hour.
pub(super) async fn put_back(tx: &Tx, id: Uuid, attempts: i32, error: &str) -> Result<(), StoreError> {
    let doubled = 1_i64 << attempts.clamp(0, 12);
    let pause = std::cmp::min(doubled, LONGEST_PAUSE);
    let message: String = error.chars().take(500).collect();
    job::Entity::update_many()
        .col_expr(
            job::Column::LeaseUntil,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .col_expr(
            job::Column::RunAt,
            Expr::value(tx.now() + Duration::seconds(pause)),
        )
        .col_expr(job::Column::LastError, Expr::value(Some(message)))
        .filter(job::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A job that has failed at least once, as an operator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct WaitingWork {
    pub id: Uuid,
    pub kind: String,
    pub at: DateTime<Utc>,
    pub run_at: DateTime<Utc>,
    pub attempts: i32,
    pub last_error: Option<String>,
}

/// How much work lies there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkStanding {
    /// Jobs that are not done, those for a later hour among them.
    pub jobs: u64,
    /// Jobs that have failed at least once.
    pub failing: u64,
    /// Events that are not routed yet.
    pub events: u64,
    /// When the oldest of the jobs that are due became due.
    pub oldest_due: Option<DateTime<Utc>>,
}

impl Store {
    /// How much work lies there, for watching.
    pub async fn work_standing(&self) -> Result<WorkStanding, StoreError> {
        let jobs = job::Entity::find();
        let oldest = jobs
            .clone()
            .filter(job::Column::RunAt.lte(self.now()))
            .order_by_asc(job::Column::RunAt)
            .limit(1)
            .one(self.reader())
            .await?;
        Ok(WorkStanding {
            failing: jobs
                .clone()
                .filter(job::Column::LastError.is_not_null())
                .count(self.reader())
                .await?,
            jobs: jobs.count(self.reader()).await?,
            events: outbox::Entity::find()
                .filter(outbox::Column::Routed.eq(false))
                .count(self.reader())
                .await?,
            oldest_due: oldest.map(|row| row.run_at),
        })
    }

    /// Jobs that wait for another try, oldest first.
    pub async fn waiting_work(&self, page: PageRequest) -> Result<Page<WaitingWork>, StoreError> {
        let query = job::Entity::find().filter(job::Column::LastError.is_not_null());
        let total = query.clone().count(self.reader()).await?;
        let rows = query
            .order_by_asc(job::Column::At)
            .order_by_asc(job::Column::Id)
            .offset(page.offset())
            .limit(page.size)
            .all(self.reader())
            .await?;
        let rows = rows
            .into_iter()
            .map(|row| WaitingWork {
                id: row.id,
                kind: row.kind,
                at: row.at,
                run_at: row.run_at,
                attempts: row.attempts,
                last_error: row.last_error,
            })
            .collect();
        Ok(Page::new(rows, total, page))
    }

    /// Makes a waiting job due at once.
    pub async fn retry_now(&self, signer: crate::Signer, id: Uuid) -> Result<(), StoreError> {
        self.write(signer, move |tx| async move {
            tx.audit(crate::AuditEntry::new("work.retry").on("job", id))
                .await?;
            job::Entity::update_many()
                .col_expr(job::Column::RunAt, Expr::value(tx.now()))
                .filter(job::Column::Id.eq(id))
                .exec(tx.connection())
                .await?;
            Ok(())
        })
        .await
    }
}
