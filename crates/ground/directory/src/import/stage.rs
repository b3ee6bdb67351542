//! Runs an import: permission, stages, report.

use std::{fmt, future::Future, sync::Arc};

use chrono::{DateTime, Utc};
use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use super::{ImportReport, RowFate, Source, SourceRow, query};
use crate::Error;

/// Rows that are judged and written together.
pub const STAGE_ROWS: usize = 200;

/// How an import runs.
#[derive(Clone, Copy)]
pub struct ImportOptions<'call> {
    /// Judge, and write nothing.
    pub dry_run: bool,
    /// Called after each stage with the rows done and the rows in all.
    pub progress: &'call (dyn Fn(usize, usize) + Send + Sync),
}

impl ImportOptions<'static> {
    /// Writes, and tells nobody how far it is.
    pub fn silent() -> Self {
        Self {
            dry_run: false,
            progress: &|_, _| {},
        }
    }

    /// Judges, writes nothing, and tells nobody how far it is.
    pub fn dry() -> Self {
        Self {
            dry_run: true,
            ..Self::silent()
        }
    }
}

impl fmt::Debug for ImportOptions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ImportOptions")
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

/// Where a stage reads and writes.
#[derive(Debug, Clone)]
pub enum Stage {
    /// A dry run: reads only.
    Dry(Store),
    /// Inside the write of the stage.
    Write(Tx),
}

impl Stage {
    /// The act to write in; none in a dry run.
    pub fn tx(&self) -> Option<&Tx> {
        match self {
            Self::Dry(_) => None,
            Self::Write(tx) => Some(tx),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::Dry(store) => store.now(),
            Self::Write(tx) => tx.now(),
        }
    }
}

/// Judges the rows of a list in stages and keeps the report, which is how every import of every room runs.
///
/// `judge` answers one fate for each row it is given, in their order, and writes what they change when the stage has a `Tx`. It may run
/// again, so what it remembers from stage to stage (`state`) is handed in and out. `kind` names the list in the report:
/// `regions`, `items`.
///
/// # Errors
/// Who may not import is denied. What the database refuses stops the import; the stages before stay, and a repeated import goes on
/// from there.
pub async fn stage_rows<S, E, F, Fut>(
    store: &Store,
    actor: &Actor,
    kind: &'static str,
    source: &Source,
    options: &ImportOptions<'_>,
    state: S,
    judge: F,
) -> Result<ImportReport, E>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(Stage, Arc<[SourceRow]>, S) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(Vec<RowFate>, S), E>> + Send + 'static,
    E: From<Error> + From<StoreError> + Send + 'static,
{
    permit(actor, Action::ImportRun, &Thing::none()).map_err(Error::from)?;
    let run = if options.dry_run {
        None
    } else {
        Some(begin(store, actor, kind, &source.name).await?)
    };
    let mut report = ImportReport {
        run,
        ..ImportReport::default()
    };
    let judged = judge_all(store, actor, source, options, state, judge, &mut report).await;
    if let Some(run) = run {
        let finished = finish(store, actor, run, kind, report.clone(), judged.is_ok()).await;
        judged?;
        finished?;
    } else {
        judged?;
    }
    Ok(report)
}

async fn judge_all<S, E, F, Fut>(
    store: &Store,
    actor: &Actor,
    source: &Source,
    options: &ImportOptions<'_>,
    mut state: S,
    judge: F,
    report: &mut ImportReport,
) -> Result<(), E>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(Stage, Arc<[SourceRow]>, S) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(Vec<RowFate>, S), E>> + Send + 'static,
    E: From<Error> + From<StoreError> + Send + 'static,
{
    let total = source.rows.len();
    (options.progress)(0, total);
    for rows in source.rows.chunks(STAGE_ROWS) {
        let rows: Arc<[SourceRow]> = rows.into();
        let (fates, next) = match report.run {
            None => judge(Stage::Dry(store.clone()), rows, state).await?,
            Some(run) => {
                let judge = judge.clone();
                store
                    .write(actor.signer(), move |tx| {
                        let (judge, rows, state) = (judge.clone(), Arc::clone(&rows), state.clone());
                        async move {
                            let (fates, state) = judge(Stage::Write(tx.clone()), rows, state).await?;
                            query::insert_rows(&tx, run, &fates).await?;
                            Ok::<_, E>((fates, state))
                        }
                    })
                    .await?
            }
        };
        state = next;
        report.add(fates);
        (options.progress)(report.rows, total);
    }
    Ok(())
}

async fn begin(store: &Store, actor: &Actor, kind: &'static str, file: &str) -> Result<Uuid, Error> {
    let (file, account) = (file.to_owned(), actor.account());
    store
        .write(actor.signer(), move |tx| {
            let file = file.clone();
            async move {
                let run = tx.new_id();
                query::insert_run(&tx, run, kind, &file, account).await?;
                Ok(run)
            }
        })
        .await
}

async fn finish(
    store: &Store,
    actor: &Actor,
    run: Uuid,
    kind: &'static str,
    report: ImportReport,
    complete: bool,
) -> Result<(), Error> {
    let report = Arc::new(report);
    store
        .write(actor.signer(), move |tx| {
            let report = Arc::clone(&report);
            async move {
                query::finish_run(&tx, run, &report, complete).await?;
                let entry = AuditEntry::new("import.run")
                    .on("import", run)
                    .with("list", kind)
                    .with("complete", complete)
                    .with("rows", report.rows)
                    .with("refused", report.refused)
                    .with("changed", report.changed);
                tx.audit(entry).await?;
                Ok(())
            }
        })
        .await
}
