//! The table `openid_keys`, private to this room.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use tongban_crypto::{TokenAlgorithm, TokenKey};
use tongban_store::{Store, StoreError, Tx};

/// The word under which the secret number of a key is sealed.
pub(crate) const SECRET_FIELD: &str = "openid_key";

pub(super) mod key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The thumbprint of the public key (RFC 7638).
        pub kid: String,
        pub algorithm: String,
        /// The secret number in hexadecimal, sealed.
        pub secret_sealed: String,
        pub created_at: ChronoDateTimeUtc,
        pub signs_from: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A key as it rests.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub algorithm: TokenAlgorithm,
    pub key: Arc<TokenKey>,
    pub signs_from: DateTime<Utc>,
}

/// All keys that were not removed, the newest of each algorithm first.
pub(super) async fn all(store: &Store) -> Result<Vec<Stored>, StoreError> {
    let mut stored = Vec::new();
    for row in newest_first(store.reader()).await? {
        let spoilt = || StoreError::Corrupt(format!("key {}", row.id));
        let algorithm = TokenAlgorithm::from_word(&row.algorithm).ok_or_else(spoilt)?;
        let mut secret = [0u8; 32];
        let text = store.unseal(SECRET_FIELD, &row.secret_sealed)?;
        hex::decode_to_slice(text, &mut secret).map_err(|_| spoilt())?;
        stored.push(Stored {
            algorithm,
            key: Arc::new(TokenKey::from_secret(algorithm, &secret).ok_or_else(spoilt)?),
            signs_from: row.signs_from,
        });
    }
    Ok(stored)
}

/// When the keys of an algorithm begin to sign, the newest first.
pub(super) async fn begins(tx: &Tx, algorithm: TokenAlgorithm) -> Result<Vec<DateTime<Utc>>, StoreError> {
    let rows = newest_first(tx.connection()).await?;
    Ok(rows
        .into_iter()
        .filter(|row| row.algorithm == algorithm.as_str())
        .map(|row| row.signs_from)
        .collect())
}

async fn newest_first<C: ConnectionTrait>(connection: &C) -> Result<Vec<key::Model>, StoreError> {
    Ok(key::Entity::find()
        .order_by_desc(key::Column::SignsFrom)
        .order_by_desc(key::Column::Id)
        .all(connection)
        .await?)
}

/// Makes a new key that signs from an instant; answers its id.
pub(super) async fn insert(
    tx: &Tx,
    algorithm: TokenAlgorithm,
    signs_from: DateTime<Utc>,
) -> Result<String, StoreError> {
    let (secret, key) = TokenKey::generate(algorithm)?;
    let row = key::Model {
        id: tx.new_id(),
        kid: key.kid().to_owned(),
        algorithm: algorithm.as_str().to_owned(),
        secret_sealed: tx.store().seal(SECRET_FIELD, &hex::encode(secret))?,
        created_at: tx.now(),
        signs_from,
    };
    key::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(key.kid().to_owned())
}

/// Removes the keys of an algorithm that began to sign before an instant; says how many there were.
pub(super) async fn remove_before(
    tx: &Tx,
    algorithm: TokenAlgorithm,
    instant: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let removed = key::Entity::delete_many()
        .filter(key::Column::Algorithm.eq(algorithm.as_str()))
        .filter(key::Column::SignsFrom.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(removed.rows_affected)
}
