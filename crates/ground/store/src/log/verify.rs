//! Verifying the whole log in one pass, page by page.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Query},
};
use tongban_crypto::{Digest32, KeyRing, merkle::Frontier};
use uuid::Uuid;

use super::{
    checkpoint::{Checkpoint, PURPOSE},
    finding::{Finding, Findings},
    judge::{Judge, RowNow},
    leaf::leaf_of,
    reader::LogReader,
    standing::FAULT_AFTER,
};
use crate::{
    StoreError,
    row::{audit_checkpoint, audit_entry, audit_leaf, log_head, log_waiting},
};

/// Rows read at once.
const PAGE: u64 = 1_000;

/// What a look at the whole log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReport {
    /// Rows with a number.
    pub covered: u64,
    /// Rows that wait for one. They are not a finding while they are younger than 60 seconds at the newest checkpoint.
    pub uncovered: u64,
    pub checkpoints: u64,
    /// The last checkpoint with a good signature.
    pub newest: Option<Checkpoint>,
    /// What is not as it was signed, at most 100.
    pub findings: Vec<Finding>,
    /// How many findings there are beyond those.
    pub more: u64,
}

impl LogReport {
    /// Whether nothing was found.
    pub fn is_intact(&self) -> bool {
        self.findings.is_empty() && self.more == 0
    }
}

impl LogReader {
    /// Computes every leaf and the tree anew, judges every checkpoint with the keys of the ring, and looks for rows that are
    /// neither covered nor waiting. `kept` is a checkpoint from elsewhere that the log must contain. `progress` is told
    /// leaves done and leaves in all.
    pub async fn verify(
        &self,
        keys: &KeyRing,
        kept: Option<Checkpoint>,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<LogReport, StoreError> {
        let view = self.view().await?;
        let leaves = audit_leaf::Entity::find().count(&view).await?;
        let mut walk = Walk {
            checkpoints: Pages::default(),
            judge: Judge::new(keys.public_keys(PURPOSE), kept),
            present: 0,
            view: &view,
        };
        let mut done = 0;
        let mut after = i64::MIN;
        progress(0, leaves);
        loop {
            let page = page_of_leaves(&view, after).await?;
            let Some(last) = page.last().map(|leaf| leaf.number) else {
                break;
            };
            done += page.len() as u64;
            walk.page(page).await?;
            progress(done, leaves);
            let Some(last) = last else {
                // A number that is no number sorts behind all others: there is nothing to go on from.
                break;
            };
            after = last;
        }
        while let Some(checkpoint) = walk.next_checkpoint(u64::MAX).await? {
            walk.judge.checkpoint(checkpoint);
        }
        let present = walk.present;
        let mut judged = walk.judge.finish();
        let newest = judged.newest.clone();
        judge_head(&view, judged.frontier.as_ref(), &mut judged.findings).await?;
        let uncovered = judge_waiting(&view, newest.as_ref(), &mut judged.findings).await?;
        judge_rest(&view, present + uncovered, &mut judged.findings).await?;
        view.rollback().await?;
        self.was_left_alone()?;
        Ok(LogReport {
            covered: present,
            uncovered,
            checkpoints: judged.checkpoints,
            newest,
            findings: judged.findings.list,
            more: judged.findings.more,
        })
    }
}

/// A leaf as it lies there; parts that cannot be read are missing.
struct Leaf {
    number: Option<i64>,
    entry: Option<Uuid>,
    hash: Digest32,
}

impl Leaf {
    fn of(row: &QueryResult) -> Self {
        let hash = row.try_get::<Vec<u8>>("", "hash").ok();
        Self {
            number: row.try_get("", "number").ok(),
            entry: row.try_get("", "entry").ok(),
            // No row has a hash of zeros, so a hash that is none shows as one that does not fit.
            hash: hash.and_then(|hash| hash.try_into().ok()).unwrap_or_default(),
        }
    }
}

async fn raw<E: EntityTrait>(
    view: &DatabaseTransaction,
    query: Select<E>,
) -> Result<Vec<QueryResult>, StoreError> {
    Ok(view
        .query_all_raw(query.build(view.get_database_backend()))
        .await?)
}

async fn page_of_leaves(view: &DatabaseTransaction, after: i64) -> Result<Vec<Leaf>, StoreError> {
    let query = audit_leaf::Entity::find()
        .filter(audit_leaf::Column::Number.gt(after))
        .order_by_asc(audit_leaf::Column::Number)
        .limit(PAGE);
    Ok(raw(view, query).await?.iter().map(Leaf::of).collect())
}

/// A page of checkpoints, read ahead.
#[derive(Default)]
struct Pages {
    ready: std::collections::VecDeque<Result<Checkpoint, ()>>,
    after: Option<i64>,
    ended: bool,
}

struct Walk<'view> {
    view: &'view DatabaseTransaction,
    judge: Judge,
    checkpoints: Pages,
    /// Numbered rows that are there.
    present: u64,
}

