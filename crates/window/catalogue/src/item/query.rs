//! What pages and later rooms read.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, sea_query::Query,
};
use serde::Serialize;
use tongban_codes::{ItemType, RegionCode, civil::beijing_date};
use tongban_directory::import::Stage;
use tongban_store::{BlobId, Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::Attachment,
    version::{ItemRef, ItemVersion, VersionState},
};
use crate::{
    Error,
    row::{item, item_file, item_finding, item_topic, item_version},
};

/// The revision under which versions are kept: they have only one.
const FROZEN: i64 = 0;

/// The version of an item that is in force on a civil day; none after its last day.
pub async fn published(
    store: &Store,
    item: ItemRef<'_>,
    on: NaiveDate,
) -> Result<Option<ItemVersion>, Error> {
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
    let version = row.map(ItemVersion::try_from).transpose()?;
    Ok(version.filter(|version| !version.content.has_ended(on)))
}

/// What was in force once and is no more.
#[derive(Debug, Clone, PartialEq)]
pub struct EndedItem {
    /// The version that was in force last.
    pub version: ItemVersion,
    /// The last civil day on which it could be applied for; of a withdrawn version the day of its withdrawal.
    pub last_day: NaiveDate,
    /// Taken back, rather than ended as planned.
    pub withdrawn: bool,
}

/// Why an item that was in force once is not on a civil day: its last version has ended or was withdrawn. None for what is in force,
/// and for what never was.
pub async fn ended(store: &Store, item: ItemRef<'_>, on: NaiveDate) -> Result<Option<EndedItem>, Error> {
    let which = match item {
        ItemRef::Id(id) => item_version::Column::Item.eq(id),
        ItemRef::Code(code) => item_version::Column::Code.eq(code),
    };
    let rows = item_version::Entity::find()
        .filter(which)
        .filter(item_version::Column::State.ne(VersionState::Draft.as_str()))
        .filter(item_version::Column::EffectiveFrom.lte(on))
        .order_by_desc(item_version::Column::EffectiveFrom)
        .order_by_desc(item_version::Column::Number)
        .all(store.reader())
        .await?;
    let published = |row: &&item_version::Model| row.state == VersionState::Published.as_str();
    if let Some(row) = rows.iter().find(published) {
        let version = ItemVersion::try_from(row.clone())?;
        return Ok(match version.content.effective_until {
            Some(last_day) if last_day < on => Some(EndedItem {
                version,
                last_day,
                withdrawn: false,
            }),
            _ => None,
        });
    }
    let Some((row, at)) = rows
        .into_iter()
        .filter_map(|row| row.withdrawn_at.map(|at| (row, at)))
        .max_by_key(|(_, at)| *at)
    else {
        return Ok(None);
    };
    Ok(Some(EndedItem {
        version: ItemVersion::try_from(row)?,
        last_day: beijing_date(at),
        withdrawn: true,
    }))
}

/// Where a version stands, inside an act.
pub async fn version_state_in(tx: &Tx, id: Uuid) -> Result<Option<VersionState>, Error> {
    let word: Option<String> = item_version::Entity::find_by_id(id)
        .select_only()
        .column(item_version::Column::State)
        .into_tuple()
        .one(tx.connection())
        .await?;
    word.map(|word| {
        VersionState::from_word(&word)
            .ok_or_else(|| StoreError::Corrupt(format!("state of item version {id}")).into())
    })
    .transpose()
}

/// A version by its id, whatever its state.
pub async fn version(store: &Store, id: Uuid) -> Result<Option<ItemVersion>, Error> {
    let row = item_version::Entity::find_by_id(id).one(store.reader()).await?;
    row.map(ItemVersion::try_from).transpose()
}

/// The version by which a case is judged. What was published changes in nothing but its state, so it is read once and kept
/// in memory; who asks for the state asks [`version`].
pub async fn version_of_case(store: &Store, id: Uuid) -> Result<Option<ItemVersion>, Error> {
    let key = format!("item_version:{id}");
    if let Some(kept) = store.kept::<ItemVersion>(&key, FROZEN) {
        return Ok(Some((*kept).clone()));
    }
    let found = version(store, id).await?;
    if let Some(version) = found.as_ref().filter(|found| found.state != VersionState::Draft) {
        store.keep(&key, FROZEN, Arc::new(version.clone()));
    }
    Ok(found)
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
    /// Whether it has a form and so can be applied for here.
    pub applicable: bool,
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
            applicable: row.applicable,
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
    /// Neither in force nor with a draft: withdrawn, ended, or not yet due.
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
    pub(crate) fn select(&self) -> Select<item::Entity> {
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
            let hit = Condition::any()
                .add(item::Column::Name.contains(text))
                .add(item::Column::Code.contains(text));
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
            Some(ItemState::Idle) => select
                .filter(item::Column::Current.is_null())
                .filter(item::Column::Draft.is_null()),
            Some(ItemState::Indebted) => select
                .filter(item::Column::Current.is_not_null())
                .filter(item::Column::Findings.gt(0)),
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
    let lines = rows
        .into_iter()
        .map(ItemLine::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(lines, total, page))
}

/// One item.
pub async fn item(store: &Store, item: ItemRef<'_>) -> Result<Option<ItemLine>, Error> {
    let which = match item {
        ItemRef::Id(id) => item::Column::Id.eq(id),
        ItemRef::Code(code) => item::Column::Code.eq(code),
    };
    item::Entity::find()
        .filter(which)
        .one(store.reader())
        .await?
        .map(ItemLine::try_from)
        .transpose()
}

/// The items of these codes, by code; those that are not there are left out.
pub async fn items_of_codes(store: &Store, codes: &[String]) -> Result<HashMap<String, ItemLine>, Error> {
    let rows = item::Entity::find()
        .filter(item::Column::Code.is_in(codes.iter().map(String::as_str)))
        .all(store.reader())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.code.clone(), ItemLine::try_from(row)?)))
        .collect()
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
    let lines = rows
        .into_iter()
        .map(ItemLine::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(lines, total, page))
}

