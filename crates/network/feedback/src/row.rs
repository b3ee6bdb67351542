//! The tables of this room, private to it.

pub mod rating {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ratings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Option<Uuid>,
        pub item: Uuid,
        pub item_name: String,
        pub organisation: Uuid,
        pub region: String,
        pub score: i32,
        pub tags: String,
        pub words: String,
        pub anonymous: bool,
        pub on_day: Date,
        pub at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod rated {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rated_cases")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub anonymous: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod follow_up {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rating_follow_ups")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub rating: Uuid,
        pub organisation: Uuid,
        pub region: String,
        pub open: bool,
        pub opened_on: Date,
        pub answer: Option<String>,
        pub answered_at: Option<ChronoDateTimeUtc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, sea_query::OnConflict,
};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

/// Marks a case as rated; false where it was already.
pub(crate) async fn mark_rated(tx: &Tx, row: rated::Model) -> Result<bool, StoreError> {
    let inserted = rated::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(rated::Column::CaseId).do_nothing().to_owned())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(inserted > 0)
}

pub(crate) async fn insert_rating(tx: &Tx, row: rating::Model) -> Result<(), StoreError> {
    rating::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub(crate) async fn insert_follow_up(tx: &Tx, row: follow_up::Model) -> Result<(), StoreError> {
    follow_up::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub(crate) async fn find_follow_up(tx: &Tx, id: Uuid) -> Result<Option<follow_up::Model>, StoreError> {
    Ok(follow_up::Entity::find_by_id(id).one(tx.connection()).await?)
}

/// Replaces a follow-up where it still has the version that was read.
pub(crate) async fn replace_follow_up(
    tx: &Tx,
    version: i32,
    row: follow_up::Model,
) -> Result<bool, StoreError> {
    let id = row.id;
    let result = follow_up::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(follow_up::Column::Id.eq(id))
        .filter(follow_up::Column::Version.eq(version))
        .exec(tx.connection())
        .await?;
    Ok(result.rows_affected == 1)
}

impl From<sea_orm::DbErr> for crate::Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(StoreError::from(error))
    }
}
