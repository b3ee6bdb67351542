//! A character that no font has stops a document, and is a task for whoever runs the installation: a job that names document and character,
//! fails until a font has it, and is gone afterwards.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tongban_press::{Page, PressError, Typesetter};
use tongban_store::{Job, Message, Signer, Store, StoreError, WorkError, Worker};

use crate::types::import::wire_imports;

/// Waits until the fonts of the installation have some characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingCharacters {
    /// Kind and number of the document, never a name.
    pub document: String,
    /// Each once.
    pub characters: String,
}

impl Job for MissingCharacters {
    const KIND: &'static str = "press.missing_characters";
}

/// Gives the worker the jobs of this room. `typesetter` is the one that prints.
#[must_use]
pub fn wire(worker: Worker, typesetter: &Arc<dyn Typesetter>) -> Worker {
    let typesetter = Arc::clone(typesetter);
    wire_imports(worker).job::<MissingCharacters, _, _>(move |store, message| {
        try_again(store, message, Arc::clone(&typesetter))
    })
}

/// Plans the task, once for a document and its characters.
pub async fn report_missing_characters(
    store: &Store,
    signer: Signer,
    document: &str,
    characters: &str,
) -> Result<(), StoreError> {
    let task = MissingCharacters {
        document: document.to_owned(),
        characters: characters.to_owned(),
    };
    store
        .write(signer, move |tx| {
            let task = task.clone();
            async move {
                let once = format!(
                    "{}:{}:{}",
                    MissingCharacters::KIND,
                    task.document,
                    task.characters
                );
                if tx.once(&once).await? {
                    tx.enqueue(&task, tx.now()).await?;
                }
                Ok(())
            }
        })
        .await
}

/// Prints the characters alone. The fonts are read at the start of the program, so a new one is seen after the next start.
async fn try_again(
    store: Store,
    message: Message<MissingCharacters>,
    typesetter: Arc<dyn Typesetter>,
) -> Result<(), WorkError> {
    let task = message.body;
    let page = Page {
        template: "#set page(width: 100pt, height: 100pt)".to_owned(),
        data: json!({ "characters": task.characters }),
        record: None,
        at: store.now(),
    };
    let printed = tokio::task::spawn_blocking(move || typesetter.pdf(&page))
        .await
        .map_err(|_| WorkError("the typesetter broke off".to_owned()))?;
    match printed {
        Ok(_) => Ok(()),
        Err(error @ (PressError::MissingGlyph { .. } | PressError::NoFont { .. })) => {
            Err(WorkError(format!(
                "{} cannot be printed: {error}. Install a font that has them and start again",
                task.document
            )))
        }
        Err(error) => Err(WorkError(error.to_string())),
    }
}
