//! Reading debts.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use serde::Serialize;
use tongban_codes::RegionCode;
use tongban_directory::import::Finding;
use tongban_store::{Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use crate::{
    Error,
    item::query::{Count, ItemFilter, ItemState, largest_first},
    row::{finding_move, item, item_finding},
};

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
        let items = self.items().select_only().column(item::Column::Id).into_query();
        select.filter(item_finding::Column::Item.in_subquery(items))
    }

    /// The items in force whose debts these are.
    fn items(&self) -> Select<item::Entity> {
        let items = ItemFilter {
            within: self.within.clone(),
            department: self.department.clone(),
            state: Some(ItemState::Published),
            ..ItemFilter::default()
        };
        items.select()
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
        let Some(item) = named.get(&row.item) else {
            continue;
        };
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

/// Findings with the number of debts, largest first.
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

/// Departments with the number of their debts, largest first.
pub async fn debt_departments(store: &Store, filter: &DebtFilter) -> Result<Vec<Count>, Error> {
    let per_item: Vec<(Uuid, i64)> = filter
        .select()
        .select_only()
        .column(item_finding::Column::Item)
        .column_as(item_finding::Column::Id.count(), "items")
        .group_by(item_finding::Column::Item)
        .into_tuple()
        .all(store.reader())
        .await?;
    let items = filter.items().select_only();
    let departments: HashMap<Uuid, String> = items
        .column(item::Column::Id)
        .column(item::Column::Department)
        .into_tuple::<(Uuid, String)>()
        .all(store.reader())
        .await?
        .into_iter()
        .collect();
    let mut counts: HashMap<String, i64> = HashMap::new();
    for (item, debts) in per_item {
        if let Some(department) = departments.get(&item) {
            *counts.entry(department.clone()).or_default() += debts;
        }
    }
    Ok(largest_first(counts.into_iter().collect()))
}

/// How many findings came and went on a civil day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct QualityDay {
    pub day: NaiveDate,
    pub appeared: i64,
    pub mended: i64,
}

/// The days since then on which findings came or went with a published version, earliest first. `within` keeps a region and what
/// lies in it.
pub async fn quality_days(
    store: &Store,
    within: Option<&RegionCode>,
    since: NaiveDate,
) -> Result<Vec<QualityDay>, Error> {
    let mut select = finding_move::Entity::find().filter(finding_move::Column::Day.gte(since));
    if let Some(within) = within {
        select = select.filter(finding_move::Column::Region.starts_with(within.prefix()));
    }
    let rows: Vec<(NaiveDate, i64, i64)> = select
        .select_only()
        .column(finding_move::Column::Day)
        .column_as(finding_move::Column::Appeared.sum(), "appeared")
        .column_as(finding_move::Column::Mended.sum(), "mended")
        .group_by(finding_move::Column::Day)
        .order_by_asc(finding_move::Column::Day)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(day, appeared, mended)| QualityDay {
            day,
            appeared,
            mended,
        })
        .collect())
}

/// The debts of one item.
pub async fn findings_of(store: &Store, item: Uuid) -> Result<Vec<Finding>, Error> {
    let rows = item_finding::Entity::find()
        .filter(item_finding::Column::Item.eq(item))
        .order_by_asc(item_finding::Column::Id)
        .all(store.reader())
        .await?;
    rows.into_iter()
        .map(|row| Ok(serde_json::from_str(&row.finding).map_err(StoreError::from)?))
        .collect()
}
