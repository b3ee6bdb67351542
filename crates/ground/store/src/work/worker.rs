//! The loops that route events and run jobs.
//!
//! Most work takes moments, and the next is claimed when all of it is done. Work that may take minutes has a loop of its own, so that
//! nothing waits for it: one piece at a time, its lease renewed while it runs. When the process stops, it is given
//! back where it stands, and whoever takes it next goes on.

use std::{collections::HashMap, future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Event, Handler, Job, Message, WorkError, claim, handler};
use crate::{
    Signer, Store, StoreError,
    replay::{SweepAnswers, plan_sweep},
    row::job,
};

/// The safety net: a poke is faster, this one is sure.
const POLL: Duration = Duration::from_millis(500);
/// Jobs claimed at once.
const CLAIM: u64 = 16;
/// Jobs that run side by side: one that waits for somebody else's machine must not hold up the rest, nor outlast the lease
/// of those behind it; and acts that come together share a commit.
const SIDE_BY_SIDE: usize = 8;
/// How often the lease of long work is renewed: three times before it ends.
const RENEW: Duration = Duration::from_secs(40);

/// Knows who listens to which event and who runs which job. The binary wires one.
pub struct Worker {
    store: Store,
    subscribers: Vec<(&'static str, String)>,
    handlers: HashMap<String, Handler>,
    /// Kinds of work that may take minutes.
    long: Vec<String>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Worker")
            .field("subscribers", &self.subscribers)
            .finish_non_exhaustive()
    }
}

