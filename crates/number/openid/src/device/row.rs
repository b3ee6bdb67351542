//! The table `openid_devices`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
    sea_query::Expr,
};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::domain::Standing;

pub(crate) mod device {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_devices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Of what the device holds.
        pub device_hash: String,
        /// Of what the person types.
        pub user_hash: String,
        pub client: Uuid,
        pub scopes: String,
        /// How well the person must be known.
        pub level: String,
        pub standing: String,
        /// Seconds between two questions of the device.
        pub interval: i32,
        pub polled_at: Option<ChronoDateTimeUtc>,
        /// Who said yes, and in which session.
        pub account: Option<Uuid>,
        pub session: Option<Uuid>,
        pub until: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) fn user_hash(store: &Store, code: &str) -> String {
    store.keys().token_hash(&format!("openid-user-code|{code}"))
}

pub(crate) fn device_hash(store: &Store, code: &str) -> String {
    store.keys().token_hash(&format!("openid-device-code|{code}"))
}

pub(super) async fn insert(tx: &Tx, row: device::Model) -> Result<(), StoreError> {
    device::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The device of a code that a person typed, while it waits.
pub(super) async fn by_user_code<C: ConnectionTrait>(
    connection: &C,
    store: &Store,
    code: &str,
) -> Result<Option<device::Model>, StoreError> {
    Ok(device::Entity::find()
        .filter(device::Column::UserHash.eq(user_hash(store, code)))
        .filter(device::Column::Standing.eq(Standing::Waits.as_str()))
        .filter(device::Column::Until.gt(store.now()))
        .one(connection)
        .await?)
}

/// The device that asks, held until the act ends.
pub(crate) async fn asking(tx: &Tx, code: &str, client: Uuid) -> Result<Option<device::Model>, StoreError> {
    Ok(device::Entity::find()
        .filter(device::Column::DeviceHash.eq(device_hash(tx.store(), code)))
        .filter(device::Column::Client.eq(client))
        .lock_exclusive()
        .one(tx.connection())
        .await?)
}

/// Writes an answer down; says whether the device still waited.
pub(super) async fn answer(
    tx: &Tx,
    id: Uuid,
    standing: Standing,
    account: Uuid,
    session: Uuid,
) -> Result<bool, StoreError> {
    let answered = device::Entity::update_many()
        .set(device::ActiveModel {
            standing: Set(standing.as_str().to_owned()),
            account: Set(Some(account)),
            session: Set(Some(session)),
            ..Default::default()
        })
        .filter(device::Column::Id.eq(id))
        .filter(device::Column::Standing.eq(Standing::Waits.as_str()))
        .exec(tx.connection())
        .await?;
    Ok(answered.rows_affected == 1)
}

/// Notes that the device asked, and how long it has to wait from now on.
pub(crate) async fn polled(tx: &Tx, id: Uuid, interval: i32) -> Result<(), StoreError> {
    device::Entity::update_many()
        .col_expr(device::Column::PolledAt, Expr::value(tx.now()))
        .col_expr(device::Column::Interval, Expr::value(interval))
        .filter(device::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Takes a device away that has its answer; says whether it was there: it is answered once.
pub(crate) async fn take(tx: &Tx, id: Uuid) -> Result<bool, StoreError> {
    let taken = device::Entity::delete_by_id(id).exec(tx.connection()).await?;
    Ok(taken.rows_affected == 1)
}

/// Erases devices that wait no longer.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = device::Entity::delete_many()
        .filter(device::Column::Until.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
