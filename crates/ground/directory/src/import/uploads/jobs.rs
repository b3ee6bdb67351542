//! The sweep over uploads that nobody has imported.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tongban_codes::civil::beijing_date;
use tongban_store::{Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};
use uuid::Uuid;

use super::{
    expire_upload::{UPLOAD_KEPT_DAYS, expire_upload, kept_until},
    query,
};
use crate::Error;

/// Uploads that are read at once.
const BATCH: u64 = 200;

/// Erases the files of uploads whose term has passed. Each upload plans one for the end of its own term; it takes along what lies there from
/// before.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SweepUploads {}

impl Job for SweepUploads {
    const KIND: &'static str = "directory.sweep_uploads";
}

/// Gives the worker the job of uploads.
pub(crate) fn wire(worker: Worker) -> Worker {
    worker.job::<SweepUploads, _, _>(sweep)
}

/// Plans the sweep at the end of the term of an upload that arrives now: one a civil day, after the last of the day.
pub(super) async fn plan_sweep(tx: &Tx) -> Result<(), StoreError> {
    let at = kept_until(tx.now()) + TimeDelta::days(1);
    if tx
        .once(&format!("directory.sweep_uploads:{}", beijing_date(at)))
        .await?
    {
        tx.enqueue(&SweepUploads {}, at).await?;
    }
    Ok(())
}

async fn sweep(store: Store, _: Message<SweepUploads>) -> Result<(), WorkError> {
    let before = store.now() - TimeDelta::days(UPLOAD_KEPT_DAYS);
    let (mut after, mut erased) = (Uuid::nil(), 0_u32);
    loop {
        let batch = query::expired(&store, before, after, BATCH)
            .await
            .map_err(failed)?;
        let Some(last) = batch.last() else { break };
        after = *last;
        for upload in batch {
            let done = store
                .write(Signer::system(), move |tx| async move {
                    expire_upload(&tx, upload).await
                })
                .await;
            erased += u32::from(done.map_err(failed)?);
        }
    }
    tracing::info!(uploads.erased = erased, "uploads that nobody imported were swept");
    Ok(())
}

fn failed(error: Error) -> WorkError {
    match error {
        Error::Store(error) => WorkError::from(error),
        other => WorkError(other.to_string()),
    }
}
