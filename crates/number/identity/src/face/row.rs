//! The table `face_checks`, private to this room.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

/// The name under which a provider's references are sealed.
pub(crate) const REFERENCE_FIELD: &str = "identity.face_reference";
/// Checks within [`WINDOW`] that one account may begin.
pub(super) const MOST: usize = 10;
pub(super) const WINDOW: Duration = Duration::hours(24);
/// How long a person may take over a check.
pub(super) const LIVE: Duration = Duration::minutes(15);

pub(crate) mod check {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "face_checks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        /// The session that it is for, and no other.
        pub session: Uuid,
        /// The provider's name for it; none before it answered.
        pub reference_sealed: Option<String>,
        /// Where the person wanted to go.
        pub back: String,
        /// A form that waits, sealed by the face.
        pub kept: Option<String>,
        pub at: ChronoDateTimeUtc,
        /// `passed` or `failed`; none while it runs.
        pub outcome: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// How many checks an account began within the window.
pub(super) async fn begun(tx: &Tx, account: Uuid) -> Result<usize, StoreError> {
    let rows = check::Entity::find()
        .filter(check::Column::Account.eq(account))
        .filter(check::Column::At.gt(tx.now() - WINDOW))
        .all(tx.connection())
        .await?;
    Ok(rows.len())
}

pub(super) async fn insert(tx: &Tx, row: check::Model) -> Result<(), StoreError> {
    check::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub(super) async fn set_reference(tx: &Tx, id: Uuid, sealed: &str) -> Result<(), StoreError> {
    check::Entity::update_many()
        .col_expr(check::Column::ReferenceSealed, Expr::value(sealed))
        .filter(check::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A check of this session that may still end.
pub(super) async fn running(
    store: &Store,
    account: Uuid,
    session: Uuid,
    id: Uuid,
) -> Result<Option<check::Model>, StoreError> {
    Ok(check::Entity::find_by_id(id)
        .filter(check::Column::Account.eq(account))
        .filter(check::Column::Session.eq(session))
        .filter(check::Column::At.gt(store.now() - LIVE))
        .one(store.reader())
        .await?)
}

/// Ends a check that runs; says whether it did. What waits goes with it.
pub(super) async fn end(tx: &Tx, id: Uuid, outcome: &str) -> Result<bool, StoreError> {
    let changed = check::Entity::update_many()
        .col_expr(check::Column::Outcome, Expr::value(outcome))
        .col_expr(check::Column::Kept, Expr::value(Option::<String>::None))
        .filter(check::Column::Id.eq(id))
        .filter(check::Column::Outcome.is_null())
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Erases checks that no rule looks at any more.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = check::Entity::delete_many()
        .filter(check::Column::At.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
