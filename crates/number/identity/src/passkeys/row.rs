//! The tables `passkeys` and `passkey_ceremonies`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use serde::{Serialize, de::DeserializeOwned};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

use super::domain::LIVE;

pub(crate) mod passkey {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkeys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        pub name: String,
        /// A keyed hash of the credential's id.
        pub credential_hash: String,
        /// The public key and the counter, as the library keeps them.
        #[sea_orm(column_type = "Text")]
        pub credential: String,
        pub in_person: bool,
        pub created_at: ChronoDateTimeUtc,
        pub used_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod ceremony {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "passkey_ceremonies")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The session that binds; none where a device is asked who it is for.
        pub session: Option<Uuid>,
        /// The challenge, as the library keeps it.
        #[sea_orm(column_type = "Text")]
        pub state: String,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl passkey::Model {
    pub(super) fn key(&self) -> Result<Passkey, StoreError> {
        Ok(serde_json::from_str(&self.credential)?)
    }
}

/// The keyed hash of a credential's id.
pub(super) fn credential_hash(store: &Store, credential: &[u8]) -> String {
    store
        .keys()
        .token_hash(&format!("passkey|{}", hex_of(credential)))
}

fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // writing into a string does not fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Keeps a challenge; answers its id.
pub(super) async fn begin<S: Serialize>(
    tx: &Tx,
    session: Option<Uuid>,
    state: &S,
) -> Result<Uuid, StoreError> {
    let row = ceremony::Model {
        id: tx.random_id(),
        session,
        state: serde_json::to_string(state)?,
        at: tx.now(),
    };
    let id = row.id;
    // anybody may ask: what is over does not pile up until the night
    erase_before(tx, tx.now() - LIVE * 12).await?;
    ceremony::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(id)
}

/// Takes a live challenge of this session away: it is good once, whatever the answer is. `None`: there is none.
pub(super) async fn take<S: DeserializeOwned>(
    tx: &Tx,
    id: Uuid,
    session: Option<Uuid>,
) -> Result<Option<S>, StoreError> {
    let found = ceremony::Entity::find_by_id(id).one(tx.connection()).await?;
    let Some(row) = found.filter(|row| row.session == session && row.at + LIVE > tx.now()) else {
        return Ok(None);
    };
    let taken = ceremony::Entity::delete_by_id(id).exec(tx.connection()).await?;
    if taken.rows_affected == 1 {
        Ok(Some(serde_json::from_str(&row.state)?))
    } else {
        Ok(None)
    }
}

/// The passkeys of an account, the oldest first.
pub(super) async fn of_account<C: ConnectionTrait>(
    connection: &C,
    account: Uuid,
) -> Result<Vec<passkey::Model>, StoreError> {
    Ok(passkey::Entity::find()
        .filter(passkey::Column::Account.eq(account))
        .order_by_asc(passkey::Column::CreatedAt)
        .order_by_asc(passkey::Column::Id)
        .all(connection)
        .await?)
}

/// How many passkeys an account has.
pub(super) async fn count(tx: &Tx, account: Uuid) -> Result<u64, StoreError> {
    Ok(passkey::Entity::find()
        .filter(passkey::Column::Account.eq(account))
        .count(tx.connection())
        .await?)
}

/// The passkey of a credential's id.
pub(super) async fn by_credential(tx: &Tx, credential: &[u8]) -> Result<Option<passkey::Model>, StoreError> {
    Ok(passkey::Entity::find()
        .filter(passkey::Column::CredentialHash.eq(credential_hash(tx.store(), credential)))
        .one(tx.connection())
        .await?)
}

pub(super) async fn insert(tx: &Tx, row: passkey::Model) -> Result<(), StoreError> {
    passkey::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Remembers that a passkey was used, with the counter that the device told; says whether it is still there.
pub(super) async fn used(tx: &Tx, id: Uuid, key: &Passkey) -> Result<bool, StoreError> {
    let used = passkey::Entity::update_many()
        .col_expr(
            passkey::Column::Credential,
            Expr::value(serde_json::to_string(key)?),
        )
        .col_expr(passkey::Column::UsedAt, Expr::value(tx.now()))
        .filter(passkey::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(used.rows_affected == 1)
}

/// Removes a passkey of an account; says whether there was one.
pub(super) async fn remove(tx: &Tx, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let removed = passkey::Entity::delete_many()
        .filter(passkey::Column::Id.eq(id))
        .filter(passkey::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(removed.rows_affected == 1)
}

/// Removes the passkeys of an account: all, or those that are older than an instant.
pub(crate) async fn remove_older(
    tx: &Tx,
    account: Uuid,
    since: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let mut query = passkey::Entity::delete_many().filter(passkey::Column::Account.eq(account));
    if let Some(since) = since {
        query = query.filter(passkey::Column::CreatedAt.lt(since));
    }
    query.exec(tx.connection()).await?;
    Ok(())
}

/// Erases challenges that nobody answered.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = ceremony::Entity::delete_many()
        .filter(ceremony::Column::At.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
