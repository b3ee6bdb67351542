//! One writer with group commit, for SQLite.
//!
//! Acts wait in a queue. The writer takes the first, begins a transaction, runs it and those that have queued
//! meanwhile, each in a savepoint, makes one durable commit and releases all answers. So the rate does not
//! fall to one act per flush of the disk when the disk is slow.
//!
//! The writer has a thread of its own, and shares one processor with the thread of its connection. An act goes to the database
//! and back a dozen times; the two threads take turns, and waking a sleeping processor each time took longer
//! than the statements.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use futures::FutureExt as _;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    Signer, Store, StoreError, Tx,
    counts::Counts,
    last::{self, Last},
    store::connect_sqlite,
    tx::LastRows,
};

/// Most acts that share one commit.
const BATCH: usize = 64;
/// Acts that may wait before callers are told to come back.
const QUEUE: usize = 4_096;
/// A use case that takes longer than this is stopped: nothing but the database may be awaited in it.
const LONGEST_ACT: Duration = Duration::from_secs(30);

tokio::task_local! {
    static INSIDE: ();
}

/// Whether the caller already runs inside a `write`.
pub(crate) fn inside_write() -> bool {
    INSIDE.try_with(|()| ()).is_ok()
}

/// Runs a use case with a time limit, survives its panic, and marks the task as being inside a write.
pub(crate) async fn guarded<R>(work: impl Future<Output = R>) -> Result<R, StoreError> {
    let caught = INSIDE.scope((), AssertUnwindSafe(work).catch_unwind());
    match tokio::time::timeout(LONGEST_ACT, caught).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_panic)) => Err(StoreError::Panicked),
        Err(_late) => Err(StoreError::Unavailable("a use case took too long")),
    }
}

type Release = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Whether the act stands, what it left to the end, and its answer.
type Running = Pin<Box<dyn Future<Output = (bool, Vec<Last>, Release)> + Send>>;
type Act = Box<dyn FnOnce(Arc<DatabaseTransaction>) -> Running + Send>;

enum Order {
    Act(Act),
    /// Says when everything queued before it is written, and whether to go on after that.
    Settle {
        stop: bool,
        done: oneshot::Sender<()>,
    },
}

/// The queue in front of the writing connection.
pub(crate) struct Writer {
    queue: mpsc::Sender<Order>,
    connection: DatabaseConnection,
}

impl Writer {
    /// Starts the thread, which opens the connection. It ends with the last handle on the store, or when the store is closed.
    pub(crate) async fn start(database_url: &str, counts: Arc<Counts>) -> Result<Self, StoreError> {
        let (queue, orders) = mpsc::channel(QUEUE);
        let (opened, opening) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(StoreError::Thread)?;
        let url = database_url.to_owned();
        let work = async move {
            let connection = connect_sqlite(&url, 1).await.map(|mut connection| {
                counts.watch(&mut connection);
                connection
            });
            let serving = connection.as_ref().ok().cloned();
            // Nobody waits any more when opening was given up.
            if opened.send(connection).is_ok()
                && let Some(connection) = serving
            {
                serve(connection, orders, counts).await;
            }
        };
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                #[cfg(target_os = "linux")]
                if let Err(error) = crate::processor::keep_to_one() {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the writer keeps to no processor and is slower for it"
                    );
                }
                runtime.block_on(work);
            })
            .map_err(StoreError::Thread)?;
        let connection = opening
            .await
            .map_err(|_| StoreError::Unavailable("the writer has stopped"))??;
        Ok(Self { queue, connection })
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Waits until everything queued so far is written; with `stop` nothing is written after it.
    pub(crate) async fn settle(&self, stop: bool) {
        let (done, settled) = oneshot::channel();
        if self.queue.send(Order::Settle { stop, done }).await.is_ok() {
            // An error means that the writer has already gone.
            settled.await.ok();
        }
    }

    pub(crate) async fn run<T, E, F, Fut>(&self, store: Store, signer: Signer, work: F) -> Result<T, E>
    where
        F: Fn(Tx) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel::<Result<T, E>>();
        let act: Act = Box::new(move |transaction| {
            Box::pin(async move {
                let left = LastRows::default();
                let tx = Tx::new(transaction, store, signer, left.clone());
                let result = match guarded(work(tx)).await {
                    Ok(result) => result,
                    Err(failure) => Err(failure.into()),
                };
                let wrote = result.is_ok();
                let release: Release = Box::new(move |committed| {
                    let outcome = match (result, committed) {
                        (Ok(answer), Ok(())) => Ok(answer),
                        (Ok(_), Err(failure)) => Err(failure.into()),
                        (Err(refusal), _) => Err(refusal),
                    };
                    // Nobody waits any more when the request was dropped; the act stands all the same.
                    reply.send(outcome).ok();
                });
                (wrote, left.take(), release)
            })
        });
        self.queue
            .send(Order::Act(act))
            .await
            .map_err(|_| StoreError::Unavailable("the writer has stopped"))?;
        answer
            .await
            .map_err(|_| StoreError::Unavailable("the writer has stopped"))?
    }
}

async fn serve(connection: DatabaseConnection, mut orders: mpsc::Receiver<Order>, counts: Arc<Counts>) {
    while let Some(order) = orders.recv().await {
        let mut next = match order {
            Order::Act(act) => Some(act),
            Order::Settle { stop, done } => {
                done.send(()).ok();
                if stop {
                    return;
                }
                continue;
            }
        };
        let mut releases: Vec<(bool, Release)> = Vec::new();
        let mut settle = None;
        let mut left = Vec::new();
        let outcome = async {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place where an act on SQLite begins"
            )]
            let transaction = connection
                .begin_with_options(TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                })
                .await?;
            let transaction = Arc::new(transaction);
            transaction.execute_unprepared("SAVEPOINT act").await?;
            while let Some(act) = next.take() {
                let (wrote, rows, release) = act(Arc::clone(&transaction)).await;
                releases.push((wrote, release));
                if wrote {
                    left.extend(rows);
                }
                if releases.len() < BATCH {
                    match orders.try_recv() {
                        Ok(Order::Act(act)) => next = Some(act),
                        Ok(Order::Settle { stop, done }) => settle = Some((stop, done)),
                        Err(_) => {}
                    }
                }
                // One round trip ends this act and begins the next; the last one is released by the commit.
                let between = match (wrote, next.is_some()) {
                    (true, true) => "RELEASE act; SAVEPOINT act",
                    (true, false) => continue,
                    (false, true) => "ROLLBACK TO act; RELEASE act; SAVEPOINT act",
                    (false, false) => "ROLLBACK TO act; RELEASE act",
                };
                transaction.execute_unprepared(between).await?;
            }
            let transaction = Arc::try_unwrap(transaction).map_err(|_| StoreError::Kept)?;
            last::write(&transaction, left).await?;
            transaction.commit().await?;
            counts.committed(releases.iter().filter(|(wrote, _)| *wrote).count());
            Ok::<(), StoreError>(())
        }
        .await;
        let failure = outcome.err().map(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                acts = releases.len(),
                "a group commit failed"
            );
        });
        for (_, release) in releases {
            release(match failure {
                None => Ok(()),
                Some(()) => Err(StoreError::Unavailable("the commit failed")),
            });
        }
        if let Some((stop, done)) = settle {
            done.send(()).ok();
            if stop {
                return;
            }
        }
    }
}
