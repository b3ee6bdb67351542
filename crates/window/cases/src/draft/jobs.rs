//! The daily sweep over drafts that rest, and erasing the files that nobody holds any more, those of uploaded lists among them.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tongban_codes::civil::beijing_date;
use tongban_directory::import::UploadExpired;
use tongban_store::{BlobId, Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};
use uuid::Uuid;

use super::{
    expire::expire_draft,
    query,
    rest::{Due, KEPT, NOTICE},
};
use crate::{clock::warn, error::Error};

/// Drafts that are read at once.
const BATCH: u64 = 200;
/// How long a file still rests after its draft: an upload of an equal file that was under way has ended by then.
const FILES_REST: TimeDelta = TimeDelta::hours(1);

/// Warns of drafts that rest and erases those that have rested too long. Plans itself for the next day.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepDrafts {}

impl Job for SweepDrafts {
    const KIND: &'static str = "cases.sweep_drafts";
}

/// Erases files of drafts and of uploaded lists that are gone, where nobody else holds them.
#[derive(Debug, Serialize, Deserialize)]
pub struct EraseFiles {
    /// Names of files: keyed digests.
    pub files: Vec<String>,
}

impl Job for EraseFiles {
    const KIND: &'static str = "cases.erase_files";
}

/// Gives the worker the jobs of this room.
#[must_use]
pub fn wire(worker: Worker) -> Worker {
    worker
        .job::<SweepDrafts, _, _>(sweep)
        .job::<EraseFiles, _, _>(erase_files)
        .subscribe(
            "cases",
            |store: Store, message: Message<UploadExpired>| async move {
                let UploadExpired { upload, file } = message.body;
                store
                    .write(Signer::system(), move |tx| {
                        let file = file.clone();
                        async move {
                            if tx.once(&format!("cases.upload_expired:{upload}")).await? {
                                plan_erasing(&tx, vec![file]).await?;
                            }
                            Ok::<_, StoreError>(())
                        }
                    })
                    .await
                    .map_err(WorkError::from)
            },
        )
}

/// Plans the sweep of a civil day, once. The first draft of an installation begins the chain; each sweep plans the next.
pub(crate) async fn plan_sweep(tx: &Tx, in_days: i64) -> Result<(), StoreError> {
    let at = tx.now() + TimeDelta::days(in_days);
    if tx
        .once(&format!("cases.sweep_drafts:{}", beijing_date(at)))
        .await?
    {
        tx.enqueue(&SweepDrafts {}, at).await?;
    }
    Ok(())
}

/// Plans to erase the files of a draft that is gone.
pub(crate) async fn plan_erasing(tx: &Tx, files: Vec<String>) -> Result<(), StoreError> {
    if !files.is_empty() {
        tx.enqueue(&EraseFiles { files }, tx.now() + FILES_REST).await?;
    }
    Ok(())
}

fn failed(error: Error) -> WorkError {
    match error {
        Error::Store(error) => WorkError::from(error),
        other => WorkError(other.to_string()),
    }
}

async fn sweep(store: Store, _: Message<SweepDrafts>) -> Result<(), WorkError> {
    store
        .write(Signer::system(), |tx| async move {
            plan_sweep(&tx, 1).await?;
            warn::plan(&tx, beijing_date(tx.now())).await
        })
        .await?;
    let before = store.now() - (KEPT - NOTICE);
    let (mut after, mut warned, mut erased) = (Uuid::nil(), 0_u32, 0_u32);
    loop {
        let batch = query::resting(&store, before, after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = *last;
        for case in batch {
            // An act of its own for each: one that fails keeps no other.
            let done = store
                .write(Signer::system(), move |tx| async move {
                    expire_draft(&tx, case).await
                })
                .await;
            match done {
                Ok(Due::Nothing) | Err(Error::Conflict) => {}
                Ok(Due::Warn) => warned += 1,
                Ok(Due::Erase) => erased += 1,
                Err(error) => return Err(failed(error)),
            }
        }
    }
    tracing::info!(
        drafts.warned = warned,
        drafts.erased = erased,
        "drafts that nobody touches were swept"
    );
    Ok(())
}

async fn erase_files(store: Store, message: Message<EraseFiles>) -> Result<(), WorkError> {
    for file in &message.body.files {
        let file = BlobId::from_stored(file)?;
        if query::file_is_held(&store, &file).await.map_err(failed)? {
            continue;
        }
        let content = store.blobs().remove(&file).await?;
        // Somebody may have handed in an equal file between the two looks: then it comes back.
        if let Some(content) = content
            && query::file_is_held(&store, &file).await.map_err(failed)?
        {
            store.blobs().put(&content).await?;
        }
    }
    Ok(())
}
