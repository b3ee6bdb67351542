//! Work after the commit: events to later rooms, jobs that leave the process.
//!
//! An event is a row of the outbox, written in the act. The worker routes it: one job per subscriber, in one
//! transaction with the mark that it was routed. From there events and jobs are the same: claimed with a
//! lease, run, deleted when done, put back with a growing pause when they fail. Nothing is dropped.

mod claim;
mod worker;

use std::{future::Future, pin::Pin};

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    Store, StoreError, Tx,
    last::Last,
    row::{job, outbox},
};

pub use claim::{WaitingWork, WorkStanding};
pub use worker::Worker;

/// Something that happened, told to later rooms. The payload carries ids, never identifiers of persons.
pub trait Event: Serialize + DeserializeOwned + Send + 'static {
    /// Stable name, such as `case.submitted`.
    const TOPIC: &'static str;
}

/// Something to be done after the commit.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// Stable name, such as `courier.sms`.
    const KIND: &'static str;
}

/// One delivery of an event or a job. It may come twice with the same id.
#[derive(Debug, Clone)]
pub struct Message<B> {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub body: B,
}

/// Why a piece of work has to be tried again. The text is logged and shown to operators.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WorkError(pub String);

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        Self(format!(
            "{error}: {}",
            std::error::Error::source(&error)
                .map(ToString::to_string)
                .unwrap_or_default()
        ))
    }
}

type Handling = Pin<Box<dyn Future<Output = Result<(), WorkError>> + Send>>;
type Handler = std::sync::Arc<dyn Fn(Store, Uuid, DateTime<Utc>, String) -> Handling + Send + Sync>;

fn handler<B, F, Fut>(work: F) -> Handler
where
    B: DeserializeOwned + Send + 'static,
    F: Fn(Store, Message<B>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), WorkError>> + Send + 'static,
{
    std::sync::Arc::new(
        move |store, id, at, payload| match serde_json::from_str::<B>(&payload) {
            Ok(body) => Box::pin(work(store, Message { id, at, body })),
            Err(error) => {
                Box::pin(async move { Err(WorkError(format!("the payload is not readable: {error}"))) })
            }
        },
    )
}

impl Tx {
    /// Tells later rooms, after the commit.
    pub async fn emit<E: Event>(&self, event: &E) -> Result<(), StoreError> {
        self.write_last(Last::Event(outbox::Model {
            id: self.new_id(),
            topic: E::TOPIC.to_owned(),
            payload: serde_json::to_string(event)?,
            at: self.now(),
            routed: false,
        }));
        Ok(())
    }

    /// Plans a job for after the commit, not before `run_at`.
    pub async fn enqueue<J: Job>(&self, work: &J, run_at: DateTime<Utc>) -> Result<Uuid, StoreError> {
        let id = self.new_id();
        self.write_last(Last::Job(job::Model {
            id,
            kind: J::KIND.to_owned(),
            payload: serde_json::to_string(work)?,
            at: self.now(),
            run_at,
            attempts: 0,
            lease_until: None,
            last_error: None,
        }));
        Ok(id)
    }
}
