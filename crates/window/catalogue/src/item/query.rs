//! What pages and later rooms read.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::Query,
};
use serde::Serialize;
use tongban_codes::{ItemType, RegionCode};
use tongban_directory::import::{Finding, Stage};
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::version::{ItemRef, ItemVersion, VersionState};
use crate::{
    Error,
    row::{item, item_finding, item_topic, item_version},
    search::SearchDocument,
};

/// The version of an item that is in force on a civil day.
pub async fn published(store: &Store, item: ItemRef<'_>, on: NaiveDate) -> Result<Option<ItemVersion>, Error> {
    let which = match item {
        ItemRef::Id(id) => item_version::Column::Item.eq(id),
        ItemRef::Code(code) => item_version::Column::Code.eq(code),
    };
    let row = item_version::Entity::find()
        .filter(which)
        .filter(item_version::Column::State.eq(VersionState::Published.as_str()))
        .filter(item_version::Column::EffectiveFrom.lte(on))
        .order_by_desc(item_version::Column::EffectiveFrom)
        .order_by_desc(item_version::Column::Number)
        .limit(1)
        .one(store.reader())
        .await?;
    row.map(ItemVersion::try_from).transpose()
}

/// A version by its id, whatever its state.
pub async fn version(store: &Store, id: Uuid) -> Result<Option<ItemVersion>, Error> {
    let row = item_version::Entity::find_by_id(id).one(store.reader()).await?;
    row.map(ItemVersion::try_from).transpose()
}

/// A version by its id, inside an act.
pub async fn version_in(tx: &Tx, id: Uuid) -> Result<Option<ItemVersion>, Error> {
    let row = item_version::Entity::find_by_id(id).one(tx.connection()).await?;
    row.map(ItemVersion::try_from).transpose()
}

/// One item as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemLine {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub department: String,
    pub organisation: Uuid,
    pub region: RegionCode,
    pub item_type: ItemType,
    /// The version in force.
    pub current: Option<Uuid>,
    /// The version being written.
    pub draft: Option<Uuid>,
    /// Findings that were published with it.
    pub findings: i32,
}

impl TryFrom<item::Model> for ItemLine {
    type Error = Error;

    fn try_from(row: item::Model) -> Result<Self, Error> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of item {}", row.id));
        Ok(Self {
            region: RegionCode::parse(&row.region).map_err(|_| corrupt("region"))?,
            item_type: ItemType::from_code(&row.item_type).map_err(|_| corrupt("type"))?,
            id: row.id,
            code: row.code,
            name: row.name,
            department: row.department,
            organisation: row.organisation,
            current: row.current,
            draft: row.draft,
            findings: row.findings,
        })
    }
}

/// Which items of a list, by where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// In force.
    Published,
    /// With a draft.
    Drafted,
    /// Neither in force nor with a draft: withdrawn, or not yet due.
    Idle,
    /// In force with findings kept as debts.
    Indebted,
}

/// Which items a list shows. What is not set lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// This region and what lies in it.
    pub within: Option<RegionCode>,
    pub organisation: Option<Uuid>,
    pub department: Option<String>,
    pub item_type: Option<ItemType>,
    pub state: Option<ItemState>,
    /// Text of the name or the code.
    pub text: Option<String>,
    /// Items with this finding among their debts.
    pub finding: Option<String>,
}

impl ItemFilter {
    fn select(&self) -> Select<item::Entity> {
        let mut select = item::Entity::find();
        if let Some(within) = &self.within {
            select = select.filter(item::Column::Region.starts_with(within.prefix()));
        }
        if let Some(organisation) = self.organisation {
            select = select.filter(item::Column::Organisation.eq(organisation));
        }
        if let Some(department) = &self.department {
            select = select.filter(item::Column::Department.eq(department));
        }
        if let Some(item_type) = self.item_type {
            select = select.filter(item::Column::ItemType.eq(item_type.code()));
        }
        if let Some(text) = &self.text {
            let hit = Condition::any().add(item::Column::Name.contains(text)).add(item::Column::Code.contains(text));
            select = select.filter(hit);
        }
        if let Some(finding) = &self.finding {
            let with = Query::select()
                .column(item_finding::Column::Item)
                .from(item_finding::Entity)
                .and_where(item_finding::Column::Code.eq(finding))
                .to_owned();
            select = select.filter(item::Column::Id.in_subquery(with));
        }
        match self.state {
            None => select,
            Some(ItemState::Published) => select.filter(item::Column::Current.is_not_null()),
            Some(ItemState::Drafted) => select.filter(item::Column::Draft.is_not_null()),
            Some(ItemState::Idle) => {
                select.filter(item::Column::Current.is_null()).filter(item::Column::Draft.is_null())
            }
            Some(ItemState::Indebted) => {
                select.filter(item::Column::Current.is_not_null()).filter(item::Column::Findings.gt(0))
            }
        }
    }
}

