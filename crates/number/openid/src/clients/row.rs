//! The table `openid_clients`, private to this room.

use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::domain::{Client, ClientContent, ClientStanding};

pub(crate) mod client {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_clients")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// What the client calls itself.
        pub client_id: String,
        /// Of the content that is in use, or proposed; for lists.
        pub name: String,
        pub standing: String,
        pub secret_hash: Option<String>,
        /// What was approved, JSON.
        pub content: Option<String>,
        /// What was written and not approved yet, JSON.
        pub proposal: Option<String>,
        pub proposed_by: Option<Uuid>,
        /// Everybody who has written since the last approval, apart by spaces: none of them reviews.
        pub writers: String,
        /// Whether the proposal waits for its review.
        pub handed_in: bool,
        /// What the last review said to a proposal that was sent back.
        pub remark: Option<String>,
        /// Anybody may try it: for developers.
        pub sandbox: bool,
        pub approved_by: Option<Uuid>,
        pub approved_at: Option<ChronoDateTimeUtc>,
        pub created_at: ChronoDateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) fn content_of(text: Option<&str>) -> Result<Option<ClientContent>, StoreError> {
    Ok(text.map(serde_json::from_str).transpose()?)
}

impl client::Model {
    pub(crate) fn standing(&self) -> Result<ClientStanding, StoreError> {
        ClientStanding::from_word(&self.standing)
            .ok_or_else(|| StoreError::Corrupt(format!("standing of client {}", self.id)))
    }

    /// The client, while it is in use.
    pub(crate) fn in_use(self) -> Result<Option<Client>, StoreError> {
        if self.standing()? != ClientStanding::Active {
            return Ok(None);
        }
        Ok(content_of(self.content.as_deref())?.map(|content| Client {
            id: self.id,
            client_id: self.client_id,
            secret_hash: self.secret_hash,
            content,
            sandbox: self.sandbox,
        }))
    }
}

pub(crate) async fn insert(tx: &Tx, row: client::Model) -> Result<(), StoreError> {
    client::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// What an act changes of a client: the columns that are [`Set`].
pub(crate) type Change = client::ActiveModel;
pub(crate) use sea_orm::ActiveValue::Set;

/// Writes what is changed and the next version, if the client is still the one that was read.
pub(crate) async fn change(tx: &Tx, id: Uuid, version: i32, change: Change) -> Result<(), StoreError> {
    let changed = client::Entity::update_many()
        .set(client::ActiveModel {
            version: Set(version + 1),
            ..change
        })
        .filter(client::Column::Id.eq(id))
        .filter(Expr::col(client::Column::Version).eq(version))
        .exec(tx.connection())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict("client"))
    }
}
