//! The table `corrections`, private to this room.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel as _, PaginatorTrait, QueryFilter, sea_query::Expr};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

pub(crate) mod correction {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "corrections")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        /// The name as the account bore it.
        pub was: String,
        pub wanted: String,
        /// `open`, `done`, `declined`.
        pub state: String,
        pub asked_at: ChronoDateTimeUtc,
        pub answered_at: Option<ChronoDateTimeUtc>,
        pub clerk: Option<Uuid>,
        pub organisation_name: Option<String>,
        /// Why not, or what was seen.
        pub answer: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) const OPEN: &str = "open";

pub(super) async fn insert(tx: &Tx, row: correction::Model) -> Result<(), StoreError> {
    correction::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// How many of an account wait.
pub(super) async fn open_of(tx: &Tx, account: Uuid) -> Result<u64, StoreError> {
    Ok(correction::Entity::find()
        .filter(correction::Column::Account.eq(account))
        .filter(correction::Column::State.eq(OPEN))
        .count(tx.connection())
        .await?)
}

pub(super) async fn find(tx: &Tx, id: Uuid) -> Result<Option<correction::Model>, StoreError> {
    Ok(correction::Entity::find_by_id(id).one(tx.connection()).await?)
}

/// Answers one that waits; says whether it did.
pub(super) async fn answer(
    tx: &Tx,
    id: Uuid,
    state: &str,
    clerk: Uuid,
    organisation: &str,
    words: &str,
) -> Result<bool, StoreError> {
    let answered = correction::Entity::update_many()
        .col_expr(correction::Column::State, Expr::value(state))
        .col_expr(correction::Column::AnsweredAt, Expr::value(tx.now()))
        .col_expr(correction::Column::Clerk, Expr::value(clerk))
        .col_expr(correction::Column::OrganisationName, Expr::value(organisation))
        .col_expr(correction::Column::Answer, Expr::value(words))
        .filter(correction::Column::Id.eq(id))
        .filter(correction::Column::State.eq(OPEN))
        .exec(tx.connection())
        .await?;
    Ok(answered.rows_affected == 1)
}
