//! The table `exchange_reads`, private to this room.

use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::Expr};
use tongban_access::Actor;
use tongban_store::{StoreError, Tx};

use super::{
    answer::Answered,
    domain::{PurposeRef, ReadBasis},
    record::Plan,
};

pub(super) mod exchange_read {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "exchange_reads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: ChronoDateTimeUtc,
        pub reader_kind: String,
        pub reader_account: Option<Uuid>,
        pub reader_organisation: Option<Uuid>,
        pub reader_organisation_name: Option<String>,
        pub purpose_kind: String,
        pub purpose_id: Uuid,
        pub purpose_title: String,
        pub purpose_organisation: String,
        pub region: String,
        pub resource: String,
        pub subject_kind: String,
        pub subject_blind: String,
        pub basis: String,
        pub basis_law: Option<String>,
        pub basis_item: Option<String>,
        pub nonce_sealed: String,
        pub filed: bool,
        pub outcome: Option<String>,
        pub trouble: Option<String>,
        pub fields: Option<String>,
        /// What was asked for, as JSON of names and words; empty in rows from before that was kept.
        pub asked_fields: Option<String>,
        /// Name of the resource and of who answers for it, as they were then.
        pub resource_name: Option<String>,
        pub provider: Option<String>,
        pub answered_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The row of a question that is about to leave.
pub(super) fn asked(
    tx: &Tx,
    actor: &Actor,
    plan: &Plan,
    nonce_sealed: String,
) -> Result<exchange_read::ActiveModel, StoreError> {
    let (law, item) = match &plan.request.basis {
        ReadBasis::Duty { law, item } => (Some(law.clone()), Some(item.clone())),
        ReadBasis::Consent => (None, None),
    };
    Ok(exchange_read::ActiveModel {
        id: Set(plan.read),
        at: Set(tx.now()),
        reader_kind: Set(actor.word().to_owned()),
        reader_account: Set(actor.holder()),
        reader_organisation: Set(actor.post().map(|post| post.organisation)),
        reader_organisation_name: Set(actor.post().map(|post| post.organisation_name.clone())),
        purpose_kind: Set(plan.request.purpose.kind.clone()),
        purpose_id: Set(plan.request.purpose.id),
        purpose_title: Set(plan.live.title.clone()),
        purpose_organisation: Set(plan.live.organisation.clone()),
        region: Set(plan.live.region.as_str().to_owned()),
        resource: Set(plan.resource.code.clone()),
        subject_kind: Set(plan.live.subject.kind.as_str().to_owned()),
        subject_blind: Set(plan.subject_blind.clone()),
        basis: Set(plan.request.basis.word().to_owned()),
        basis_law: Set(law),
        basis_item: Set(item),
        nonce_sealed: Set(nonce_sealed),
        filed: Set(plan.live.filed),
        outcome: NotSet,
        trouble: NotSet,
        fields: NotSet,
        asked_fields: Set(Some(serde_json::to_string(&plan.fields)?)),
        resource_name: Set(Some(plan.resource.name.clone())),
        provider: Set(Some(plan.resource.organisation_name.clone())),
        answered_at: NotSet,
    })
}

/// Writes the rows of all questions in one statement.
pub(super) async fn insert(tx: &Tx, rows: Vec<exchange_read::ActiveModel>) -> Result<(), StoreError> {
    if !rows.is_empty() {
        exchange_read::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes the outcome beside its question, once.
pub(super) async fn answered(tx: &Tx, answered: &Answered) -> Result<(), StoreError> {
    use exchange_read::Column;
    let (outcome, trouble) = answered.kept();
    let fields = serde_json::to_string(&answered.fields())?;
    let updated = exchange_read::Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(outcome.as_str()))
        .col_expr(
            Column::Trouble,
            Expr::value(trouble.map(|trouble| trouble.as_str().to_owned())),
        )
        .col_expr(Column::Fields, Expr::value(fields))
        .col_expr(Column::AnsweredAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(answered.plan.read))
        .filter(Column::Outcome.is_null())
        .exec(tx.connection())
        .await?;
    if updated.rows_affected == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict("a read"))
    }
}

/// Marks the reads of a purpose as filed.
pub(super) async fn mark_filed(tx: &Tx, purpose: &PurposeRef) -> Result<(), StoreError> {
    use exchange_read::Column;
    exchange_read::Entity::update_many()
        .col_expr(Column::Filed, Expr::value(true))
        .filter(Column::PurposeKind.eq(purpose.kind.as_str()))
        .filter(Column::PurposeId.eq(purpose.id))
        // Not "and not filed yet": SQLite would walk all reads that are not filed, by their index.
        .exec(tx.connection())
        .await?;
    Ok(())
}
