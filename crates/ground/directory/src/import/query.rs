//! Reports of imports, kept and read.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, DatabaseExecutor, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::{Finding, ImportReport, Outcome, RowFate, Stage, Verdict};
use crate::{
    Error,
    row::{import_row, import_run},
};

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Planned, and not begun yet.
    Waiting,
    /// Under way, or the process ended in the middle of it.
    Running,
    /// Every row was judged.
    Finished,
    /// A failure stopped it; the stages before stay. One that was planned goes on by itself.
    Stopped,
}

impl RunState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
        }
    }

    pub(super) fn from_word(word: &str) -> Self {
        [Self::Waiting, Self::Finished, Self::Stopped]
            .into_iter()
            .find(|state| state.as_str() == word)
            .unwrap_or(Self::Running)
    }
}

/// One import as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportRun {
    pub id: Uuid,
    /// `regions`, `organisations`, `calendar`, `items`, …
    pub kind: String,
    pub file: String,
    pub started_by: Option<Uuid>,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub state: RunState,
    /// Whether it judged only, and wrote nothing but its report.
    pub dry_run: bool,
    /// The file that was uploaded for it.
    pub upload: Option<Uuid>,
    /// Rows of the file; 0 where nobody counted them.
    pub total: i64,
    /// Rows judged so far.
    pub rows: i64,
    pub accepted: i64,
    pub warned: i64,
    pub refused: i64,
    pub changed: i64,
}

impl From<import_run::Model> for ImportRun {
    fn from(row: import_run::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            file: row.file,
            started_by: row.started_by,
            started_at: row.started_at,
            finished_at: row.finished_at,
            state: RunState::from_word(&row.state),
            dry_run: row.dry_run,
            upload: row.upload,
            total: row.total,
            rows: row.rows,
            accepted: row.accepted,
            warned: row.warned,
            refused: row.refused,
            changed: row.changed,
        }
    }
}

impl TryFrom<import_row::Model> for RowFate {
    type Error = Error;

    fn try_from(row: import_row::Model) -> Result<Self, Error> {
        let findings: Vec<Finding> = serde_json::from_str(&row.findings).map_err(StoreError::from)?;
        let outcome = match Verdict::from_word(&row.verdict) {
            Some(Verdict::Accepted) => Outcome::Accepted { changed: row.changed },
            Some(Verdict::Warned) => Outcome::Warned {
                changed: row.changed,
                warnings: findings,
            },
            Some(Verdict::Refused) => Outcome::Refused { reasons: findings },
            None => {
                return Err(StoreError::Corrupt(format!("import row {}: {}", row.id, row.verdict)).into());
            }
        };
        Ok(Self {
            line: u64::try_from(row.line).unwrap_or(0),
            key: row.row_key,
            outcome,
        })
    }
}

/// Imports, newest first.
pub async fn import_runs(store: &Store, page: PageRequest) -> Result<Page<ImportRun>, Error> {
    let query = import_run::Entity::find();
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_desc(import_run::Column::StartedAt)
        .order_by_desc(import_run::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(
        rows.into_iter().map(ImportRun::from).collect(),
        total,
        page,
    ))
}

/// One import.
pub async fn import_run(store: &Store, run: Uuid) -> Result<Option<ImportRun>, Error> {
    Ok(import_run::Entity::find_by_id(run)
        .one(store.reader())
        .await?
        .map(ImportRun::from))
}

/// The rows of an import in the order of the file; `verdict` keeps one kind of them.
pub async fn import_rows(
    store: &Store,
    run: Uuid,
    verdict: Option<Verdict>,
    page: PageRequest,
) -> Result<Page<RowFate>, Error> {
    let mut query = import_row::Entity::find().filter(import_row::Column::Run.eq(run));
    if let Some(verdict) = verdict {
        query = query.filter(import_row::Column::Verdict.eq(verdict.as_str()));
    }
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_asc(import_row::Column::Line)
        .order_by_asc(import_row::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let fates = rows
        .into_iter()
        .map(RowFate::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(fates, total, page))
}

impl Stage {
    /// The connection of the stage, for reads of `query.rs`.
    pub fn executor(&self) -> DatabaseExecutor<'_> {
        match self {
            Self::Dry(store) => DatabaseExecutor::from(store.reader()),
            Self::Write(tx) => DatabaseExecutor::from(tx.connection()),
        }
    }
}

/// A run that is about to begin, or planned.
#[derive(Debug, Clone)]
pub(super) struct NewRun {
    pub(super) kind: String,
    pub(super) file: String,
    pub(super) started_by: Option<Uuid>,
    pub(super) total: usize,
    pub(super) state: RunState,
    pub(super) dry_run: bool,
    pub(super) upload: Option<Uuid>,
    /// Who a planned run judges for, as JSON.
    pub(super) actor: Option<String>,
}

