//! Reading the directory.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
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

/// Which of these codes the directory has.
pub async fn known_resources(store: &Store, codes: &[String]) -> Result<Vec<String>, StoreError> {
    known(store.reader(), codes).await
}

/// The same inside an act.
pub async fn known_resources_in(tx: &Tx, codes: &[String]) -> Result<Vec<String>, StoreError> {
    known(tx.connection(), codes).await
}

async fn known<C: ConnectionTrait>(connection: &C, codes: &[String]) -> Result<Vec<String>, StoreError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(exchange_resource::Entity::find()
        .select_only()
        .column(exchange_resource::Column::Code)
        .filter(exchange_resource::Column::Code.is_in(codes.iter().map(String::as_str)))
        .into_tuple()
        .all(connection)
        .await?)
}

/// The entries of some codes with their secrets, inside an act.
pub(crate) async fn of_codes(tx: &Tx, codes: &[String]) -> Result<Vec<Entry>, StoreError> {
    let rows = exchange_resource::Entity::find()
        .filter(exchange_resource::Column::Code.is_in(codes.iter().map(String::as_str)))
        .all(tx.connection())
        .await?;
    rows.into_iter().map(Entry::try_from).collect()
}
