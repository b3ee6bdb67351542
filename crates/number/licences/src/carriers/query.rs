//! Reading carriers.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tongban_store::{BlobId, Store, StoreError};
use uuid::Uuid;

use super::row::{self, Column, Entity};
use crate::Error;

/// Whether a file is the page of a licence.
pub async fn carrier_is(store: &Store, file: &BlobId) -> Result<bool, Error> {
    let found = Entity::find()
        .filter(Column::Blob.eq(file.as_str()))
        .count(store.reader())
        .await?;
    Ok(found > 0)
}

/// The PDF of a licence, if it was printed.
pub(crate) async fn pdf_of<C: ConnectionTrait>(
    connection: &C,
    licence: Uuid,
) -> Result<Option<row::Model>, StoreError> {
    let query = Entity::find()
        .filter(Column::Licence.eq(licence))
        .filter(Column::Kind.eq(row::PDF));
    Ok(query.one(connection).await?)
}
