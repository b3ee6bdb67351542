//! The table `openid_requests`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

mod request {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_requests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub handle_hash: String,
        pub client: Uuid,
        /// Pairs of words, JSON.
        pub params: String,
        pub until: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

fn hash(store: &Store, handle: &str) -> String {
    store.keys().token_hash(&format!("openid-request|{handle}"))
}

/// Keeps a request that was pushed.
pub(crate) async fn keep(
    tx: &Tx,
    handle: &str,
    client: Uuid,
    params: &[(String, String)],
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = request::Model {
        handle_hash: hash(tx.store(), handle),
        client,
        params: serde_json::to_string(params)?,
        until,
    };
    request::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// A request of a client that still waits.
pub(crate) async fn find(
    store: &Store,
    handle: &str,
    client: Uuid,
) -> Result<Option<Vec<(String, String)>>, StoreError> {
    let found = request::Entity::find_by_id(hash(store, handle))
        .filter(request::Column::Client.eq(client))
        .filter(request::Column::Until.gt(store.now()))
        .one(store.reader())
        .await?;
    Ok(found.map(|row| serde_json::from_str(&row.params)).transpose()?)
}

/// Takes a request away; says whether it was still there: it is answered once.
pub(crate) async fn take(tx: &Tx, handle: &str) -> Result<bool, StoreError> {
    let taken = request::Entity::delete_by_id(hash(tx.store(), handle))
        .exec(tx.connection())
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Erases requests that nobody waits for.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = request::Entity::delete_many()
        .filter(request::Column::Until.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
