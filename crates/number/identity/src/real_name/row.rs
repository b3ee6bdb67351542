//! The table `real_name_checks`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::domain::{LIVE, Outcome, WINDOW};

pub(crate) mod check {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "real_name_checks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        /// As it was typed.
        pub name: String,
        /// Sealed while the check runs, and gone afterwards.
        pub number_sealed: Option<String>,
        /// A keyed hash of the number: guesses at one person are counted over all accounts.
        pub number_key: String,
        /// The word of the further proof.
        pub proof: Option<String>,
        pub at: ChronoDateTimeUtc,
        /// `passed`, `differs`, `silent`; none while the check runs.
        pub outcome: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Which checks are counted together.
pub(super) enum Counted<'a> {
    /// Those of one account.
    Account(Uuid),
    /// Those of one number.
    Number(&'a str),
}

/// How many checks were asked for within the window. What a register left unanswered told nobody anything.
pub(super) async fn asked(tx: &Tx, counted: Counted<'_>) -> Result<u64, StoreError> {
    let query = match counted {
        Counted::Account(account) => check::Entity::find().filter(check::Column::Account.eq(account)),
        Counted::Number(key) => check::Entity::find().filter(check::Column::NumberKey.eq(key)),
    };
    Ok(query
        .filter(check::Column::At.gt(tx.now() - WINDOW))
        .filter(
            Condition::any()
                .add(check::Column::Outcome.is_null())
                .add(check::Column::Outcome.ne(Outcome::Silent.as_str())),
        )
        .count(tx.connection())
        .await?)
}

pub(super) async fn insert(tx: &Tx, row: check::Model) -> Result<(), StoreError> {
    check::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// A check that runs.
pub(super) async fn running(store: &Store, id: Uuid) -> Result<Option<check::Model>, StoreError> {
    Ok(check::Entity::find_by_id(id)
        .filter(check::Column::Outcome.is_null())
        .filter(check::Column::At.gt(store.now() - LIVE))
        .one(store.reader())
        .await?)
}

/// Ends a check; the number goes.
pub(super) async fn end(tx: &Tx, id: Uuid, outcome: Outcome) -> Result<(), StoreError> {
    check::Entity::update_many()
        .col_expr(check::Column::Outcome, Expr::value(outcome.as_str()))
        .col_expr(check::Column::NumberSealed, Expr::value(Option::<String>::None))
        .filter(check::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Erases checks that no rule looks at any more.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = check::Entity::delete_many()
        .filter(check::Column::At.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
