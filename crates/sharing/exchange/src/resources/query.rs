//! Reading the directory.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tongban_store::{Store, StoreError, Tx};

use super::{
    Resource,
    row::{Entry, exchange_resource},
};
use crate::Error;

/// All entries by code, at most 1,000: a city's directory is a page, not a list without end.
pub async fn resources(store: &Store) -> Result<Vec<Resource>, Error> {
    let rows = exchange_resource::Entity::find()
        .order_by_asc(exchange_resource::Column::Code)
        .limit(1_000)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    rows.into_iter()
        .map(|row| Ok(Entry::try_from(row)?.resource))
        .collect()
}

/// One entry.
pub async fn resource(store: &Store, code: &str) -> Result<Option<Resource>, Error> {
    let row = exchange_resource::Entity::find_by_id(code.to_owned())
        .one(store.reader())
        .await
        .map_err(StoreError::from)?;
    Ok(row.map(Entry::try_from).transpose()?.map(|entry| entry.resource))
}

/// The entries of some codes with their secrets, inside an act.
pub(crate) async fn of_codes(tx: &Tx, codes: &[String]) -> Result<Vec<Entry>, StoreError> {
    let rows = exchange_resource::Entity::find()
        .filter(exchange_resource::Column::Code.is_in(codes.iter().map(String::as_str)))
        .all(tx.connection())
        .await?;
    rows.into_iter().map(Entry::try_from).collect()
}
