//! The table `post_delegations`, private to this room.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait as _},
};
use tongban_codes::civil::beijing_date;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

pub(crate) mod delegation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "post_delegations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The row of the post, in the room of identity.
        pub post: Uuid,
        pub holder: Uuid,
        pub deputy: Uuid,
        pub deputy_name: String,
        pub holder_name: String,
        pub starts_on: Date,
        pub ends_on: Date,
        pub reason: String,
        /// The account of whoever gave it; none for the platform.
        pub given_by: Option<Uuid>,
        pub given_at: ChronoDateTimeUtc,
        pub ended_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) async fn insert(tx: &Tx, row: delegation::Model) -> Result<(), StoreError> {
    delegation::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Keeps acts on the delegations of one post apart: whoever comes second waits.
pub(crate) async fn hold_post(tx: &Tx, post: Uuid) -> Result<(), StoreError> {
    tx.next_number(&format!("post_delegations:{post}")).await?;
    Ok(())
}

/// The delegations of a post that are not over.
pub(crate) async fn open_of_post(tx: &Tx, post: Uuid) -> Result<Vec<delegation::Model>, StoreError> {
    Ok(delegation::Entity::find()
        .filter(delegation::Column::Post.eq(post))
        .filter(delegation::Column::EndedAt.is_null())
        .filter(delegation::Column::EndsOn.gte(beijing_date(tx.now())))
        .all(tx.connection())
        .await?)
}

/// A delegation, held until the act ends.
pub(crate) async fn held(tx: &Tx, id: Uuid) -> Result<Option<delegation::Model>, StoreError> {
    Ok(delegation::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.connection())
        .await?)
}

/// Ends a delegation; says whether it was open.
pub(crate) async fn end(tx: &Tx, id: Uuid) -> Result<bool, StoreError> {
    let ended = delegation::Entity::update_many()
        .col_expr(delegation::Column::EndedAt, Expr::value(tx.now()))
        .filter(delegation::Column::Id.eq(id))
        .filter(delegation::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Ends whatever is lent by or to an account.
pub(crate) async fn end_all_of(tx: &Tx, account: Uuid) -> Result<(), StoreError> {
    delegation::Entity::update_many()
        .col_expr(delegation::Column::EndedAt, Expr::value(tx.now()))
        .filter(
            delegation::Column::Holder
                .eq(account)
                .or(delegation::Column::Deputy.eq(account)),
        )
        .filter(delegation::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The delegation by which an account works on a post on a day.
pub(crate) async fn in_force<C: ConnectionTrait>(
    connection: &C,
    deputy: Uuid,
    post: Uuid,
    today: chrono::NaiveDate,
) -> Result<Option<delegation::Model>, StoreError> {
    Ok(delegation::Entity::find()
        .filter(delegation::Column::Deputy.eq(deputy))
        .filter(delegation::Column::Post.eq(post))
        .filter(delegation::Column::EndedAt.is_null())
        .filter(delegation::Column::StartsOn.lte(today))
        .filter(delegation::Column::EndsOn.gte(today))
        .one(connection)
        .await?)
}
