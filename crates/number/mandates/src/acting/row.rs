//! The table `mandate_sessions`, private to this room: sessions that act for somebody else.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

pub(super) mod acting {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mandate_sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub session: Uuid,
        pub mandate: Uuid,
        pub since: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The mandate under which a session acts.
pub(super) async fn mandate_of(store: &Store, session: Uuid) -> Result<Option<Uuid>, StoreError> {
    let found = acting::Entity::find_by_id(session).one(store.reader()).await?;
    Ok(found.map(|row| row.mandate))
}

/// Has a session act under a mandate, whatever it did before.
pub(super) async fn set(tx: &Tx, session: Uuid, mandate: Uuid) -> Result<(), StoreError> {
    remove(tx, session).await?;
    let row = acting::Model {
        session,
        mandate,
        since: tx.now(),
    };
    acting::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Has a session act for its own holder again; says whether it acted for another.
pub(super) async fn remove(tx: &Tx, session: Uuid) -> Result<bool, StoreError> {
    let removed = acting::Entity::delete_by_id(session)
        .exec(tx.connection())
        .await?;
    Ok(removed.rows_affected > 0)
}

/// Erases rows of sessions that are long over.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = acting::Entity::delete_many()
        .filter(acting::Column::Since.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
