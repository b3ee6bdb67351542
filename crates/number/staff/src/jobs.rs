//! The lists of this room that were uploaded, carried out.

use tongban_directory::import::{ImportPlanned, perform};
use tongban_store::{Message, Store, WorkError, Worker};

use crate::{Error, STAFF, import_staff};

/// Gives the worker the imports of this room.
#[must_use]
pub fn wire(worker: Worker) -> Worker {
    worker.subscribe_long(
        "staff",
        |store: Store, message: Message<ImportPlanned>| async move {
            let done = perform(&store, message.body, STAFF.kind, |store, task| async move {
                import_staff(&store, &task.actor, &task.source, &task.options()).await
            });
            done.await.map_err(|error: Error| match error {
                Error::Store(error) => WorkError::from(error),
                other => WorkError(other.to_string()),
            })
        },
    )
}
