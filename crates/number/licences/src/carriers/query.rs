//! Reading carriers.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use tongban_store::StoreError;
use uuid::Uuid;

use super::row::{self, Column, Entity};

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
