//! Ask for a rating, some days after the office has answered, where none was given.

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tongban_cases::events::{AboutCase, CaseDecided, CaseNotAccepted};
use tongban_engage::{MessageKind, Settings, tell_applicant};
use tongban_store::{Event, Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};
use uuid::Uuid;

use super::query::is_rated_in;
use crate::Error;

/// How long after the answer the applicant is asked.
const PATIENCE: TimeDelta = TimeDelta::days(3);

/// Asks for the rating of a case, unless it was given meanwhile.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskRating {
    pub case: Uuid,
}

impl Job for AskRating {
    const KIND: &'static str = "feedback.ask_rating";
}

/// Subscribes this room to the cases, and gives the worker its job.
#[must_use]
pub fn wire(worker: Worker, settings: &Settings) -> Worker {
    let settings = Arc::new(settings.clone());
    let worker = plan::<CaseNotAccepted>(plan::<CaseDecided>(worker));
    worker.job::<AskRating, _, _>(move |store, message| ask(store, message, Arc::clone(&settings)))
}

fn plan<E: Event + AboutCase>(worker: Worker) -> Worker {
    worker.subscribe::<E, _, _>("feedback", |store: Store, delivery: Message<E>| async move {
        let (delivery, case) = (delivery.id, delivery.body.case());
        store
            .write(Signer::system(), move |tx| async move {
                if tx.once(&format!("feedback:{delivery}")).await? {
                    tx.enqueue(&AskRating { case }, tx.now() + PATIENCE).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        Ok(())
    })
}

async fn ask(store: Store, message: Message<AskRating>, settings: Arc<Settings>) -> Result<(), WorkError> {
    let case = message.body.case;
    store
        .write(Signer::system(), move |tx| {
            let settings = Arc::clone(&settings);
            async move { ask_once(&tx, case, &settings).await }
        })
        .await
        .map_err(|error| match error {
            Error::Store(error) => WorkError::from(error),
            other => WorkError(other.to_string()),
        })
}

/// Once a case, however often the job comes.
async fn ask_once(tx: &Tx, case: Uuid, settings: &Settings) -> Result<(), Error> {
    if is_rated_in(tx, case).await? || !tx.once(&format!("feedback.ask_rating:{case}")).await? {
        return Ok(());
    }
    tell_applicant(tx, case, MessageKind::RatingAsked, settings).await?;
    Ok(())
}