pub(super) async fn insert_run(tx: &Tx, run: Uuid, new: NewRun) -> Result<(), Error> {
    let row = import_run::ActiveModel {
        id: Set(run),
        kind: Set(new.kind),
        file: Set(new.file),
        started_by: Set(new.started_by),
        started_at: Set(tx.now()),
        finished_at: Set(None),
        state: Set(new.state.as_str().to_owned()),
        rows: Set(0),
        accepted: Set(0),
        warned: Set(0),
        refused: Set(0),
        changed: Set(0),
        upload: Set(new.upload),
        dry_run: Set(new.dry_run),
        total: Set(stored(new.total)),
        actor: Set(new.actor),
    };
    import_run::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

fn stored(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Sets a planned run going; answers what it has judged already.
pub(super) async fn begin_run(tx: &Tx, run: Uuid, total: usize) -> Result<ImportReport, Error> {
    import_run::Entity::update_many()
        .col_expr(import_run::Column::State, Expr::value(RunState::Running.as_str()))
        .col_expr(import_run::Column::Total, Expr::value(stored(total)))
        .filter(import_run::Column::Id.eq(run))
        .filter(import_run::Column::FinishedAt.is_null())
        .exec(tx.connection())
        .await?;
    let row = import_run::Entity::find_by_id(run)
        .one(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    Ok(ImportReport {
        run: Some(run),
        rows: count(row.rows),
        accepted: count(row.accepted),
        warned: count(row.warned),
        refused: count(row.refused),
        changed: count(row.changed),
        fates: Vec::new(),
    })
}

/// Ends a run that has judged so many rows; one that `goes_on` stops only. False where somebody else has gone on with it or ended it.
pub(super) async fn finish_run(
    tx: &Tx,
    run: Uuid,
    rows: usize,
    complete: bool,
    goes_on: bool,
) -> Result<bool, Error> {
    let state = if complete {
        RunState::Finished
    } else {
        RunState::Stopped
    };
    let at = (!goes_on).then(|| tx.now());
    let ended = import_run::Entity::update_many()
        .col_expr(import_run::Column::FinishedAt, Expr::value(at))
        .col_expr(import_run::Column::State, Expr::value(state.as_str()))
        .filter(import_run::Column::Id.eq(run))
        .filter(import_run::Column::Rows.eq(stored(rows)))
        .filter(import_run::Column::FinishedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(ended.rows_affected > 0)
}

/// Makes sure that nobody else is at, or has done, the rows behind those that are done: a second one waits here, and is then told that it is a
/// conflict.
pub(super) async fn claim_stage(tx: &Tx, run: Uuid, done: usize) -> Result<(), Error> {
    let claimed = import_run::Entity::update_many()
        .col_expr(import_run::Column::State, Expr::value(RunState::Running.as_str()))
        .filter(import_run::Column::Id.eq(run))
        .filter(import_run::Column::Rows.eq(stored(done)))
        .filter(import_run::Column::FinishedAt.is_null())
        .exec(tx.connection())
        .await?;
    if claimed.rows_affected == 0 {
        return Err(StoreError::Conflict("an import run").into());
    }
    Ok(())
}

/// Keeps what became of the rows behind those that are done. Somebody else who has done them is a conflict.
pub(super) async fn keep_fates(tx: &Tx, run: Uuid, done: usize, fates: &[RowFate]) -> Result<(), Error> {
    let count = |verdict| stored(fates.iter().filter(|fate| fate.verdict() == verdict).count());
    let more = |column: import_run::Column, by: i64| Expr::col(column).add(by);
    let advanced = import_run::Entity::update_many()
        .col_expr(
            import_run::Column::Rows,
            more(import_run::Column::Rows, stored(fates.len())),
        )
        .col_expr(
            import_run::Column::Accepted,
            more(import_run::Column::Accepted, count(Verdict::Accepted)),
        )
        .col_expr(
            import_run::Column::Warned,
            more(import_run::Column::Warned, count(Verdict::Warned)),
        )
        .col_expr(
            import_run::Column::Refused,
            more(import_run::Column::Refused, count(Verdict::Refused)),
        )
        .col_expr(
            import_run::Column::Changed,
            more(
                import_run::Column::Changed,
                stored(fates.iter().filter(|fate| fate.changed()).count()),
            ),
        )
        .filter(import_run::Column::Id.eq(run))
        .filter(import_run::Column::Rows.eq(stored(done)))
        .filter(import_run::Column::FinishedAt.is_null())
        .exec(tx.connection())
        .await?;
    if advanced.rows_affected == 0 {
        return Err(StoreError::Conflict("an import run").into());
    }
    insert_rows(tx, run, fates).await
}

async fn insert_rows(tx: &Tx, run: Uuid, fates: &[RowFate]) -> Result<(), Error> {
    if fates.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(fates.len());
    for fate in fates {
        rows.push(import_row::ActiveModel {
            id: Set(tx.new_id()),
            run: Set(run),
            line: Set(i64::try_from(fate.line).unwrap_or(i64::MAX)),
            row_key: Set(fate.key.clone()),
            verdict: Set(fate.verdict().as_str().to_owned()),
            changed: Set(fate.changed()),
            findings: Set(serde_json::to_string(fate.findings()).map_err(StoreError::from)?),
        });
    }
    import_row::Entity::insert_many(rows)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}
