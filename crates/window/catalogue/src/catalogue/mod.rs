//! The search index kept in step with the database.
//!
//! Every change of what is in force raises the revision of its item, in the order of commits. The index remembers up to which revision it
//! has followed, so following is one look at the rows above it: after an event, after a restart, and on every node that has an
//! index of its own. An index that is lost, damaged, of other words or of another database is built anew.

mod query;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tongban_search::{SearchAnswer, SearchError, SearchIndex, SearchRequest, Synonyms};
use tongban_store::{Message, Signer, Store, StoreError, WorkError, Worker};

use crate::{
    CatalogueChanged, Error, VersionDue,
    item::{import::wire_imports, publish_version::bring_into_force},
};

/// How far the index has followed; a small file beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Followed {
    revision: i64,
}

/// Searching the catalogue. Cheap to clone.
#[derive(Clone)]
pub struct Catalogue(Arc<Inner>);

struct Inner {
    store: Store,
    index: Arc<SearchIndex>,
    mark: PathBuf,
    /// One refresh at a time; holds how far the index has followed.
    followed: Mutex<Followed>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Catalogue")
            .field("documents", &self.0.index.len())
            .finish_non_exhaustive()
    }
}

impl Catalogue {
    /// Opens the index in a folder and lets it follow the database; answers when it does.
    pub async fn open(store: Store, folder: &Path, synonyms: Synonyms) -> Result<Self, Error> {
        let index_folder = folder.join("index");
        let opened = blocking(move || SearchIndex::open(&index_folder, &synonyms)).await?;
        let mark = folder.join("followed.json");
        let inner = Inner {
            store,
            index: Arc::new(opened),
            followed: Mutex::new(read_mark(&mark)),
            mark,
        };
        let catalogue = Self(Arc::new(inner));
        catalogue.refresh().await?;
        Ok(catalogue)
    }

    /// Follows what has changed since the last time. Says how many items were looked at.
    pub async fn refresh(&self) -> Result<usize, Error> {
        let mut followed = self.0.followed.lock().await;
        let (last, in_force) = query::standing(&self.0.store).await?;
        if followed.revision > last || (self.0.index.is_empty() && in_force > 0) {
            *followed = Followed::default();
        }
        let done = self.follow(&mut followed).await?;
        let (last, in_force) = query::standing(&self.0.store).await?;
        if last != followed.revision || self.0.index.len() as u64 == in_force {
            return Ok(done);
        }
        // Nothing happened since, and yet the index holds other items: it was written for another database.
        tracing::warn!(
            index.expected = in_force,
            index.held = self.0.index.len(),
            "the search index is built anew"
        );
        *followed = Followed::default();
        Ok(done + self.follow(&mut followed).await?)
    }

    async fn follow(&self, followed: &mut Followed) -> Result<usize, Error> {
        if followed.revision == 0 && !self.0.index.is_empty() {
            let index = Arc::clone(&self.0.index);
            blocking(move || index.replace_all(&[])).await?;
        }
        let mut done = 0;
        loop {
            let changes = query::changes_after(&self.0.store, followed.revision).await?;
            let count = changes.documents.len() + changes.gone.len();
            if count == 0 {
                return Ok(done);
            }
            done += count;
            let index = Arc::clone(&self.0.index);
            let revision = changes.revision;
            blocking(move || {
                if !changes.gone.is_empty() {
                    index.remove(&changes.gone)?;
                }
                if !changes.documents.is_empty() {
                    index.upsert(&changes.documents)?;
                }
                Ok(())
            })
            .await?;
            followed.revision = revision;
            write_mark(&self.0.mark, *followed)?;
        }
    }

    /// Answers a question. An answer without hits means that no matter here fits it: say so.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, Error> {
        Ok(self.0.index.search(request)?)
    }

    /// Completions of what is being typed, at most `limit`.
    pub fn suggest(&self, prefix: &str, limit: usize) -> Vec<String> {
        self.0.index.suggest(prefix, limit)
    }

    /// How many items can be found.
    pub fn len(&self) -> usize {
        self.0.index.len()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How a question is read, for whoever edits the synonym file.
    pub fn explain(&self, query: &str) -> Vec<(f32, Vec<String>)> {
        self.0.index.explain(query)
    }
}

/// Lets the index follow the catalogue, and brings planned versions into force on their day.
#[must_use]
pub fn wire(worker: Worker, catalogue: &Catalogue) -> Worker {
    let following = catalogue.clone();
    wire_imports(worker)
        .subscribe(
            "catalogue",
            move |_store: Store, _message: Message<CatalogueChanged>| {
                let following = following.clone();
                async move { following.refresh().await.map(|_| ()).map_err(work_error) }
            },
        )
        .job(|store: Store, message: Message<VersionDue>| async move {
            let item = message.body.item;
            store
                .write(Signer::system(), move |tx| async move {
                    bring_into_force(&tx, item).await
                })
                .await
                .map_err(work_error)
        })
}

pub(crate) fn work_error(error: Error) -> WorkError {
    let source = std::error::Error::source(&error)
        .map(ToString::to_string)
        .unwrap_or_default();
    WorkError(format!("{error}: {source}"))
}

/// Index work takes milliseconds to seconds of computing: not on the threads that answer people.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(StoreError::Panicked.into()),
    }
}

/// No mark, or one that cannot be read, means that everything is to be followed again.
fn read_mark(path: &Path) -> Followed {
    std::fs::read(path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write_mark(path: &Path, followed: Followed) -> Result<(), Error> {
    let text = serde_json::to_vec(&followed).map_err(StoreError::from)?;
    std::fs::write(path, text)
        .map_err(|error| StoreError::Corrupt(format!("mark of the search index: {error}")))?;
    Ok(())
}
