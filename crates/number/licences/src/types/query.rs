//! Reading licence types.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tongban_directory::import::Stage;
use tongban_store::{Store, StoreError, Tx};

use super::{domain::LicenceType, row};
use crate::Error;

/// All licence types by code. There are some hundreds at most.
pub async fn licence_types(store: &Store) -> Result<Vec<LicenceType>, Error> {
    let rows = row::Entity::find()
        .order_by_asc(row::Column::Code)
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(LicenceType::try_from)
        .collect::<Result<_, _>>()?)
}

/// One licence type.
pub async fn licence_type(store: &Store, code: &str) -> Result<Option<LicenceType>, Error> {
    Ok(by_code(store.reader(), code).await?)
}

/// Which of these codes are registered.
pub async fn known_licence_types(store: &Store, codes: &[String]) -> Result<Vec<String>, StoreError> {
    known(store.reader(), codes).await
}

/// The same inside an act.
pub async fn known_licence_types_in(tx: &Tx, codes: &[String]) -> Result<Vec<String>, StoreError> {
    known(tx.connection(), codes).await
}

async fn known<C: ConnectionTrait>(connection: &C, codes: &[String]) -> Result<Vec<String>, StoreError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(row::Entity::find()
        .select_only()
        .column(row::Column::Code)
        .filter(row::Column::Code.is_in(codes.iter().map(String::as_str)))
        .into_tuple()
        .all(connection)
        .await?)
}

pub(crate) async fn by_code<C: ConnectionTrait>(
    connection: &C,
    code: &str,
) -> Result<Option<LicenceType>, StoreError> {
    row::Entity::find_by_id(code)
        .one(connection)
        .await?
        .map(LicenceType::try_from)
        .transpose()
}

/// The types of these codes, as a stage of an import sees them.
pub(super) async fn staged(
    stage: &Stage,
    codes: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, LicenceType>, StoreError> {
    let rows = row::Entity::find()
        .filter(row::Column::Code.is_in(codes))
        .all(&stage.executor())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.code.clone(), LicenceType::try_from(row)?)))
        .collect()
}
