//! The table of notices, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel as _, sea_query::Expr};
use tongban_store::{StoreError, Tx};

/// The rule of a notice that urges nothing any more: a renewal counts as granted, since nobody decided. No act of the office closes it.
pub(crate) const RENEWED: &str = "renewed_by_silence";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_notices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub rule: String,
    pub light: String,
    pub organisation: Uuid,
    pub organisation_name: String,
    pub region: String,
    /// The item that all versions share; none in rows from before it was kept.
    pub item: Option<Uuid>,
    pub item_name: String,
    pub number: String,
    pub at: ChronoDateTimeUtc,
    /// When there was nothing to urge any more; empty while it stands.
    pub closed_at: Option<ChronoDateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

pub(crate) async fn insert(tx: &Tx, row: Model) -> Result<(), StoreError> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Closes what stands about a case since before an instant, or about one of its limits.
pub(crate) async fn close(
    tx: &Tx,
    case: Uuid,
    rule: Option<&str>,
    before: DateTime<Utc>,
) -> Result<(), StoreError> {
    let query = Entity::update_many();
    let query = match rule {
        Some(rule) => query.filter(Column::Rule.eq(rule)),
        None => query.filter(Column::Rule.ne(RENEWED)),
    };
    query
        .col_expr(Column::ClosedAt, Expr::value(tx.now()))
        .filter(Column::CaseId.eq(case))
        .filter(Column::ClosedAt.is_null())
        .filter(Column::At.lte(before))
        .exec(tx.connection())
        .await?;
    Ok(())
}