impl Worker {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            subscribers: Vec::new(),
            handlers: HashMap::new(),
            long: Vec::new(),
        }
    }

    /// A later room listens to an event. `room` names the subscriber, once per event.
    #[must_use]
    pub fn subscribe<E: Event, F, Fut>(mut self, room: &str, work: F) -> Self
    where
        F: Fn(Store, Message<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), WorkError>> + Send + 'static,
    {
        let kind = event_kind::<E>(room);
        self.subscribers.push((E::TOPIC, kind.clone()));
        self.handlers.insert(kind, handler(work));
        self
    }

    /// Who runs a job.
    #[must_use]
    pub fn job<J: Job, F, Fut>(mut self, work: F) -> Self
    where
        F: Fn(Store, Message<J>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), WorkError>> + Send + 'static,
    {
        self.handlers.insert(J::KIND.to_owned(), handler(work));
        self
    }

    /// The same for work that may take minutes. It is dropped where it stands when the process stops, and comes again after the next start: it
    /// must go on from what it has written.
    #[must_use]
    pub fn subscribe_long<E: Event, F, Fut>(mut self, room: &str, work: F) -> Self
    where
        F: Fn(Store, Message<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), WorkError>> + Send + 'static,
    {
        self.long.push(event_kind::<E>(room));
        self.subscribe(room, work)
    }

    /// Works until told to stop.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        self.begin().await;
        tokio::join!(self.run_short(stop.clone()), self.run_long(stop));
    }

    /// Begins the chain of the daily sweep of this room, which then plans itself.
    async fn begin(&self) {
        if !self.handlers.contains_key(SweepAnswers::KIND) {
            return;
        }
        let planned = self
            .store
            .write(Signer::system(), |tx| async move { plan_sweep(&tx, 0).await })
            .await;
        if let Err(error) = planned {
            // The chain is begun by the next start at the latest; nothing is lost by a day more.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the daily sweep over kept answers could not be planned"
            );
        }
    }

    async fn run_short(&self, mut stop: watch::Receiver<bool>) {
        loop {
            let busy = match self.turn(SIDE_BY_SIDE).await {
                Ok(done) => done > 0,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the worker could not read its work"
                    );
                    false
                }
            };
            if *stop.borrow() {
                return;
            }
            if !busy {
                tokio::select! {
                    () = self.store.poke().notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                    _ = stop.changed() => {}
                }
            }
        }
    }

    async fn run_long(&self, mut stop: watch::Receiver<bool>) {
        if self.long.is_empty() {
            return;
        }
        loop {
            if *stop.borrow() {
                return;
            }
            let busy = match self.long_turn(&mut stop).await {
                Ok(busy) => busy,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the worker could not read its long work"
                    );
                    false
                }
            };
            if !busy {
                tokio::select! {
                    // not at each poke: who waits for minutes does not mind half a second, and looking costs a read
                    () = tokio::time::sleep(POLL) => {}
                    () = told_to_stop(&mut stop) => return,
                }
            }
        }
    }

    /// Runs one piece of long work to its end, or until the process stops; says whether there was one.
    async fn long_turn(&self, stop: &mut watch::Receiver<bool>) -> Result<bool, StoreError> {
        let Some(job) = self.claim(&self.long, 1).await?.pop() else {
            return Ok(false);
        };
        let id = job.id;
        let work = self.perform(job);
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return self.finish(vec![done]).await.map(|()| true),
                () = tokio::time::sleep(RENEW) => {
                    self.store
                        .write(Signer::system(), move |tx| async move { claim::renew(&tx, id).await })
                        .await?;
                }
                () = told_to_stop(stop) => break,
            }
        }
        self.store
            .write(Signer::system(), move |tx| async move {
                claim::release(&tx, id).await
            })
            .await?;
        Ok(true)
    }

    /// Works until nothing is due, one piece after another: for tests and for the demo city's past. Says how much was done.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        // `_told` lives as long as the receiver is asked: nobody stops this.
        let (_told, mut stop) = watch::channel(false);
        let mut total = 0;
        loop {
            let done = self.turn(1).await? + usize::from(self.long_turn(&mut stop).await?);
            if done == 0 {
                return Ok(total);
            }
            total += done;
        }
    }

    async fn turn(&self, side_by_side: usize) -> Result<usize, StoreError> {
        let routed = self.route().await?;
        let kinds: Vec<String> = self
            .handlers
            .keys()
            .filter(|kind| !self.long.contains(kind))
            .cloned()
            .collect();
        let claimed = self.claim(&kinds, CLAIM).await?;
        let count = claimed.len();
        // Those that are done at the same time are taken away in one act, while the others go on: one that holds a connection must
        // not stand still while its neighbour waits for one.
        stream::iter(claimed)
            .map(|job| self.perform(job))
            .buffer_unordered(side_by_side)
            .ready_chunks(side_by_side)
            .map(|ended| self.finish(ended))
            .buffer_unordered(count.max(1))
            .try_collect::<()>()
            .await?;
        Ok(routed + count)
    }

    async fn route(&self) -> Result<usize, StoreError> {
        // Looking costs a read; only a hit costs a write.
        if !claim::anything_to_route(&self.store).await? {
            return Ok(0);
        }
        let subscribers = self.subscribers.clone();
        self.store
            .write(Signer::system(), move |tx| {
                let subscribers = subscribers.clone();
                async move { claim::route(&tx, &subscribers).await }
            })
            .await
    }

    async fn claim(&self, kinds: &[String], most: u64) -> Result<Vec<job::Model>, StoreError> {
        if kinds.is_empty() || !claim::anything_due(&self.store, kinds).await? {
            return Ok(Vec::new());
        }
        let kinds = kinds.to_vec();
        self.store
            .write(Signer::system(), move |tx| {
                let kinds = kinds.clone();
                async move { claim::claim(&tx, &kinds, most).await }
            })
            .await
    }

    /// Takes away the jobs that are done.
    async fn finish(&self, ended: Vec<Result<Option<Uuid>, StoreError>>) -> Result<(), StoreError> {
        let done: Vec<Uuid> = ended
            .into_iter()
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?;
        if done.is_empty() {
            return Ok(());
        }
        self.store
            .write(Signer::system(), move |tx| {
                let done = done.clone();
                async move { claim::finish(&tx, done).await }
            })
            .await
    }

    /// Runs one claimed job. Answers its id when it is done; puts it back with its reason when it failed.
    async fn perform(&self, job: job::Model) -> Result<Option<Uuid>, StoreError> {
        let Some(work) = self.handlers.get(&job.kind) else {
            return Ok(None);
        };
        let id = job.id;
        // A handler that panics ends its own job only: the loop goes on for the others.
        let run = AssertUnwindSafe(work(self.store.clone(), id, job.at, job.payload)).catch_unwind();
        let outcome = run
            .await
            .unwrap_or_else(|_panic| Err(WorkError("the work panicked".to_owned())));
        match outcome {
            Ok(()) => Ok(Some(id)),
            Err(error) => {
                tracing::warn!(job.kind = job.kind, job.id = %id, job.attempts = job.attempts + 1, error = %error, "a job failed and will be tried again");
                let attempts = job.attempts;
                self.store
                    .write(Signer::system(), move |tx| {
                        let error = error.to_string();
                        async move { claim::put_back(&tx, id, attempts, &error).await }
                    })
                    .await?;
                Ok(None)
            }
        }
    }
}

/// Waits until the process stops; who can no longer be told has stopped too.
async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.map(drop).ok();
}

/// The kind of the job that brings an event to a subscriber.
fn event_kind<E: Event>(room: &str) -> String {
    format!("event:{room}:{}", E::TOPIC)
}
