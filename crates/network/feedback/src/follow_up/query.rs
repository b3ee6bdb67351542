//! Lists of follow-ups: a department's own, a supervisor's region.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use tongban_access::{Action, Actor, Reach, ReachColumns};
use tongban_store::{Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use crate::{
    Error,
    row::{follow_up, rating},
};

/// A line of a list of follow-ups. Of an anonymous rater: no case, no name, no time of day.
#[derive(Debug, Clone, Serialize)]
pub struct FollowUpLine {
    pub id: Uuid,
    pub case: Option<Uuid>,
    pub item_name: String,
    pub score: i32,
    pub tags: Vec<String>,
    pub words: String,
    pub anonymous: bool,
    pub opened_on: NaiveDate,
    pub open: bool,
    pub answer: Option<String>,
}

/// The follow-ups within reach, open ones first, oldest first.
pub async fn follow_ups(
    store: &Store,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<FollowUpLine>, Error> {
    let reach = [Action::RatingFollowUp, Action::RatingSupervise]
        .map(|action| Reach::of(actor, action))
        .into_iter()
        .find(|reach| !reach.is_nothing())
        .unwrap_or_else(Reach::nothing);
    let query = follow_up::Entity::find().filter(reach.condition(&ReachColumns {
        organisation: Some(follow_up::Column::Organisation),
        region: Some(follow_up::Column::Region),
        ..ReachColumns::default()
    }));
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_desc(follow_up::Column::Open)
        .order_by_asc(follow_up::Column::OpenedOn)
        .order_by_asc(follow_up::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let ratings: HashMap<Uuid, rating::Model> = rating::Entity::find()
        .filter(rating::Column::Id.is_in(rows.iter().map(|row| row.rating)))
        .all(store.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let lines = rows
        .into_iter()
        .map(|row| {
            let rating = ratings
                .get(&row.rating)
                .ok_or_else(|| StoreError::Corrupt("a follow-up without its rating".to_owned()))?;
            Ok(FollowUpLine {
                id: row.id,
                case: rating.case_id,
                item_name: rating.item_name.clone(),
                score: rating.score,
                tags: serde_json::from_str(&rating.tags)?,
                words: rating.words.clone(),
                anonymous: rating.anonymous,
                opened_on: row.opened_on,
                open: row.open,
                answer: row.answer,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Page::new(lines, total, page))
}
