//! The one who numbers: takes committed rows in batches, appends their leaves and signs a checkpoint, all in one act.
//!
//! Every process of an installation runs a leader; the row of `log_head` decides which of them may append. It holds the
//! lease and the frontier together, and an append locks it and compares it with what it was computed from. So
//! a leader whose lease ran out while it slept cannot give a number twice or make the tree fork: its append finds another
//! frontier and is dropped.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, DurationRound as _, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};
use tokio::sync::watch;
use tongban_crypto::merkle::Frontier;
use uuid::Uuid;

use super::{
    checkpoint::{Checkpoint, PURPOSE},
    leaf::leaf_of,
    standing::FAULT_AFTER,
    waiting,
};
use crate::{
    Signer, Store, StoreError, Tx,
    row::{audit_checkpoint, audit_entry, audit_leaf, log_head, log_waiting},
};

/// Rows numbered in one act: small enough that the acts of people do not wait for it.
const BATCH: u64 = 500;
/// How long a leader that has fallen silent keeps others from appending.
const LEASE: chrono::Duration = chrono::Duration::seconds(5);
/// The safety net: a poke is faster, this one is sure. It also finds the rows of other processes.
const POLL: std::time::Duration = std::time::Duration::from_millis(400);
/// Rows of so long a time share one act and one signature.
const GATHER: std::time::Duration = std::time::Duration::from_millis(150);
/// Rows are covered within a second of their commit: looking, gathering, and half of it left for the work.
const _: () = assert!(POLL.as_millis() + GATHER.as_millis() < 600);
/// The pause after a failure, so that it does not fill the program's log.
const AFTER_FAILURE: std::time::Duration = std::time::Duration::from_secs(5);
/// How often it is looked for rows that wait too long.
const REMIND: chrono::Duration = chrono::Duration::seconds(30);
/// The one row of the head.
const HEAD: i32 = 1;

/// Numbers committed log rows. The binary runs one in each process.
#[derive(Debug)]
pub struct LogLeader {
    store: Store,
    holder: Uuid,
    /// The last checkpoint that was found good, so that its signature is not judged at every turn.
    judged: Mutex<Option<Checkpoint>>,
}

/// What is to be appended, computed before the act.
#[derive(Debug, Clone)]
struct Append {
    holder: Uuid,
    /// Size and frontier that it was computed from.
    size: i64,
    from: String,
    rows: Vec<(Uuid, Vec<u8>)>,
    frontier: String,
    checkpoint: Checkpoint,
    /// A checkpoint of the same minute, which this one replaces.
    replaces: Option<i64>,
}

impl LogLeader {
    pub fn new(store: Store) -> Self {
        Self {
            holder: store.random_id(),
            store,
            judged: Mutex::new(None),
        }
    }

