//! What an application said when it was filed. A supplement is a second filing: the first stays as it was, and who handles the case reads
//! what changed between them. Until the applicant answers, nobody else reads what is being typed.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, sea_query::Expr,
};
use serde_json::{Map, Value};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use crate::case::{
    domain::Origin,
    row::{self, case},
    save::FORM,
};

mod filed_form {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_filed_forms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub at: ChronoDateTimeUtc,
        pub answered_at: Option<ChronoDateTimeUtc>,
        pub form_sealed: String,
        pub origins: String,
        pub materials: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The first filing, opened.
#[derive(Debug, Clone)]
pub(crate) struct Filed {
    pub at: chrono::DateTime<chrono::Utc>,
    pub answered_at: Option<chrono::DateTime<chrono::Utc>>,
    pub values: Map<String, Value>,
    pub origins: BTreeMap<String, Origin>,
    /// The materials that it came with.
    pub materials: Vec<Uuid>,
}

/// Keeps what was filed, before its applicant may change it.
pub(crate) async fn keep(tx: &Tx, case: &case::Model) -> Result<(), StoreError> {
    let materials: Vec<Uuid> = row::materials(tx, case.id)
        .await?
        .into_iter()
        .map(|material| material.id)
        .collect();
    let kept = filed_form::Model {
        id: tx.new_id(),
        case_id: case.id,
        at: tx.now(),
        answered_at: None,
        form_sealed: case.form_sealed.clone(),
        origins: case.origins.clone(),
        materials: serde_json::to_string(&materials)?,
    };
    filed_form::Entity::insert(kept.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The supplement is handed in: from now on it is what the case says.
pub(crate) async fn answered(tx: &Tx, case: Uuid) -> Result<(), StoreError> {
    filed_form::Entity::update_many()
        .col_expr(filed_form::Column::AnsweredAt, Expr::value(tx.now()))
        .filter(filed_form::Column::CaseId.eq(case))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The materials that the first filing of a case came with; none where it was never asked for more.
pub(crate) async fn materials_in(tx: &Tx, case: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let kept = filed_form::Entity::find()
        .filter(filed_form::Column::CaseId.eq(case))
        .one(tx.connection())
        .await?;
    match kept {
        Some(kept) => Ok(serde_json::from_str(&kept.materials)?),
        None => Ok(Vec::new()),
    }
}

/// The first filing of a case that was asked for more.
pub(crate) async fn of(store: &Store, case: Uuid) -> Result<Option<Filed>, StoreError> {
    let kept = filed_form::Entity::find()
        .filter(filed_form::Column::CaseId.eq(case))
        .one(store.reader())
        .await?;
    let Some(kept) = kept else {
        return Ok(None);
    };
    Ok(Some(Filed {
        at: kept.at,
        answered_at: kept.answered_at,
        values: serde_json::from_str(&store.unseal(FORM, &kept.form_sealed)?)?,
        origins: serde_json::from_str(&kept.origins)?,
        materials: serde_json::from_str(&kept.materials)?,
    }))
}
