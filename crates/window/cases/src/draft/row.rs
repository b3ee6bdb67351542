//! Rows of drafts that are told about and erased, private to this room.

pub mod warning {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_draft_warnings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::OnConflict};
use tongban_procedure::State;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use crate::case::row::{self, case, fact, material};

/// When the applicant was last told that the draft will be erased.
pub(crate) async fn warned_at(tx: &Tx, case: Uuid) -> Result<Option<DateTime<Utc>>, StoreError> {
    let found = warning::Entity::find_by_id(case).one(tx.connection()).await?;
    Ok(found.map(|warning| warning.at))
}

/// Notes that the applicant is told now.
pub(crate) async fn note_warning(tx: &Tx, case: Uuid) -> Result<(), StoreError> {
    let row = warning::ActiveModel {
        case_id: Set(case),
        at: Set(tx.now()),
    };
    let newer = OnConflict::column(warning::Column::CaseId)
        .update_column(warning::Column::At)
        .to_owned();
    warning::Entity::insert(row)
        .on_conflict(newer)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Erases a draft with everything that belongs to it, where it still has the version that was read; answers the files
/// that it held, or `None` where it was changed meanwhile.
pub(crate) async fn erase(tx: &Tx, draft: &case::Model) -> Result<Option<Vec<String>>, StoreError> {
    let erased = case::Entity::delete_many()
        .filter(case::Column::Id.eq(draft.id))
        .filter(case::Column::Version.eq(draft.version))
        .filter(case::Column::State.eq(State::Draft.as_str()))
        .exec(tx.connection())
        .await?;
    if erased.rows_affected == 0 {
        return Ok(None);
    }
    let files = row::materials(tx, draft.id).await?;
    material::Entity::delete_many()
        .filter(material::Column::CaseId.eq(draft.id))
        .exec(tx.connection())
        .await?;
    fact::Entity::delete_many()
        .filter(fact::Column::CaseId.eq(draft.id))
        .exec(tx.connection())
        .await?;
    warning::Entity::delete_by_id(draft.id)
        .exec(tx.connection())
        .await?;
    Ok(Some(files.into_iter().filter_map(|file| file.blob).collect()))
}
