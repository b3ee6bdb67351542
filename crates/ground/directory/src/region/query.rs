//! Reading and writing regions.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::OnConflict,
};
use tongban_codes::{RegionCode, RegionLevel};
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};

use super::domain::{Region, RegionFilter};
use crate::{Error, import::Stage, row::region};

impl TryFrom<region::Model> for Region {
    type Error = Error;

    fn try_from(row: region::Model) -> Result<Self, Error> {
        let code = RegionCode::parse(&row.code)
            .map_err(|error| StoreError::Corrupt(format!("region {}: {error}", row.code)))?;
        Ok(Self {
            level: code.level(),
            parent: code.parent(),
            code,
            name: row.name,
            placeholder: row.placeholder,
        })
    }
}

/// The region of a code.
pub async fn region(store: &Store, code: &RegionCode) -> Result<Option<Region>, Error> {
    let row = region::Entity::find_by_id(code.as_str().to_owned())
        .one(store.reader())
        .await?;
    row.map(Region::try_from).transpose()
}

/// The regions of many codes; those that are not there are left out.
pub async fn find_regions(store: &Store, codes: &[RegionCode]) -> Result<Vec<Region>, Error> {
    let rows = region::Entity::find()
        .filter(region::Column::Code.is_in(codes.iter().map(RegionCode::as_str)))
        .order_by_asc(region::Column::Code)
        .all(store.reader())
        .await?;
    rows.into_iter().map(Region::try_from).collect()
}

/// The region and what it lies in, from the widest to itself; levels that the directory does not hold are left out.
pub async fn region_path(store: &Store, code: &RegionCode) -> Result<Vec<Region>, Error> {
    // Codes of wider regions are smaller, so the order of codes is the order of levels.
    find_regions(store, &code.self_and_ancestors()).await
}

/// The regions directly below one, or the provinces, in the order of codes.
pub async fn children(store: &Store, parent: Option<&RegionCode>) -> Result<Vec<Region>, Error> {
    let query = match parent {
        Some(parent) => region::Entity::find().filter(region::Column::Parent.eq(parent.as_str())),
        None => region::Entity::find().filter(region::Column::Level.eq(RegionLevel::Province.as_str())),
    };
    let rows = query
        .order_by_asc(region::Column::Code)
        .all(store.reader())
        .await?;
    rows.into_iter().map(Region::try_from).collect()
}

/// One page of regions in the order of codes.
pub async fn regions(store: &Store, filter: &RegionFilter, page: PageRequest) -> Result<Page<Region>, Error> {
    let mut query = region::Entity::find();
    if let Some(within) = &filter.within {
        query = query.filter(region::Column::Code.starts_with(within.prefix()));
    }
    if let Some(level) = filter.level {
        query = query.filter(region::Column::Level.eq(level.as_str()));
    }
    if let Some(name) = &filter.name {
        query = query.filter(region::Column::Name.contains(name));
    }
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_asc(region::Column::Code)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let regions = rows
        .into_iter()
        .map(Region::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(regions, total, page))
}

/// The regions of these codes by code, as a stage of an import sees them.
pub async fn staged(
    stage: &Stage,
    codes: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, Region>, Error> {
    let rows = region::Entity::find()
        .filter(region::Column::Code.is_in(codes))
        .all(&stage.executor())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.code.clone(), Region::try_from(row)?)))
        .collect()
}

pub(super) async fn insert_placeholder(tx: &Tx, code: &RegionCode, name: &str) -> Result<bool, Error> {
    let row = active(&Region {
        code: code.clone(),
        name: name.to_owned(),
        level: code.level(),
        parent: code.parent(),
        placeholder: true,
    });
    let inserted = region::Entity::insert(row)
        .on_conflict(OnConflict::column(region::Column::Code).do_nothing().to_owned())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(inserted > 0)
}

/// Writes regions over what is there.
pub(super) async fn save(tx: &Tx, regions: &[Region]) -> Result<(), Error> {
    if regions.is_empty() {
        return Ok(());
    }
    region::Entity::insert_many(regions.iter().map(active))
        .on_conflict(
            OnConflict::column(region::Column::Code)
                .update_columns([region::Column::Name, region::Column::Placeholder])
                .to_owned(),
        )
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

fn active(region: &Region) -> region::ActiveModel {
    region::ActiveModel {
        code: Set(region.code.as_str().to_owned()),
        name: Set(region.name.clone()),
        level: Set(region.level.as_str().to_owned()),
        parent: Set(region.parent.as_ref().map(|parent| parent.as_str().to_owned())),
        placeholder: Set(region.placeholder),
    }
}
