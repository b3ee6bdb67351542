//! Carries a planned run out. It may take minutes, may be broken off anywhere, and may come twice.

use std::future::Future;

use serde::{Deserialize, Serialize};
use tongban_access::Actor;
use tongban_store::{BlobId, Event, Store, StoreError};
use uuid::Uuid;

use super::query;
use crate::{
    Error,
    import::{ImportOptions, ImportReport, Source},
};

/// A run waits for the room that knows the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPlanned {
    pub run: Uuid,
    /// The kind of the list; each room carries out its own.
    pub kind: String,
}

impl Event for ImportPlanned {
    const TOPIC: &'static str = "import.planned";
}

/// What a room needs to import a list that was uploaded.
#[derive(Debug)]
pub struct Task {
    pub source: Source,
    /// Who uploaded it, on the post that they held.
    pub actor: Actor,
    /// Items: publish at once.
    pub publish: bool,
    run: Uuid,
    dry_run: bool,
}

impl Task {
    /// How the import has to run.
    pub fn options(&self) -> ImportOptions<'static> {
        ImportOptions {
            dry_run: self.dry_run,
            run: Some(self.run),
            ..ImportOptions::silent()
        }
    }
}

/// Carries a run out with the import of this kind of list. A run of another kind, and one that has ended, is left alone.
///
/// # Errors
/// What the import fails with; the next try goes on behind the rows that were judged.
pub async fn perform<E, F, Fut>(
    store: &Store,
    planned: ImportPlanned,
    kind: &'static str,
    import: F,
) -> Result<(), E>
where
    F: FnOnce(Store, Task) -> Fut,
    Fut: Future<Output = Result<ImportReport, E>>,
    E: From<Error>,
{
    if planned.kind != kind {
        return Ok(());
    }
    match task(store, planned.run).await? {
        Some(task) => import(store.clone(), task).await.map(|_report| ()),
        None => Ok(()),
    }
}

async fn task(store: &Store, run: Uuid) -> Result<Option<Task>, Error> {
    let Some((run, upload)) = query::unfinished(store, run).await? else {
        return Ok(None);
    };
    let actor = run.actor.as_deref().unwrap_or_default();
    let actor: Actor = serde_json::from_str(actor).map_err(StoreError::from)?;
    let blob = BlobId::from_stored(&upload.blob)?;
    let bytes = store.blobs().get(&blob).await?;
    let (name, sheet) = (upload.file, upload.sheet);
    let read = move || Source::parse_sheet(&name, &bytes, sheet.as_deref());
    let source = match tokio::task::spawn_blocking(read).await {
        Ok(source) => source?,
        Err(_panic) => return Err(StoreError::Panicked.into()),
    };
    Ok(Some(Task {
        source,
        actor,
        publish: upload.publish,
        run: run.id,
        dry_run: run.dry_run,
    }))
}
