//! The tables `sign_in_guards` and `sign_in_codes`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict},
};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::domain::{CODE_WINDOW, CodeFor, Guard, SentCode};

pub(crate) mod guard {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_guards")]
    pub struct Model {
        /// A keyed hash of a name, whether an account has it or not.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub failed: i32,
        pub locked_until: Option<ChronoDateTimeUtc>,
        pub changed_at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// None when nobody has the name.
        pub account: Option<Uuid>,
        pub name_key: String,
        /// None when nothing was sent.
        pub phone_key: Option<String>,
        /// None when nothing was sent.
        pub code_hash: Option<String>,
        pub at: ChronoDateTimeUtc,
        pub expires_at: ChronoDateTimeUtc,
        pub attempts: i32,
        pub used_at: Option<ChronoDateTimeUtc>,
        /// What it is good for, and nothing else: the word of a [`CodeFor`](super::CodeFor).
        pub purpose: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl From<&guard::Model> for Guard {
    fn from(row: &guard::Model) -> Self {
        Self {
            failed: row.failed,
            locked_until: row.locked_until,
        }
    }
}

impl From<&code::Model> for SentCode {
    fn from(row: &code::Model) -> Self {
        Self {
            expires_at: row.expires_at,
            attempts: row.attempts,
            used: row.used_at.is_some(),
        }
    }
}

/// The counter of a key, held until the act ends; an untouched one where there is none.
pub(super) async fn guard_of(tx: &Tx, key: &str) -> Result<Guard, StoreError> {
    let row = guard::Entity::find_by_id(key.to_owned())
        .lock_exclusive()
        .one(tx.connection())
        .await?;
    Ok(row.as_ref().map(Guard::from).unwrap_or_default())
}

/// As [`guard_of`], and makes the row where there is none, so that acts on one key wait for each other.
pub(crate) async fn hold_guard(tx: &Tx, key: &str) -> Result<Guard, StoreError> {
    let fresh = guard::ActiveModel {
        key: Set(key.to_owned()),
        failed: Set(0),
        locked_until: Set(None),
        changed_at: Set(tx.now()),
    };
    guard::Entity::insert(fresh)
        .on_conflict(OnConflict::column(guard::Column::Key).do_nothing().to_owned())
        .exec_without_returning(tx.connection())
        .await?;
    guard_of(tx, key).await
}

/// Keeps a counter that is held.
pub(super) async fn save_guard(tx: &Tx, key: &str, state: Guard) -> Result<(), StoreError> {
    guard::Entity::update_many()
        .col_expr(guard::Column::Failed, Expr::value(state.failed))
        .col_expr(guard::Column::LockedUntil, Expr::value(state.locked_until))
        .col_expr(guard::Column::ChangedAt, Expr::value(tx.now()))
        .filter(guard::Column::Key.eq(key))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Forgets counters; says whether one of them was a lock.
pub(crate) async fn clear_guards(tx: &Tx, keys: &[String]) -> Result<bool, StoreError> {
    let rows = guard::Entity::find()
        .filter(guard::Column::Key.is_in(keys.iter().map(String::as_str)))
        .lock_exclusive()
        .all(tx.connection())
        .await?;
    if rows.is_empty() {
        return Ok(false);
    }
    guard::Entity::delete_many()
        .filter(guard::Column::Key.is_in(rows.iter().map(|row| row.key.as_str())))
        .exec(tx.connection())
        .await?;
    Ok(rows.iter().any(|row| Guard::from(row).locked(tx.now()).is_some()))
}

/// Which requests for codes are counted together.
pub(super) enum Counted<'a> {
    /// Those under one name.
    Name(&'a str),
    /// Those that went to one phone.
    Phone(&'a str),
}

/// When codes were asked for within the window.
pub(super) async fn asked_at(tx: &Tx, counted: Counted<'_>) -> Result<Vec<DateTime<Utc>>, StoreError> {
    let query = match counted {
        Counted::Name(key) => code::Entity::find().filter(code::Column::NameKey.eq(key)),
        Counted::Phone(key) => code::Entity::find().filter(code::Column::PhoneKey.eq(key)),
    };
    let rows = query
        .filter(code::Column::At.gt(tx.now() - CODE_WINDOW))
        .all(tx.connection())
        .await?;
    Ok(rows.into_iter().map(|row| row.at).collect())
}

/// Keeps a request for a code.
pub(super) async fn insert_code(tx: &Tx, row: code::Model) -> Result<(), StoreError> {
    code::Entity::insert(code::ActiveModel {
        id: Set(row.id),
        account: Set(row.account),
        name_key: Set(row.name_key),
        phone_key: Set(row.phone_key),
        code_hash: Set(row.code_hash),
        at: Set(row.at),
        expires_at: Set(row.expires_at),
        attempts: Set(row.attempts),
        used_at: Set(row.used_at),
        purpose: Set(row.purpose),
    })
    .exec_without_returning(tx.connection())
    .await?;
    Ok(())
}

/// The code to sign in that was sent last to an account, by the phone that it has now; held until the act ends. Earlier ones
/// are dead, and so is what went to a phone that the account had before.
pub(super) async fn last_code(
    tx: &Tx,
    account: Uuid,
    phone_key: &str,
) -> Result<Option<code::Model>, StoreError> {
    Ok(code::Entity::find()
        .filter(code::Column::Account.eq(account))
        .filter(code::Column::PhoneKey.eq(phone_key))
        .filter(code::Column::Purpose.eq(CodeFor::SignIn.word()))
        .filter(code::Column::CodeHash.is_not_null())
        .order_by_desc(code::Column::At)
        .order_by_desc(code::Column::Id)
        .limit(1)
        .lock_exclusive()
        .one(tx.connection())
        .await?)
}

/// The code that was sent to a phone last for this purpose, held until the act ends.
pub(super) async fn last_code_to(
    tx: &Tx,
    phone_key: &str,
    purpose: CodeFor,
) -> Result<Option<code::Model>, StoreError> {
    Ok(code::Entity::find()
        .filter(code::Column::PhoneKey.eq(phone_key))
        .filter(code::Column::Purpose.eq(purpose.word()))
        .filter(code::Column::CodeHash.is_not_null())
        .order_by_desc(code::Column::At)
        .order_by_desc(code::Column::Id)
        .limit(1)
        .lock_exclusive()
        .one(tx.connection())
        .await?)
}

/// Counts a wrong try of a code.
pub(super) async fn count_attempt(tx: &Tx, code: Uuid) -> Result<(), StoreError> {
    code::Entity::update_many()
        .col_expr(code::Column::Attempts, Expr::col(code::Column::Attempts).add(1))
        .filter(code::Column::Id.eq(code))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A code is good once.
pub(crate) async fn use_code(tx: &Tx, code: Uuid) -> Result<(), StoreError> {
    code::Entity::update_many()
        .col_expr(code::Column::UsedAt, Expr::value(tx.now()))
        .filter(code::Column::Id.eq(code))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Erases requests for codes and counters that no rule looks at any more.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let codes = code::Entity::delete_many()
        .filter(code::Column::At.lt(instant))
        .exec(tx.connection())
        .await?;
    // Somebody may hold one of the counters at this moment: that one waits for the next day.
    let old = guard::Entity::find()
        .filter(guard::Column::ChangedAt.lt(instant))
        .limit(5_000)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.connection())
        .await?;
    if !old.is_empty() {
        guard::Entity::delete_many()
            .filter(guard::Column::Key.is_in(old.iter().map(|row| row.key.as_str())))
            .exec(tx.connection())
            .await?;
    }
    Ok(codes.rows_affected + old.len() as u64)
}
