//! Licence types as rows, private to this room.

use sea_orm::{ActiveModelTrait, EntityTrait, Set, entity::prelude::*};
use tongban_access::PartyKind;
use tongban_store::{StoreError, Tx};

use super::domain::LicenceType;
use crate::Error;

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        StoreError::from(error).into()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "licence_types")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub name: String,
    pub definer_name: String,
    pub definer_code: String,
    pub holder_kind: String,
    /// JSON, opaque to the database.
    pub fields: String,
    pub invented: bool,
    pub changed_at: ChronoDateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for LicenceType {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            holder: PartyKind::from_word(&row.holder_kind).ok_or_else(|| {
                StoreError::Corrupt(format!("licence type {}: {}", row.code, row.holder_kind))
            })?,
            fields: serde_json::from_str(&row.fields)?,
            code: row.code,
            name: row.name,
            definer_name: row.definer_name,
            definer_code: row.definer_code,
            invented: row.invented,
        })
    }
}

pub(super) async fn insert(tx: &Tx, new: &LicenceType) -> Result<(), StoreError> {
    Entity::insert(active(tx, new)?)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub(super) async fn update(tx: &Tx, new: &LicenceType) -> Result<(), StoreError> {
    active(tx, new)?.update(tx.connection()).await?;
    Ok(())
}

fn active(tx: &Tx, new: &LicenceType) -> Result<ActiveModel, StoreError> {
    Ok(ActiveModel {
        code: Set(new.code.clone()),
        name: Set(new.name.clone()),
        definer_name: Set(new.definer_name.clone()),
        definer_code: Set(new.definer_code.clone()),
        holder_kind: Set(new.holder.as_str().to_owned()),
        fields: Set(serde_json::to_string(&new.fields)?),
        invented: Set(new.invented),
        changed_at: Set(tx.now()),
    })
}