impl Walk<'_> {
    async fn page(&mut self, page: Vec<Leaf>) -> Result<(), StoreError> {
        let rows = self.rows_behind(&page).await?;
        for leaf in page {
            let Some(number) = leaf.number else {
                self.judge.unreadable_leaf();
                continue;
            };
            let Some(number) = u64::try_from(number).ok().filter(|number| *number > 0) else {
                self.judge.find(Finding::LeafForeign { number });
                continue;
            };
            while let Some(checkpoint) = self.next_checkpoint(number - 1).await? {
                self.judge.checkpoint(checkpoint);
            }
            let now = match leaf.entry {
                None => {
                    self.judge.find(Finding::LeafUnreadable { after: number - 1 });
                    RowNow::Unknown
                }
                Some(entry) => rows.get(&entry).copied().unwrap_or(RowNow::Gone),
            };
            if matches!(now, RowNow::Hash(_) | RowNow::Unreadable) {
                self.present += 1;
            }
            self.judge
                .leaf(number, leaf.entry.unwrap_or_default(), leaf.hash, now);
        }
        Ok(())
    }

    /// The rows of a page of leaves, as they are now.
    async fn rows_behind(&self, page: &[Leaf]) -> Result<HashMap<Uuid, RowNow>, StoreError> {
        let query = audit_entry::Entity::find()
            .filter(audit_entry::Column::Id.is_in(page.iter().filter_map(|leaf| leaf.entry)));
        let rows = raw(self.view, query).await?;
        Ok(rows
            .iter()
            .filter_map(|row| {
                let id = row.try_get::<Uuid>("", "id").ok()?;
                let now = match audit_entry::Model::from_query_result(row, "") {
                    Ok(row) => RowNow::Hash(leaf_of(&row)),
                    Err(_) => RowNow::Unreadable,
                };
                Some((id, now))
            })
            .collect())
    }

    /// The next checkpoint, if its size is at most `size`. Those that cannot be read are found and passed over.
    async fn next_checkpoint(&mut self, size: u64) -> Result<Option<Checkpoint>, StoreError> {
        loop {
            if self.checkpoints.ready.is_empty() && !self.checkpoints.ended {
                self.read_checkpoints().await?;
            }
            match self.checkpoints.ready.front() {
                None => return Ok(None),
                Some(Err(())) => {
                    self.checkpoints.ready.pop_front();
                    self.judge.unreadable_checkpoint();
                }
                Some(Ok(checkpoint)) if checkpoint.size > size => return Ok(None),
                Some(Ok(_)) => {
                    let next = self.checkpoints.ready.pop_front();
                    return Ok(next.and_then(Result::ok));
                }
            }
        }
    }

    async fn read_checkpoints(&mut self) -> Result<(), StoreError> {
        let query = audit_checkpoint::Entity::find()
            .filter(audit_checkpoint::Column::Size.gt(self.checkpoints.after.unwrap_or(i64::MIN)))
            .order_by_asc(audit_checkpoint::Column::Size)
            .limit(PAGE);
        let rows = raw(self.view, query).await?;
        let last = rows.last().and_then(|row| row.try_get::<i64>("", "size").ok());
        self.checkpoints.ended = last.is_none();
        self.checkpoints.after = last;
        self.checkpoints.ready.extend(rows.iter().map(|row| {
            audit_checkpoint::Model::from_query_result(row, "")
                .map_err(|_| ())
                .and_then(|row| Checkpoint::from_row(row).map_err(|_| ()))
        }));
        Ok(())
    }
}

