//! Reading ratings.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use tongban_access::{Action, Actor, Thing, permit};
use tongban_cases::case_summary;
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use crate::{
    Error,
    row::{rated, rating},
};

/// What was said about a case. Of an anonymous rating only that it was given.
#[derive(Debug, Clone, Serialize)]
pub struct RatingView {
    pub anonymous: bool,
    pub score: Option<i32>,
    pub tags: Vec<String>,
    pub words: String,
    pub on_day: Option<NaiveDate>,
}

/// The rating of one's own case, if it was given.
pub async fn rating_of(store: &Store, actor: &Actor, case: Uuid) -> Result<Option<RatingView>, Error> {
    let Some(summary) = case_summary(store, case).await? else {
        return Ok(None);
    };
    let thing = Thing::at(summary.organisation, summary.region)
        .about(summary.item)
        .owned_by(summary.account);
    if permit(actor, Action::RatingGive, &thing).is_err() {
        return Ok(None);
    }
    let Some(rated) = rated::Entity::find_by_id(case).one(store.reader()).await? else {
        return Ok(None);
    };
    let none = RatingView {
        anonymous: rated.anonymous,
        score: None,
        tags: Vec::new(),
        words: String::new(),
        on_day: None,
    };
    let found = rating::Entity::find()
        .filter(rating::Column::CaseId.eq(case))
        .one(store.reader())
        .await?;
    Ok(Some(match found {
        None => none,
        Some(row) => RatingView {
            anonymous: row.anonymous,
            score: Some(row.score),
            tags: serde_json::from_str(&row.tags).map_err(StoreError::from)?,
            words: row.words,
            on_day: Some(row.on_day),
        },
    }))
}

/// Whether a case was rated; nothing of what was said.
pub async fn is_rated(store: &Store, case: Uuid) -> Result<bool, Error> {
    Ok(rated::Entity::find_by_id(case)
        .one(store.reader())
        .await?
        .is_some())
}

/// The same inside an act.
pub(crate) async fn is_rated_in(tx: &Tx, case: Uuid) -> Result<bool, Error> {
    Ok(rated::Entity::find_by_id(case)
        .one(tx.connection())
        .await?
        .is_some())
}

/// What people say of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ItemRating {
    /// Mean level in tenths: 49 is 4.9.
    pub average_tenths: i64,
    pub count: i64,
    pub bad: i64,
}

#[derive(FromQueryResult)]
struct Sums {
    total: Option<i64>,
    count: i64,
    bad: Option<i64>,
}

/// The mean of an item's ratings; `None` where nobody has rated it.
pub async fn item_rating(store: &Store, item: Uuid) -> Result<Option<ItemRating>, Error> {
    let bad = Expr::case(rating::Column::Score.lte(2), 1).finally(0);
    let sums = rating::Entity::find()
        .select_only()
        .column_as(rating::Column::Score.sum(), "total")
        .column_as(rating::Column::Id.count(), "count")
        .column_as(Expr::expr(bad).sum(), "bad")
        .filter(rating::Column::Item.eq(item))
        .into_model::<Sums>()
        .one(store.reader())
        .await?;
    Ok(sums.filter(|sums| sums.count > 0).map(|sums| ItemRating {
        average_tenths: (sums.total.unwrap_or(0) * 10 + sums.count / 2) / sums.count,
        count: sums.count,
        bad: sums.bad.unwrap_or(0),
    }))
}
