//! The table `representation_checks`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel as _, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::domain::{LIVE, Outcome, WINDOW};

/// The name under which codes of firms are sealed while they are asked for.
pub(crate) const CODE_FIELD: &str = "mandates.code";

pub(crate) mod check {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "representation_checks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        /// The code of the firm while the check runs, and gone afterwards.
        pub code_sealed: Option<String>,
        pub at: ChronoDateTimeUtc,
        /// `agrees`, `differs`, `closed`, `silent`; none while the check runs.
        pub outcome: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// How many checks of an account disagreed within the window, or still run. What the register left unanswered, or agreed to, told nobody anything.
pub(super) async fn asked(tx: &Tx, account: Uuid) -> Result<u64, StoreError> {
    Ok(check::Entity::find()
        .filter(check::Column::Account.eq(account))
        .filter(check::Column::At.gt(tx.now() - WINDOW))
        .filter(
            Condition::any()
                .add(check::Column::Outcome.is_null())
                .add(check::Column::Outcome.is_in(["differs", "closed"])),
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

/// Ends a check; the code goes.
pub(super) async fn end(tx: &Tx, id: Uuid, outcome: &Outcome) -> Result<(), StoreError> {
    check::Entity::update_many()
        .col_expr(check::Column::Outcome, Expr::value(outcome.as_str()))
        .col_expr(check::Column::CodeSealed, Expr::value(Option::<String>::None))
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