/// The frontier that the next leader would go on from.
async fn judge_head(
    view: &DatabaseTransaction,
    frontier: Option<&Frontier>,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let Some(frontier) = frontier else {
        return Ok(());
    };
    let heads = raw(view, log_head::Entity::find()).await?;
    let stored: Option<(Option<i64>, Option<Frontier>)> = match heads.as_slice() {
        [] => Some((Some(0), Some(Frontier::new()))),
        [head] => Some((
            head.try_get("", "size").ok(),
            head.try_get::<String>("", "frontier")
                .ok()
                .and_then(|text| serde_json::from_str(&text).ok()),
        )),
        _ => None,
    };
    let fits = stored.is_some_and(|(size, stored)| {
        size.and_then(|size| u64::try_from(size).ok()) == Some(frontier.size())
            && stored.as_ref() == Some(frontier)
    });
    if !fits {
        findings.add(Finding::HeadChanged);
    }
    Ok(())
}

/// Rows that wait. Answers how many of them are there.
async fn judge_waiting(
    view: &DatabaseTransaction,
    newest: Option<&Checkpoint>,
    findings: &mut Findings,
) -> Result<u64, StoreError> {
    let latest = newest.map(|newest| newest.at - Duration::seconds(FAULT_AFTER.num_seconds()));
    let mut present = 0;
    let mut after = Uuid::nil();
    loop {
        let query = log_waiting::Entity::find()
            .filter(log_waiting::Column::Entry.gt(after))
            .order_by_asc(log_waiting::Column::Entry)
            .limit(PAGE);
        let rows = raw(view, query).await?;
        if rows.is_empty() {
            return Ok(present);
        }
        let mut waiting = Vec::with_capacity(rows.len());
        for row in &rows {
            match log_waiting::Model::from_query_result(row, "") {
                Ok(row) => waiting.push(row),
                Err(_) => findings.add(Finding::WaitingUnreadable),
            }
        }
        let Some(last) = rows.last().and_then(|row| row.try_get::<Uuid>("", "entry").ok()) else {
            return Ok(present);
        };
        after = last;
        let entries = ids(
            view,
            audit_entry::Entity::find()
                .select_only()
                .column_as(audit_entry::Column::Id, "id")
                .filter(audit_entry::Column::Id.is_in(waiting.iter().map(|row| row.entry))),
        )
        .await?;
        let numbered = ids(
            view,
            audit_leaf::Entity::find()
                .select_only()
                .column_as(audit_leaf::Column::Entry, "id")
                .filter(audit_leaf::Column::Entry.is_in(waiting.iter().map(|row| row.entry))),
        )
        .await?;
        for row in waiting {
            if numbered.contains(&row.entry) {
                findings.add(Finding::WaitingTwice { row: row.entry });
            } else if !entries.contains(&row.entry) {
                findings.add(Finding::WaitingGone {
                    row: row.entry,
                    at: row.at,
                });
            } else {
                present += 1;
                if latest.is_some_and(|latest| row.at < latest) {
                    findings.add(Finding::WaitingLong {
                        row: row.entry,
                        at: row.at,
                    });
                }
            }
        }
    }
}

async fn ids<E: EntityTrait>(
    view: &DatabaseTransaction,
    query: Select<E>,
) -> Result<std::collections::HashSet<Uuid>, StoreError> {
    let rows = raw(view, query).await?;
    Ok(rows
        .iter()
        .filter_map(|row| row.try_get::<Uuid>("", "id").ok())
        .collect())
}

/// Rows beyond the `known` ones: neither numbered nor waiting.
async fn judge_rest(
    view: &DatabaseTransaction,
    known: u64,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let all = audit_entry::Entity::find().count(view).await?;
    let foreign = all.saturating_sub(known);
    if foreign == 0 {
        return Ok(());
    }
    let numbered = Query::select()
        .expr(Expr::value(1))
        .from(audit_leaf::Entity)
        .and_where(
            Expr::col((audit_leaf::Entity, audit_leaf::Column::Entry))
                .equals((audit_entry::Entity, audit_entry::Column::Id)),
        )
        .to_owned();
    let waiting = Query::select()
        .expr(Expr::value(1))
        .from(log_waiting::Entity)
        .and_where(
            Expr::col((log_waiting::Entity, log_waiting::Column::Entry))
                .equals((audit_entry::Entity, audit_entry::Column::Id)),
        )
        .to_owned();
    let query = audit_entry::Entity::find()
        .select_only()
        .column_as(audit_entry::Column::Id, "id")
        .filter(Expr::exists(numbered).not())
        .filter(Expr::exists(waiting).not())
        .limit(PAGE);
    let rows = raw(view, query).await?;
    for row in &rows {
        let row = row.try_get::<Uuid>("", "id").unwrap_or_default();
        findings.add(Finding::RowForeign { row });
    }
    findings.add_uncounted(foreign.saturating_sub(rows.len() as u64));
    Ok(())
}
