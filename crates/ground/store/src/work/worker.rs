//! The loop that routes events and runs jobs.

use std::{collections::HashMap, future::Future, time::Duration};

use tokio::sync::watch;

use super::{Event, Handler, Job, Message, WorkError, claim, handler};
use crate::{Signer, Store, StoreError};

/// The safety net: a poke is faster, this one is sure.
const POLL: Duration = Duration::from_millis(500);
/// Jobs claimed at once.
const CLAIM: u64 = 16;

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
            let busy = match self.turn().await {
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

    /// Works until nothing is due: for tests and for the demo city's past. Says how much was done.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            let done = self.turn().await?;
            if done == 0 {
                return Ok(total);
            }
            total += done;
        }
    }

    async fn turn(&self) -> Result<usize, StoreError> {
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
        for job in claimed {
            let Some(work) = self.handlers.get(&job.kind) else {
                continue;
            };
            let id = job.id;
            match work(self.store.clone(), job.id, job.at, job.payload).await {
                Ok(()) => {
                    self.store
                        .write(
                            Signer::system(),
                            move |tx| async move { claim::finish(&tx, id).await },
                        )
                        .await?;
                }
                Err(error) => {
                    tracing::warn!(job.kind = job.kind, job.id = %id, job.attempts = job.attempts + 1, error = %error, "a job failed and will be tried again");
                    let attempts = job.attempts;
                    self.store
                        .write(Signer::system(), move |tx| {
                            let error = error.to_string();
                            async move { claim::put_back(&tx, id, attempts, &error).await }
                        })
                        .await?;
                }
            }
        }
        Ok(routed + count)
    }
}