    /// Numbers rows until told to stop, then the rest, and gives the lease back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut looked = self.store.now();
        loop {
            // Armed before the look, so that no poke falls between looking and waiting.
            let mut poked = std::pin::pin!(self.store.poke().notified());
            poked.as_mut().enable();
            let pause = match self.turn().await {
                // A full batch: more are waiting.
                Ok(numbered) if numbered as u64 == BATCH && !*stop.borrow() => continue,
                Ok(_) => POLL,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "log rows could not be numbered"
                    );
                    AFTER_FAILURE
                }
            };
            self.remind(&mut looked).await;
            if *stop.borrow() {
                break;
            }
            tokio::select! {
                () = &mut poked, if pause == POLL => {}
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => {}
            }
            tokio::select! {
                () = tokio::time::sleep(GATHER) => {}
                _ = stop.changed() => {}
            }
        }
        if let Err(error) = self.finish().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "log rows could not be numbered at the end; the next start numbers them"
            );
        }
    }

    /// Says every half minute that rows wait too long.
    async fn remind(&self, looked: &mut DateTime<Utc>) {
        let now = self.store.now();
        if now - *looked < REMIND {
            return;
        }
        *looked = now;
        match waiting::queue(self.store.reader()).await {
            Ok((count, Some(oldest))) if now - oldest > FAULT_AFTER => {
                tracing::error!(
                    log.uncovered = count,
                    log.oldest = %oldest,
                    "log rows wait for their number longer than {} seconds",
                    FAULT_AFTER.num_seconds()
                );
            }
            Ok(_) => {}
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the waiting log rows could not be counted"
            ),
        }
    }

    /// Numbers everything that waits and gives the lease back, so that the next process need not wait for it to run out.
    pub async fn finish(&self) -> Result<(), StoreError> {
        let numbered = self.drain().await;
        if self.judged().is_none() {
            // It never led.
            return numbered.map(|_| ());
        }
        let holder = self.holder;
        self.store
            .write(Signer::system(), move |tx| async move {
                log_head::Entity::update_many()
                    .col_expr(log_head::Column::Holder, Expr::value(Option::<Uuid>::None))
                    .col_expr(
                        log_head::Column::LeaseUntil,
                        Expr::value(Option::<DateTime<Utc>>::None),
                    )
                    .filter(log_head::Column::Holder.eq(holder))
                    .exec(tx.connection())
                    .await?;
                Ok::<_, StoreError>(())
            })
            .await?;
        numbered.map(|_| ())
    }

    /// Works until no row waits, or another leads. Says how many rows were numbered.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            let numbered = self.turn().await?;
            if numbered == 0 {
                return Ok(total);
            }
            total += numbered;
        }
    }

    /// Numbers one batch, if there is one and nobody else leads. Says how many rows were numbered.
    pub async fn turn(&self) -> Result<usize, StoreError> {
        // The head before the rows: if it has not moved when it is locked, nobody has numbered these rows meanwhile.
        // Head and checkpoint in one statement: they are of one instant.
        let found = log_head::Entity::find_by_id(HEAD)
            .find_also_related(audit_checkpoint::Entity)
            .one(self.store.reader())
            .await?;
        let (head, last) = found.unwrap_or_else(|| (first_head(), None));
        if !free(&head, self.holder, self.store.now()) {
            return Ok(0);
        }
        // Looking costs reads; only a hit costs a write.
        let rows = waiting::oldest(self.store.reader(), BATCH).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let last = last.map(Checkpoint::from_row).transpose()?;
        let append = self.plan(head, last, &rows)?;
        let checkpoint = append.checkpoint.clone();
        let appended = self
            .store
            .write(Signer::system(), move |tx| {
                let append = append.clone();
                async move { append.carry_out(&tx).await }
            })
            .await?;
        if !appended {
            return Ok(0);
        }
        *self.judged() = Some(checkpoint);
        Ok(rows.len())
    }

    fn judged(&self) -> MutexGuard<'_, Option<Checkpoint>> {
        self.judged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Computes leaves, frontier and checkpoint.
    fn plan(
        &self,
        head: log_head::Model,
        last: Option<Checkpoint>,
        rows: &[audit_entry::Model],
    ) -> Result<Append, StoreError> {
        let now = self.store.now();
        let mut frontier: Frontier = serde_json::from_str(&head.frontier)?;
        self.judge(&head, &frontier, last.as_ref())?;

        let rows: Vec<(Uuid, Vec<u8>)> = rows
            .iter()
            .map(|row| {
                let hash = leaf_of(row);
                frontier.append(hash);
                (row.id, hash.to_vec())
            })
            .collect();
        // At most one checkpoint a minute stays: what an hour ago was signed every second is under the later ones too.
        let (previous, replaces) = match &last {
            None => (0, None),
            Some(last) if same_minute(last.at, now) => (last.previous, Some(head.size)),
            Some(last) => (last.size, None),
        };
        let signer = self.store.keys().signer(PURPOSE)?;
        let checkpoint = Checkpoint::sign(&signer, frontier.size(), previous, &frontier.root(), now);
        Ok(Append {
            holder: self.holder,
            size: head.size,
            from: head.frontier,
            rows,
            frontier: serde_json::to_string(&frontier)?,
            checkpoint,
            replaces,
        })
    }

    /// Nothing is appended to a state that was not signed by us: a frontier changed by hand would get our signature.
    fn judge(
        &self,
        head: &log_head::Model,
        frontier: &Frontier,
        last: Option<&Checkpoint>,
    ) -> Result<(), StoreError> {
        let stopped = |reason: &str| {
            StoreError::Corrupt(format!(
                "the log is not continued at size {}: {reason}; `tongban audit verify` says more",
                head.size
            ))
        };
        if u64::try_from(head.size) != Ok(frontier.size()) {
            return Err(stopped("size and frontier differ"));
        }
        let Some(last) = last else {
            return if head.size == 0 {
                Ok(())
            } else {
                Err(stopped("the checkpoint of this size is missing"))
            };
        };
        if last.root != hex::encode(frontier.root()) {
            return Err(stopped("the frontier does not fit the last checkpoint"));
        }
        let mut judged = self.judged();
        if judged.as_ref() != Some(last) {
            if !last.is_ours(self.store.keys()) {
                return Err(stopped("the last checkpoint is not signed by a key of ours"));
            }
            *judged = Some(last.clone());
        }
        Ok(())
    }
}

