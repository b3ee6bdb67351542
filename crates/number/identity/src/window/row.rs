//! The table `window_codes`, private to this room.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

/// How long a code may be read out.
pub(super) const LIVE: Duration = Duration::minutes(10);
/// Tries that one code allows.
pub(super) const ATTEMPTS: i32 = 5;

pub(crate) mod code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "window_codes")]
    pub struct Model {
        /// The session in which the person is to be recognised: one code each.
        #[sea_orm(primary_key, auto_increment = false)]
        pub session: Uuid,
        pub account: Uuid,
        pub code_hash: String,
        pub at: ChronoDateTimeUtc,
        pub attempts: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Keeps a code in place of the one that the session had.
pub(super) async fn replace(tx: &Tx, row: code::Model) -> Result<(), StoreError> {
    code::Entity::delete_by_id(row.session)
        .exec(tx.connection())
        .await?;
    code::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The live codes of an account, held until the act ends.
pub(super) async fn live(tx: &Tx, account: Uuid) -> Result<Vec<code::Model>, StoreError> {
    Ok(code::Entity::find()
        .filter(code::Column::Account.eq(account))
        .filter(code::Column::At.gt(tx.now() - LIVE))
        .filter(code::Column::Attempts.lt(ATTEMPTS))
        .lock_exclusive()
        .all(tx.connection())
        .await?)
}

/// Counts a wrong try against all codes of an account: which of them was meant, nobody knows.
pub(super) async fn count_attempt(tx: &Tx, account: Uuid) -> Result<(), StoreError> {
    code::Entity::update_many()
        .col_expr(code::Column::Attempts, Expr::col(code::Column::Attempts).add(1))
        .filter(code::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A code is good once.
pub(super) async fn use_up(tx: &Tx, session: Uuid) -> Result<(), StoreError> {
    code::Entity::delete_by_id(session).exec(tx.connection()).await?;
    Ok(())
}

/// Removes the codes of an account.
pub(crate) async fn remove_all(tx: &Tx, account: Uuid) -> Result<(), StoreError> {
    code::Entity::delete_many()
        .filter(code::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Erases codes that no rule looks at any more.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = code::Entity::delete_many()
        .filter(code::Column::At.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
