//! Counting what is filed. Numbers of cases only, nothing of anybody.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use tongban_store::Store;
use uuid::Uuid;

use crate::{case::row::case, error::Error};

/// How many cases of each item were filed since an instant, the most first, at most 500 items.
pub async fn filed_since(store: &Store, since: DateTime<Utc>) -> Result<Vec<(Uuid, u64)>, Error> {
    let filed = || Expr::col(case::Column::Id).count();
    let rows: Vec<(Uuid, i64)> = case::Entity::find()
        .select_only()
        .column(case::Column::Item)
        .column_as(filed(), "filed")
        .filter(case::Column::SubmittedAt.gte(since))
        .group_by(case::Column::Item)
        .order_by(filed(), Order::Desc)
        .order_by_asc(case::Column::Item)
        .limit(500)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(item, count)| (item, u64::try_from(count).unwrap_or_default()))
        .collect())
}
