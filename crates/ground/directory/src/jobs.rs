//! The lists of this room that were uploaded, carried out, and those that nobody imported, let go of.

use tongban_store::{Message, Store, WorkError, Worker};

use crate::{
    CALENDAR, Error, ORGANISATIONS, REGIONS,
    import::{ImportPlanned, perform, uploads},
    import_calendar, import_organisations, import_regions,
};

/// Gives the worker the imports of this room, and its jobs.
#[must_use]
pub fn wire(worker: Worker) -> Worker {
    uploads::jobs::wire(worker).subscribe_long(
        "directory",
        |store: Store, message: Message<ImportPlanned>| async move {
            carry_out(&store, message.body).await.map_err(work_error)
        },
    )
}

async fn carry_out(store: &Store, planned: ImportPlanned) -> Result<(), Error> {
    perform(store, planned.clone(), REGIONS.kind, |store, task| async move {
        import_regions(&store, &task.actor, &task.source, &task.options()).await
    })
    .await?;
    perform(
        store,
        planned.clone(),
        ORGANISATIONS.kind,
        |store, task| async move {
            // a list that names no region speaks of the region of the post
            let own = task.actor.post().map(|post| &post.region);
            import_organisations(&store, &task.actor, &task.source, own, &task.options()).await
        },
    )
    .await?;
    perform(store, planned, CALENDAR.kind, |store, task| async move {
        import_calendar(&store, &task.actor, &task.source, &task.options()).await
    })
    .await
}

fn work_error(error: Error) -> WorkError {
    match error {
        Error::Store(error) => WorkError::from(error),
        other => WorkError(other.to_string()),
    }
}