/// One page of items for the desk, by department and name.
pub async fn items(store: &Store, filter: &ItemFilter, page: PageRequest) -> Result<Page<ItemLine>, Error> {
    let select = filter.select();
    let total = select.clone().count(store.reader()).await?;
    let rows = select
        .order_by_asc(item::Column::Department)
        .order_by_asc(item::Column::Name)
        .order_by_asc(item::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let lines = rows.into_iter().map(ItemLine::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(lines, total, page))
}

/// One item.
pub async fn item(store: &Store, item: ItemRef<'_>) -> Result<Option<ItemLine>, Error> {
    let which = match item {
        ItemRef::Id(id) => item::Column::Id.eq(id),
        ItemRef::Code(code) => item::Column::Code.eq(code),
    };
    item::Entity::find().filter(which).one(store.reader()).await?.map(ItemLine::try_from).transpose()
}

/// The items of these codes, by code; those that are not there are left out.
pub async fn items_of_codes(store: &Store, codes: &[String]) -> Result<HashMap<String, ItemLine>, Error> {
    let rows = item::Entity::find()
        .filter(item::Column::Code.is_in(codes.iter().map(String::as_str)))
        .all(store.reader())
        .await?;
    rows.into_iter().map(|row| Ok((row.code.clone(), ItemLine::try_from(row)?))).collect()
}

/// Items in force of a topic that apply in a region: its own and those of the regions above it.
pub async fn items_by_topic(
    store: &Store,
    topic: &str,
    region: Option<&RegionCode>,
    page: PageRequest,
) -> Result<Page<ItemLine>, Error> {
    let with = Query::select()
        .column(item_topic::Column::Item)
        .from(item_topic::Entity)
        .and_where(item_topic::Column::Topic.eq(topic))
        .to_owned();
    let select = in_force(region).filter(item::Column::Id.in_subquery(with));
    let total = select.clone().count(store.reader()).await?;
    let rows = select
        .order_by_asc(item::Column::Name)
        .order_by_asc(item::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let lines = rows.into_iter().map(ItemLine::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(lines, total, page))
}

fn in_force(region: Option<&RegionCode>) -> Select<item::Entity> {
    let select = item::Entity::find().filter(item::Column::Current.is_not_null());
    match region {
        None => select,
        Some(region) => {
            let applies = region.self_and_ancestors();
            select.filter(item::Column::Region.is_in(applies.iter().map(RegionCode::as_str)))
        }
    }
}

/// A value and how many items in force have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    pub value: String,
    pub items: i64,
}

/// Departments with the number of their items in force, largest first.
pub async fn department_counts(store: &Store, region: Option<&RegionCode>) -> Result<Vec<Count>, Error> {
    counted(store, in_force(region), item::Column::Department).await
}

/// Types (two digits) with the number of items in force, largest first.
pub async fn type_counts(store: &Store, region: Option<&RegionCode>) -> Result<Vec<Count>, Error> {
    counted(store, in_force(region), item::Column::ItemType).await
}

async fn counted(store: &Store, select: Select<item::Entity>, by: item::Column) -> Result<Vec<Count>, Error> {
    let rows: Vec<(String, i64)> = select
        .select_only()
        .column(by)
        .column_as(item::Column::Id.count(), "items")
        .group_by(by)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(largest_first(rows))
}

/// Topics with the number of items in force, largest first.
pub async fn topic_counts(store: &Store, region: Option<&RegionCode>) -> Result<Vec<Count>, Error> {
    let within = in_force(region).select_only().column(item::Column::Id).into_query();
    let rows: Vec<(String, i64)> = item_topic::Entity::find()
        .filter(item_topic::Column::Item.in_subquery(within))
        .select_only()
        .column(item_topic::Column::Topic)
        .column_as(item_topic::Column::Item.count(), "items")
        .group_by(item_topic::Column::Topic)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(largest_first(rows))
}

fn largest_first(rows: Vec<(String, i64)>) -> Vec<Count> {
    let mut counts: Vec<Count> = rows.into_iter().map(|(value, items)| Count { value, items }).collect();
    counts.sort_by(|one, other| other.items.cmp(&one.items).then_with(|| one.value.cmp(&other.value)));
    counts
}

/// One version in the history of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionLine {
    pub id: Uuid,
    pub number: i32,
    pub state: VersionState,
    /// Whether an import wrote it, or the desk.
    pub imported: bool,
    pub effective_from: NaiveDate,
    /// To be handed in with a change.
    pub guard: i32,
    pub made_at: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// All versions of an item, newest first.
pub async fn item_history(store: &Store, item: Uuid) -> Result<Vec<VersionLine>, Error> {
    let rows = item_version::Entity::find()
        .filter(item_version::Column::Item.eq(item))
        .order_by_desc(item_version::Column::Number)
        .all(store.reader())
        .await?;
    rows.into_iter()
        .map(|row| {
            let state = VersionState::from_word(&row.state)
                .ok_or_else(|| StoreError::Corrupt(format!("state of item version {}", row.id)))?;
            Ok(VersionLine {
                id: row.id,
                number: row.number,
                state,
                imported: row.origin == super::row::Origin::Import.as_str(),
                effective_from: row.effective_from,
                guard: row.version,
                made_at: row.made_at,
                published_at: row.published_at,
                withdrawn_at: row.withdrawn_at,
            })
        })
        .collect()
}

/// One debt on the quality board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Debt {
    pub item: Uuid,
    pub code: String,
    pub name: String,
    pub department: String,
    pub finding: Finding,
    pub found_at: DateTime<Utc>,
}

