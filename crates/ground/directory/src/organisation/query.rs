//! Reading and writing organisations.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
    sea_query::{ExprTrait, OnConflict},
};
use tongban_codes::RegionCode;
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::domain::{Organisation, normal_code};
use crate::{Error, import::Stage, row::organisation};

impl TryFrom<organisation::Model> for Organisation {
    type Error = Error;

    fn try_from(row: organisation::Model) -> Result<Self, Error> {
        let region = RegionCode::parse(&row.region)
            .map_err(|error| StoreError::Corrupt(format!("organisation {}: {error}", row.id)))?;
        Ok(Self {
            id: row.id,
            code: row.code,
            name: row.name,
            short_name: row.short_name,
            region,
            phone: row.phone,
            address: row.address,
            placeholder: row.placeholder,
        })
    }
}

/// The organisation of an id.
pub async fn organisation(store: &Store, id: Uuid) -> Result<Option<Organisation>, Error> {
    let row = organisation::Entity::find_by_id(id).one(store.reader()).await?;
    row.map(Organisation::try_from).transpose()
}

/// The organisations of many ids, by id; one statement.
pub async fn find_organisations(store: &Store, ids: &[Uuid]) -> Result<HashMap<Uuid, Organisation>, Error> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids.iter().copied()))
        .all(store.reader())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.id, Organisation::try_from(row)?)))
        .collect()
}

/// The organisation that a region knows under a unit code.
pub async fn organisation_by_code(
    store: &Store,
    region: &RegionCode,
    code: &str,
) -> Result<Option<Organisation>, Error> {
    by_code(store.reader(), region, &normal_code(code)).await
}

/// The organisation of a region by its name or short name. Where several share it, the one that a directory described comes first.
pub async fn find_organisation_by_name(
    store: &Store,
    region: &RegionCode,
    name: &str,
) -> Result<Option<Organisation>, Error> {
    let row = organisation::Entity::find()
        .filter(organisation::Column::Region.eq(region.as_str()))
        .filter(
            organisation::Column::Name
                .eq(name)
                .or(organisation::Column::ShortName.eq(name)),
        )
        .order_by_asc(organisation::Column::Placeholder)
        .order_by_asc(organisation::Column::Id)
        .limit(1)
        .one(store.reader())
        .await?;
    row.map(Organisation::try_from).transpose()
}

/// All organisations of exactly this region, in the order in which they came in.
pub async fn organisations_of(store: &Store, region: &RegionCode) -> Result<Vec<Organisation>, Error> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Region.eq(region.as_str()))
        .order_by_asc(organisation::Column::Id)
        .all(store.reader())
        .await?;
    rows.into_iter().map(Organisation::try_from).collect()
}

/// One page of the organisations of a region and below it, in the order of region and code.
pub async fn organisations(
    store: &Store,
    within: Option<&RegionCode>,
    page: PageRequest,
) -> Result<Page<Organisation>, Error> {
    let mut query = organisation::Entity::find();
    if let Some(within) = within {
        query = query.filter(organisation::Column::Region.starts_with(within.prefix()));
    }
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_asc(organisation::Column::Region)
        .order_by_asc(organisation::Column::Code)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let organisations = rows
        .into_iter()
        .map(Organisation::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(organisations, total, page))
}

/// The organisations of these regions, as a stage of an import sees them.
pub async fn staged(
    stage: &Stage,
    regions: impl IntoIterator<Item = &str>,
) -> Result<Vec<Organisation>, Error> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Region.is_in(regions))
        .order_by_asc(organisation::Column::Id)
        .all(&stage.executor())
        .await?;
    rows.into_iter().map(Organisation::try_from).collect()
}

async fn by_code<C: ConnectionTrait>(
    connection: &C,
    region: &RegionCode,
    code: &str,
) -> Result<Option<Organisation>, Error> {
    let row = organisation::Entity::find()
        .filter(organisation::Column::Region.eq(region.as_str()))
        .filter(organisation::Column::Code.eq(code))
        .one(connection)
        .await?;
    row.map(Organisation::try_from).transpose()
}

pub(super) async fn insert_missing(tx: &Tx, organisation: &Organisation) -> Result<(Uuid, bool), Error> {
    if let Some(found) = by_code(tx.connection(), &organisation.region, &organisation.code).await? {
        return Ok((found.id, false));
    }
    let inserted = organisation::Entity::insert(active(organisation))
        .on_conflict(
            OnConflict::columns([organisation::Column::Region, organisation::Column::Code])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx.connection())
        .await?;
    if inserted > 0 {
        return Ok((organisation.id, true));
    }
    // Somebody else made it between the look and the insert.
    let found = by_code(tx.connection(), &organisation.region, &organisation.code).await?;
    found.map(|found| (found.id, false)).ok_or(Error::Conflict)
}

pub(super) async fn insert(tx: &Tx, organisations: &[Organisation]) -> Result<(), Error> {
    if !organisations.is_empty() {
        organisation::Entity::insert_many(organisations.iter().map(active))
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

pub(super) async fn update(tx: &Tx, organisation: &Organisation) -> Result<(), Error> {
    active(organisation).update(tx.connection()).await?;
    Ok(())
}

fn active(organisation: &Organisation) -> organisation::ActiveModel {
    organisation::ActiveModel {
        id: Set(organisation.id),
        region: Set(organisation.region.as_str().to_owned()),
        code: Set(organisation.code.clone()),
        name: Set(organisation.name.clone()),
        short_name: Set(organisation.short_name.clone()),
        phone: Set(organisation.phone.clone()),
        address: Set(organisation.address.clone()),
        placeholder: Set(organisation.placeholder),
    }
}
