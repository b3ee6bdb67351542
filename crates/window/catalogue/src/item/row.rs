//! Writing items and versions. The tables themselves are in `crate::row`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::Expr,
};
use tongban_codes::civil::{beijing_date, day_start};
use tongban_directory::import::Finding;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::ItemContent,
    version::{ItemVersion, VersionState},
};
use crate::{
    Error, VersionDue,
    row::{finding_move, item, item_file, item_finding, item_topic, item_version},
};

/// The sequence whose numbers order the changes of what is in force. Its row stays locked until the act commits, so a smaller number
/// is never seen after a larger one.
const REVISIONS: &str = "catalogue.revision";

/// Where a version was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Import,
    Desk,
}

impl Origin {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Desk => "desk",
        }
    }
}

pub(super) async fn next_revision(tx: &Tx) -> Result<i64, Error> {
    Ok(tx.next_number(REVISIONS).await?)
}

pub(super) async fn item_in(tx: &Tx, id: Uuid) -> Result<Option<item::Model>, Error> {
    Ok(item::Entity::find_by_id(id).one(tx.connection()).await?)
}

pub(super) async fn item_by_code_in(tx: &Tx, code: &str) -> Result<Option<item::Model>, Error> {
    Ok(item::Entity::find()
        .filter(item::Column::Code.eq(code))
        .one(tx.connection())
        .await?)
}

pub(super) async fn version_row_in(tx: &Tx, id: Uuid) -> Result<Option<item_version::Model>, Error> {
    Ok(item_version::Entity::find_by_id(id).one(tx.connection()).await?)
}

/// The version with the highest number.
pub(super) async fn latest_in(tx: &Tx, item: Uuid) -> Result<Option<item_version::Model>, Error> {
    let row = item_version::Entity::find()
        .filter(item_version::Column::Item.eq(item))
        .order_by_desc(item_version::Column::Number)
        .limit(1)
        .one(tx.connection())
        .await?;
    Ok(row)
}

/// The published version that is in force on a day: the latest effective date, then the highest number. After its last day nothing is:
/// what it replaced does not come back.
async fn in_force_in(tx: &Tx, item: Uuid, on: NaiveDate) -> Result<Option<item_version::Model>, Error> {
    let row = item_version::Entity::find()
        .filter(item_version::Column::Item.eq(item))
        .filter(item_version::Column::State.eq(VersionState::Published.as_str()))
        .filter(item_version::Column::EffectiveFrom.lte(on))
        .order_by_desc(item_version::Column::EffectiveFrom)
        .order_by_desc(item_version::Column::Number)
        .limit(1)
        .one(tx.connection())
        .await?;
    match row {
        Some(row) if !content_of(&row)?.has_ended(on) => Ok(Some(row)),
        _ => Ok(None),
    }
}

/// Plans the look at an item on the day after the last day of a version.
pub(super) async fn plan_end(tx: &Tx, item: Uuid, last_day: Option<NaiveDate>) -> Result<(), Error> {
    let today = beijing_date(tx.now());
    if let Some(next) = last_day
        .filter(|last_day| *last_day >= today)
        .and_then(|last_day| last_day.succ_opt())
    {
        tx.enqueue(&VersionDue { item }, day_start(next)).await?;
    }
    Ok(())
}

pub(super) async fn insert_items(tx: &Tx, rows: Vec<item::Model>) -> Result<(), Error> {
    if !rows.is_empty() {
        item::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

pub(super) async fn insert_versions(tx: &Tx, rows: Vec<item_version::Model>) -> Result<(), Error> {
    if !rows.is_empty() {
        item_version::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes an item over what is there.
pub(super) async fn update_item(tx: &Tx, row: item::Model) -> Result<(), Error> {
    row.into_active_model()
        .reset_all()
        .update(tx.connection())
        .await?;
    Ok(())
}

/// Writes a version over the one that was read with the guard `version - 1`.
pub(super) async fn update_version(tx: &Tx, row: item_version::Model) -> Result<(), Error> {
    let changed = item_version::Entity::update_many()
        .col_expr(item_version::Column::State, Expr::value(row.state))
        .col_expr(item_version::Column::Origin, Expr::value(row.origin))
        .col_expr(item_version::Column::Organisation, Expr::value(row.organisation))
        .col_expr(
            item_version::Column::EffectiveFrom,
            Expr::value(row.effective_from),
        )
        .col_expr(item_version::Column::Content, Expr::value(row.content))
        .col_expr(item_version::Column::Version, Expr::value(row.version))
        .col_expr(item_version::Column::PublishedAt, Expr::value(row.published_at))
        .col_expr(item_version::Column::WithdrawnAt, Expr::value(row.withdrawn_at))
        .filter(item_version::Column::Id.eq(row.id))
        .filter(item_version::Column::Version.eq(row.version - 1))
        .exec(tx.connection())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict)
    }
}

/// Takes a draft away that was read with this guard.
pub(super) async fn delete_draft(tx: &Tx, row: &item_version::Model) -> Result<(), Error> {
    let gone = item_version::Entity::delete_many()
        .filter(item_version::Column::Id.eq(row.id))
        .filter(item_version::Column::State.eq(VersionState::Draft.as_str()))
        .filter(item_version::Column::Version.eq(row.version))
        .exec(tx.connection())
        .await?;
    if gone.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict)
    }
}

