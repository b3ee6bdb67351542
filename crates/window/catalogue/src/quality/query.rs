//! Reading debts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
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
    row::{item, item_finding},
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
