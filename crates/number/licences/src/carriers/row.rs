//! Carriers as rows, private to this room.

use sea_orm::{EntityTrait, Set, entity::prelude::*, sea_query::OnConflict};
use tongban_store::{BlobId, StoreError, Tx};

/// The only kind of carrier so far.
pub const PDF: &str = "pdf";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "licence_carriers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub licence: Uuid,
    pub kind: String,
    pub blob: String,
    /// SM3 of the file, in hexadecimal.
    pub sm3: String,
    pub at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Keeps a carrier where there is none of its kind yet. Says whether it was kept.
pub async fn insert_first(tx: &Tx, licence: Uuid, blob: &BlobId, sm3: &str) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(tx.new_id()),
        licence: Set(licence),
        kind: Set(PDF.to_owned()),
        blob: Set(blob.as_str().to_owned()),
        sm3: Set(sm3.to_owned()),
        at: Set(tx.now()),
    };
    let kept = Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::Licence, Column::Kind])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx.connection())
        .await?;
    Ok(kept > 0)
}