/// Keeps a file of an item.
pub(super) async fn insert_file(tx: &Tx, row: item_file::Model) -> Result<(), Error> {
    item_file::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Takes an item away that has no version.
pub(super) async fn delete_item(tx: &Tx, id: Uuid) -> Result<(), Error> {
    item::Entity::delete_by_id(id).exec(tx.connection()).await?;
    Ok(())
}

/// Makes `items` say what is in force on a day. Answers the row as written.
pub(super) async fn put_in_force(tx: &Tx, mut row: item::Model, on: NaiveDate) -> Result<item::Model, Error> {
    let in_force = in_force_in(tx, row.id, on).await?;
    row.revision = next_revision(tx).await?;
    row.current = in_force.as_ref().map(|version| version.id);
    let mut topics = Vec::new();
    if let Some(version) = in_force {
        let content = content_of(&version)?;
        describe(&mut row, version.organisation, &content);
        topics = content.topics;
    }
    update_item(tx, row.clone()).await?;
    item_topic::Entity::delete_many()
        .filter(item_topic::Column::Item.eq(row.id))
        .exec(tx.connection())
        .await?;
    insert_topics(tx, topics.into_iter().map(|topic| (row.id, topic)).collect()).await?;
    Ok(row)
}

/// Puts into the row what lists show.
pub(super) fn describe(row: &mut item::Model, organisation: Uuid, content: &ItemContent) {
    row.organisation = organisation;
    row.department.clone_from(&content.department);
    row.name.clone_from(&content.name);
    content.item_type.code().clone_into(&mut row.item_type);
    row.applicable = content.has_form();
}

pub(super) async fn insert_topics(tx: &Tx, mut topics: Vec<(Uuid, String)>) -> Result<(), Error> {
    topics.sort();
    topics.dedup();
    if !topics.is_empty() {
        let rows = topics.into_iter().map(|(item, topic)| item_topic::ActiveModel {
            item: Set(item),
            topic: Set(topic),
        });
        item_topic::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Keeps findings as debts of a version.
pub(super) async fn insert_findings(tx: &Tx, findings: Vec<(Uuid, Uuid, Finding)>) -> Result<(), Error> {
    if findings.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(findings.len());
    for (item, version, finding) in findings {
        let text = serde_json::to_string(&finding).map_err(StoreError::from)?;
        rows.push(item_finding::ActiveModel {
            id: Set(tx.new_id()),
            item: Set(item),
            version: Set(version),
            code: Set(finding.code),
            field: Set(finding.field),
            finding: Set(text),
            found_at: Set(tx.now()),
        });
    }
    // Seven parameters a row; both databases take at least 32,766 of them.
    while !rows.is_empty() {
        let some: Vec<_> = rows.drain(..rows.len().min(1_000)).collect();
        item_finding::Entity::insert_many(some)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Puts the debts of a version in the place of those of the version before. What came and what went is counted.
pub(super) async fn replace_findings(
    tx: &Tx,
    item: Uuid,
    version: Uuid,
    region: &str,
    debts: Vec<Finding>,
) -> Result<(), Error> {
    let before = item_finding::Entity::find()
        .filter(item_finding::Column::Item.eq(item))
        .all(tx.connection())
        .await?;
    let mut moves = Moves::default();
    for old in &before {
        if !debts
            .iter()
            .any(|debt| debt.code == old.code && debt.field == old.field)
        {
            moves.mended(region, &old.code);
        }
    }
    for debt in &debts {
        if !before
            .iter()
            .any(|old| debt.code == old.code && debt.field == old.field)
        {
            moves.appeared(region, &debt.code);
        }
    }
    item_finding::Entity::delete_many()
        .filter(item_finding::Column::Item.eq(item))
        .exec(tx.connection())
        .await?;
    let debts = debts.into_iter().map(|debt| (item, version, debt)).collect();
    insert_findings(tx, debts).await?;
    insert_moves(tx, moves).await
}

/// Findings that came and went in one act, by region and code.
#[derive(Debug, Default)]
pub(super) struct Moves(BTreeMap<(String, String), (i32, i32)>);

impl Moves {
    pub(super) fn appeared(&mut self, region: &str, code: &str) {
        self.0.entry((region.to_owned(), code.to_owned())).or_default().0 += 1;
    }

    fn mended(&mut self, region: &str, code: &str) {
        self.0.entry((region.to_owned(), code.to_owned())).or_default().1 += 1;
    }
}

/// Keeps what came and went, under the civil day of the act.
pub(super) async fn insert_moves(tx: &Tx, moves: Moves) -> Result<(), Error> {
    let day = beijing_date(tx.now());
    let rows: Vec<_> = moves
        .0
        .into_iter()
        .map(|((region, code), (appeared, mended))| finding_move::ActiveModel {
            id: Set(tx.new_id()),
            region: Set(region),
            code: Set(code),
            day: Set(day),
            appeared: Set(appeared),
            mended: Set(mended),
        })
        .collect();
    if !rows.is_empty() {
        finding_move::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// The content of a version.
pub(super) fn content_of(row: &item_version::Model) -> Result<ItemContent, Error> {
    let content = serde_json::from_str(&row.content)
        .map_err(|error| StoreError::Corrupt(format!("content of item version {}: {error}", row.id)))?;
    Ok(content)
}

/// The content as it is stored.
pub(super) fn content_text(content: &ItemContent) -> Result<String, Error> {
    Ok(serde_json::to_string(content).map_err(StoreError::from)?)
}

impl TryFrom<item_version::Model> for ItemVersion {
    type Error = Error;

    fn try_from(row: item_version::Model) -> Result<Self, Error> {
        let content = content_of(&row)?;
        let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of item version {}", row.id));
        Ok(Self {
            id: row.id,
            item: row.item,
            number: row.number,
            state: VersionState::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
            organisation: row.organisation,
            region: tongban_codes::RegionCode::parse(&row.region).map_err(|_| corrupt("region"))?,
            effective_from: row.effective_from,
            content: std::sync::Arc::new(content),
            code: row.code,
        })
    }
}
