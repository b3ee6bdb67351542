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
    /// A run that was planned, to begin or to go on with; a dry one keeps its report too.
    pub run: Option<Uuid>,
}

impl ImportOptions<'static> {
    /// Writes, and tells nobody how far it is.
    pub fn silent() -> Self {
        Self {
            dry_run: false,
            progress: &|_, _| {},
            run: None,
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
            .field("run", &self.run)
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
/// A planned run goes on behind the rows that it has judged already: they are judged once more without writing, for what the
/// judge remembers of them. Two that work at the same run by mistake do each stage once.
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
    let mut report = match (options.run, options.dry_run) {
        (Some(run), _) => begin_planned(store, actor, run, source.rows.len()).await?,
        (None, true) => ImportReport::default(),
        (None, false) => ImportReport {
            run: Some(begin(store, actor, kind, source).await?),
            ..ImportReport::default()
        },
    };
    let judged = judge_all(store, actor, source, options, state, judge, &mut report).await;
    let Some(run) = report.run else {
        return judged.map(|()| report);
    };
    let finish = Finish {
        run,
        kind,
        dry_run: options.dry_run,
        planned: options.run.is_some(),
        rows: report.rows,
        refused: report.refused,
        changed: report.changed,
        complete: judged.is_ok(),
    };
    let finished = finish.save(store, actor).await;
    judged?;
    finished?;
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
    let done = report.rows;
    (options.progress)(done, total);
    let mut before = 0;
    for rows in source.rows.chunks(STAGE_ROWS) {
        let rows: Arc<[SourceRow]> = rows.into();
        if before < done {
            before += rows.len();
            state = judge(Stage::Dry(store.clone()), rows, state).await?.1;
            continue;
        }
        let (fates, next) = match report.run {
            Some(run) if !options.dry_run => {
                let (judge, done) = (judge.clone(), report.rows);
                store
                    .write(actor.signer(), move |tx| {
                        let (judge, rows, state) = (judge.clone(), Arc::clone(&rows), state.clone());
                        async move {
                            query::claim_stage(&tx, run, done).await?;
                            let (fates, state) = judge(Stage::Write(tx.clone()), rows, state).await?;
                            query::keep_fates(&tx, run, done, &fates).await?;
                            Ok::<_, E>((fates, state))
                        }
                    })
                    .await?
            }
            run => {
                let (fates, next) = judge(Stage::Dry(store.clone()), rows, state).await?;
                if let Some(run) = run {
                    keep(store, actor, run, report.rows, &fates).await?;
                }
                (fates, next)
            }
        };
        state = next;
        report.add(fates);
        (options.progress)(report.rows, total);
    }
    Ok(())
}

/// Keeps what a dry run says about some rows.
async fn keep(store: &Store, actor: &Actor, run: Uuid, done: usize, fates: &[RowFate]) -> Result<(), Error> {
    let fates: Arc<[RowFate]> = fates.into();
    store
        .write(actor.signer(), move |tx| {
            let fates = Arc::clone(&fates);
            async move { query::keep_fates(&tx, run, done, &fates).await }
        })
        .await
}

async fn begin(store: &Store, actor: &Actor, kind: &'static str, source: &Source) -> Result<Uuid, Error> {
    let new = query::NewRun {
        kind: kind.to_owned(),
        file: source.name.clone(),
        started_by: actor.account(),
        total: source.rows.len(),
        state: query::RunState::Running,
        dry_run: false,
        upload: None,
        actor: None,
    };
    store
        .write(actor.signer(), move |tx| {
            let new = new.clone();
            async move {
                let run = tx.new_id();
                query::insert_run(&tx, run, new).await?;
                Ok(run)
            }
        })
        .await
}

/// What a planned run has judged already, without its rows.
async fn begin_planned(store: &Store, actor: &Actor, run: Uuid, total: usize) -> Result<ImportReport, Error> {
    store
        .write(actor.signer(), move |tx| async move {
            query::begin_run(&tx, run, total).await
        })
        .await
}

/// How a run ended.
#[derive(Clone, Copy)]
struct Finish {
    run: Uuid,
    kind: &'static str,
    dry_run: bool,
    planned: bool,
    rows: usize,
    refused: usize,
    changed: usize,
    complete: bool,
}

impl Finish {
    async fn save(self, store: &Store, actor: &Actor) -> Result<(), Error> {
        store
            .write(actor.signer(), move |tx| async move {
                let goes_on = !self.complete && self.planned;
                let ended = query::finish_run(&tx, self.run, self.rows, self.complete, goes_on).await?;
                if !ended || goes_on {
                    // somebody else, or this one at its next try, says how it ended
                    return Ok(());
                }
                let action = if self.dry_run {
                    "import.dry_run"
                } else {
                    "import.run"
                };
                let entry = AuditEntry::new(action)
                    .on("import", self.run)
                    .with("list", self.kind)
                    .with("complete", self.complete)
                    .with("rows", self.rows)
                    .with("refused", self.refused)
                    .with("changed", self.changed);
                tx.audit(entry).await?;
                Ok(())
            })
            .await
    }
}
