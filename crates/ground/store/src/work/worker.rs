//! The loop that routes events and runs jobs.

use std::{collections::HashMap, future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Event, Handler, Job, Message, WorkError, claim, handler};
use crate::{Signer, Store, StoreError, row::job};

/// The safety net: a poke is faster, this one is sure.
const POLL: Duration = Duration::from_millis(500);
/// Jobs claimed at once.
const CLAIM: u64 = 16;
/// Jobs that run side by side: one that waits for somebody else's machine must not hold up the rest, nor outlast the lease
/// of those behind it; and acts that come together share a commit.
const SIDE_BY_SIDE: usize = 8;

/// Knows who listens to which event and who runs which job. The binary wires one.
pub struct Worker {
    store: Store,
    subscribers: Vec<(&'static str, String)>,
    handlers: HashMap<String, Handler>,
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
        }
    }

    /// A later room listens to an event. `room` names the subscriber, once per event.
    #[must_use]
    pub fn subscribe<E: Event, F, Fut>(mut self, room: &str, work: F) -> Self
    where
        F: Fn(Store, Message<E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), WorkError>> + Send + 'static,
    {
        let kind = format!("event:{room}:{}", E::TOPIC);
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

    /// Works until told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
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

    /// Works until nothing is due, one piece after another: for tests and for the demo city's past. Says how much was done.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            let done = self.turn(1).await?;
            if done == 0 {
                return Ok(total);
            }
            total += done;
        }
    }

    async fn turn(&self, side_by_side: usize) -> Result<usize, StoreError> {
        // Looking costs a read; only a hit costs a write.
        if !claim::anything_due(&self.store).await? {
            return Ok(0);
        }
        let subscribers = self.subscribers.clone();
        let routed = self
            .store
            .write(Signer::system(), move |tx| {
                let subscribers = subscribers.clone();
                async move { claim::route(&tx, &subscribers).await }
            })
            .await?;
        let kinds: Vec<String> = self.handlers.keys().cloned().collect();
        let claimed = self
            .store
            .write(Signer::system(), move |tx| {
                let kinds = kinds.clone();
                async move { claim::claim(&tx, &kinds, CLAIM).await }
            })
            .await?;
        let count = claimed.len();
        // Those that are done at the same time are taken away in one act.
        let mut ended = stream::iter(claimed)
            .map(|job| self.perform(job))
            .buffer_unordered(side_by_side)
            .ready_chunks(side_by_side);
        while let Some(ended) = ended.next().await {
            let done: Vec<Uuid> = ended
                .into_iter()
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?;
            if !done.is_empty() {
                self.store
                    .write(Signer::system(), move |tx| {
                        let done = done.clone();
                        async move { claim::finish(&tx, done).await }
                    })
                    .await?;
            }
        }
        Ok(routed + count)
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