/// Items in force that can be applied for here, by name: those of a region and of the regions above it.
pub async fn applicable_items(
    store: &Store,
    region: Option<&RegionCode>,
    limit: u64,
) -> Result<Vec<ItemLine>, Error> {
    let rows = in_force(region)
        .filter(item::Column::Applicable.eq(true))
        .order_by_asc(item::Column::Name)
        .order_by_asc(item::Column::Id)
        .limit(limit)
        .all(store.reader())
        .await?;
    rows.into_iter().map(ItemLine::try_from).collect()
}

pub(crate) fn in_force(region: Option<&RegionCode>) -> Select<item::Entity> {
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
    let within = in_force(region)
        .select_only()
        .column(item::Column::Id)
        .into_query();
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

pub(crate) fn largest_first(rows: Vec<(String, i64)>) -> Vec<Count> {
    let mut counts: Vec<Count> = rows
        .into_iter()
        .map(|(value, items)| Count { value, items })
        .collect();
    counts.sort_by(|one, other| {
        other
            .items
            .cmp(&one.items)
            .then_with(|| one.value.cmp(&other.value))
    });
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

impl VersionLine {
    fn of(row: &item_version::Model) -> Result<Self, Error> {
        let state = VersionState::from_word(&row.state)
            .ok_or_else(|| StoreError::Corrupt(format!("state of item version {}", row.id)))?;
        Ok(Self {
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
    }
}

/// All versions of an item, newest first.
pub async fn item_history(store: &Store, item: Uuid) -> Result<Vec<VersionLine>, Error> {
    let rows = item_version::Entity::find()
        .filter(item_version::Column::Item.eq(item))
        .order_by_desc(item_version::Column::Number)
        .all(store.reader())
        .await?;
    rows.iter().map(VersionLine::of).collect()
}

/// One version with its place in the history and its content.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionInFull {
    pub line: VersionLine,
    pub version: ItemVersion,
}

impl VersionInFull {
    fn of(row: item_version::Model) -> Result<Self, Error> {
        Ok(Self {
            line: VersionLine::of(&row)?,
            version: ItemVersion::try_from(row)?,
        })
    }
}

/// The draft of an item, with its guard.
pub async fn draft_of(store: &Store, item: Uuid) -> Result<Option<VersionInFull>, Error> {
    let row = item_version::Entity::find()
        .filter(item_version::Column::Item.eq(item))
        .filter(item_version::Column::State.eq(VersionState::Draft.as_str()))
        .one(store.reader())
        .await?;
    row.map(VersionInFull::of).transpose()
}

/// One page of the versions of an item with what they say, newest first.
pub async fn versions_in_full(
    store: &Store,
    item: Uuid,
    page: PageRequest,
) -> Result<Page<VersionInFull>, Error> {
    let select = item_version::Entity::find().filter(item_version::Column::Item.eq(item));
    let total = select.clone().count(store.reader()).await?;
    let rows = select
        .order_by_desc(item_version::Column::Number)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let versions = rows
        .into_iter()
        .map(VersionInFull::of)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(versions, total, page))
}

/// The items of these codes, as a stage of an import sees them.
pub(super) async fn staged(
    stage: &Stage,
    codes: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, item::Model>, Error> {
    let rows = item::Entity::find()
        .filter(item::Column::Code.is_in(codes))
        .all(&stage.executor())
        .await?;
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

/// A file that a version shows which is in force today or was, with where its content lies. What was withdrawn shows nothing any more.
pub async fn item_file(store: &Store, item: Uuid, file: Uuid) -> Result<Option<(Attachment, BlobId)>, Error> {
    let versions = item_version::Entity::find()
        .filter(item_version::Column::Item.eq(item))
        .filter(item_version::Column::State.eq(VersionState::Published.as_str()))
        .filter(item_version::Column::EffectiveFrom.lte(beijing_date(store.now())))
        .filter(item_version::Column::Content.contains(file.to_string()))
        .order_by_desc(item_version::Column::Number)
        .limit(1)
        .one(store.reader())
        .await?;
    match versions.map(ItemVersion::try_from).transpose()? {
        Some(version) => file_of_version(store, &version, file).await,
        None => Ok(None),
    }
}

/// A file that this version shows, with where its content lies.
pub async fn file_of_version(
    store: &Store,
    version: &ItemVersion,
    file: Uuid,
) -> Result<Option<(Attachment, BlobId)>, Error> {
    let Some(shown) = version.content.attachments().find(|shown| shown.id == file) else {
        return Ok(None);
    };
    let row = item_file::Entity::find_by_id(file)
        .filter(item_file::Column::Item.eq(version.item))
        .one(store.reader())
        .await?;
    let blob = row.map(|row| BlobId::from_stored(&row.blob)).transpose()?;
    Ok(blob.map(|blob| (shown.clone(), blob)))
}

/// Whether a file of the store belongs to an item: such a file is not taken out.
pub async fn item_file_is(store: &Store, file: &BlobId) -> Result<bool, Error> {
    let found = item_file::Entity::find()
        .filter(item_file::Column::Blob.eq(file.as_str()))
        .count(store.reader())
        .await?;
    Ok(found > 0)
}