impl Append {
    /// Writes it, if the head is still what it was computed from and free. Says whether it was.
    async fn carry_out(self, tx: &Tx) -> Result<bool, StoreError> {
        let connection = tx.connection();
        let Some(head) = lock_head(connection).await? else {
            return Err(StoreError::Conflict("the head of the log"));
        };
        if head.size != self.size || head.frontier != self.from || !free(&head, self.holder, tx.now()) {
            return Ok(false);
        }
        let entries: Vec<Uuid> = self.rows.iter().map(|(entry, _)| *entry).collect();
        let leaves = self
            .rows
            .into_iter()
            .zip(self.size + 1..)
            .map(|((entry, hash), number)| audit_leaf::ActiveModel {
                number: Set(number),
                entry: Set(entry),
                hash: Set(hash),
            });
        audit_leaf::Entity::insert_many(leaves)
            .exec_without_returning(connection)
            .await?;
        let taken = log_waiting::Entity::delete_many()
            .filter(log_waiting::Column::Entry.is_in(entries.iter().copied()))
            .exec(connection)
            .await?;
        if taken.rows_affected != entries.len() as u64 {
            return Err(StoreError::Conflict("the list of waiting log rows"));
        }
        if let Some(size) = self.replaces {
            audit_checkpoint::Entity::delete_by_id(size)
                .exec(connection)
                .await?;
        }
        let size = self.size + i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let previous = i64::try_from(self.checkpoint.previous).unwrap_or(i64::MAX);
        audit_checkpoint::Entity::insert(audit_checkpoint::ActiveModel {
            size: Set(size),
            previous: Set(previous),
            root: Set(self.checkpoint.root),
            at: Set(self.checkpoint.at),
            key_id: Set(self.checkpoint.key_id),
            signature: Set(self.checkpoint.signature),
        })
        .exec_without_returning(connection)
        .await?;
        log_head::Entity::update_many()
            .col_expr(log_head::Column::Size, Expr::value(size))
            .col_expr(log_head::Column::Frontier, Expr::value(self.frontier))
            .col_expr(log_head::Column::Holder, Expr::value(Some(self.holder)))
            .col_expr(log_head::Column::LeaseUntil, Expr::value(Some(tx.now() + LEASE)))
            .filter(log_head::Column::Id.eq(HEAD))
            .exec(connection)
            .await?;
        Ok(true)
    }
}

/// The head, locked until the act ends; made at the first append of all.
async fn lock_head(connection: &impl ConnectionTrait) -> Result<Option<log_head::Model>, StoreError> {
    let locked = || log_head::Entity::find_by_id(HEAD).lock_exclusive();
    if let Some(head) = locked().one(connection).await? {
        return Ok(Some(head));
    }
    let head = first_head();
    log_head::Entity::insert(log_head::ActiveModel {
        id: Set(head.id),
        size: Set(head.size),
        frontier: Set(head.frontier),
        holder: Set(head.holder),
        lease_until: Set(head.lease_until),
    })
    .on_conflict(OnConflict::column(log_head::Column::Id).do_nothing().to_owned())
    .exec_without_returning(connection)
    .await?;
    Ok(locked().one(connection).await?)
}

fn first_head() -> log_head::Model {
    log_head::Model {
        id: HEAD,
        size: 0,
        frontier: r#"{"size":0,"peaks":[]}"#.to_owned(),
        holder: None,
        lease_until: None,
    }
}

/// Whether `holder` may append now. A lease that ends far ahead was given while a clock was wrong; it binds nobody.
fn free(head: &log_head::Model, holder: Uuid, now: DateTime<Utc>) -> bool {
    let leased = now..=now + LEASE * 12;
    head.holder.is_none_or(|current| current == holder)
        || head.lease_until.is_none_or(|until| !leased.contains(&until))
}

fn same_minute(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    let minute = |at: DateTime<Utc>| at.duration_trunc(chrono::Duration::minutes(1));
    matches!((minute(one), minute(other)), (Ok(one), Ok(other)) if one == other)
}