/// Which debts the quality board shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DebtFilter {
    pub finding: Option<String>,
    pub department: Option<String>,
    pub within: Option<RegionCode>,
}

impl DebtFilter {
    fn select(&self) -> Select<item_finding::Entity> {
        let mut select = item_finding::Entity::find();
        if let Some(finding) = &self.finding {
            select = select.filter(item_finding::Column::Code.eq(finding));
        }
        let items = ItemFilter {
            within: self.within.clone(),
            department: self.department.clone(),
            state: Some(ItemState::Published),
            ..ItemFilter::default()
        };
        let items = items.select().select_only().column(item::Column::Id).into_query();
        select.filter(item_finding::Column::Item.in_subquery(items))
    }
}

/// One page of debts of items in force, by finding and item.
pub async fn debts(store: &Store, filter: &DebtFilter, page: PageRequest) -> Result<Page<Debt>, Error> {
    let select = filter.select();
    let total = select.clone().count(store.reader()).await?;
    let rows = select
        .order_by_asc(item_finding::Column::Code)
        .order_by_asc(item_finding::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let ids = rows.iter().map(|row| row.item);
    let named: HashMap<Uuid, item::Model> = item::Entity::find()
        .filter(item::Column::Id.is_in(ids))
        .all(store.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(item) = named.get(&row.item) else { continue };
        lines.push(Debt {
            item: row.item,
            code: item.code.clone(),
            name: item.name.clone(),
            department: item.department.clone(),
            finding: serde_json::from_str(&row.finding).map_err(StoreError::from)?,
            found_at: row.found_at,
        });
    }
    Ok(Page::new(lines, total, page))
}

/// Findings with the number of debts, largest first. `department` groups by department instead.
pub async fn debt_counts(store: &Store, filter: &DebtFilter) -> Result<Vec<Count>, Error> {
    let rows: Vec<(String, i64)> = filter
        .select()
        .select_only()
        .column(item_finding::Column::Code)
        .column_as(item_finding::Column::Id.count(), "items")
        .group_by(item_finding::Column::Code)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(largest_first(rows))
}

/// The debts of one item.
pub async fn findings_of(store: &Store, item: Uuid) -> Result<Vec<Finding>, Error> {
    let rows = item_finding::Entity::find()
        .filter(item_finding::Column::Item.eq(item))
        .order_by_asc(item_finding::Column::Id)
        .all(store.reader())
        .await?;
    rows.into_iter().map(|row| Ok(serde_json::from_str(&row.finding).map_err(StoreError::from)?)).collect()
}

/// The items of these codes, as a stage of an import sees them.
pub(super) async fn staged(
    stage: &Stage,
    codes: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, item::Model>, Error> {
    let rows = item::Entity::find().filter(item::Column::Code.is_in(codes)).all(&stage.executor()).await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// All versions of an item, highest number first, as a stage of an import sees them.
pub(super) async fn versions_of(stage: &Stage, item: Uuid) -> Result<Vec<item_version::Model>, Error> {
    let rows = item_version::Entity::find()
        .filter(item_version::Column::Item.eq(item))
        .order_by_desc(item_version::Column::Number)
        .all(&stage.executor())
        .await?;
    Ok(rows)
}

/// What changed after a revision: documents to search in, and items to be found no more.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) documents: Vec<SearchDocument>,
    pub(crate) gone: Vec<Uuid>,
    /// The highest revision among them.
    pub(crate) revision: i64,
}

/// Items read at once when the index follows.
const CHANGES: u64 = 500;

/// Changes after a revision, at most [`CHANGES`] and those of the same revision; nothing when there are none.
pub(crate) async fn changes_after(store: &Store, revision: i64) -> Result<Changes, Error> {
    let mut rows = changed_items(store, revision, Some(CHANGES)).await?;
    let Some(last) = rows.last().map(|row| row.revision) else { return Ok(Changes::default()) };
    if rows.len() as u64 == CHANGES {
        // A revision may be shared by the rows of one stage of an import: take the last one whole.
        rows.retain(|row| row.revision < last);
        rows.extend(item::Entity::find().filter(item::Column::Revision.eq(last)).all(store.reader()).await?);
    }
    let mut changes = Changes { revision: last, ..Changes::default() };
    let current: Vec<Uuid> = rows.iter().filter_map(|row| row.current).collect();
    let versions: HashMap<Uuid, item_version::Model> = item_version::Entity::find()
        .filter(item_version::Column::Id.is_in(current))
        .all(store.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    for row in rows {
        match row.current.and_then(|id| versions.get(&id)) {
            None => changes.gone.push(row.id),
            Some(version) => changes.documents.push(document(&ItemVersion::try_from(version.clone())?)),
        }
    }
    Ok(changes)
}

async fn changed_items(store: &Store, revision: i64, limit: Option<u64>) -> Result<Vec<item::Model>, Error> {
    let rows = item::Entity::find()
        .filter(item::Column::Revision.gt(revision))
        .order_by_asc(item::Column::Revision)
        .order_by_asc(item::Column::Id)
        .limit(limit)
        .all(store.reader())
        .await?;
    Ok(rows)
}

/// The highest revision, and how many items are in force.
pub(crate) async fn standing(store: &Store) -> Result<(i64, u64), Error> {
    let last = item::Entity::find()
        .order_by_desc(item::Column::Revision)
        .limit(1)
        .one(store.reader())
        .await?
        .map_or(0, |row| row.revision);
    Ok((last, in_force(None).count(store.reader()).await?))
}

/// An item in force as the search sees it.
fn document(version: &ItemVersion) -> SearchDocument {
    let content = &version.content;
    SearchDocument {
        id: version.item,
        code: version.code.clone(),
        name: content.name.clone(),
        department: content.department.clone(),
        region: version.region.as_str().to_owned(),
        item_type: content.item_type.chinese_name().to_owned(),
        audience: content.audience.iter().map(|audience| audience.as_str().to_owned()).collect(),
        topics: content.topics.clone(),
        keywords: content.keywords.clone(),
        text: content.summary.clone().unwrap_or_default(),
    }
}
