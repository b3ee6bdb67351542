//! Reading the notices of one's office.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::Serialize;
use tongban_access::{Action, Actor, Reach, ReachColumns};
use tongban_store::{Page, PageRequest, Store};
use uuid::Uuid;

use super::row::{Column, Entity, Model, RENEWED};
use crate::Error;

/// How long it is told that a renewal counts as granted: nothing is left to be done that would end it.
const RENEWED_STANDS: TimeDelta = TimeDelta::days(30);

/// What the window looks after: whether an application is accepted, and that a result is handed over.
const OF_THE_WINDOW: [&str; 2] = ["supplement_notice", "deliver"];

/// A notice as the desk shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    pub case: Uuid,
    /// Which limit: `supplement_notice`, `decide`, `first_review`, `deliver`, or `renewed_by_silence`.
    pub rule: String,
    /// `yellow` or `red`.
    pub light: String,
    pub item_name: String,
    pub number: String,
    pub organisation_name: String,
    pub at: DateTime<Utc>,
}

impl From<Model> for Notice {
    fn from(row: Model) -> Self {
        Self {
            case: row.case_id,
            rule: row.rule,
            light: row.light,
            item_name: row.item_name,
            number: row.number,
            organisation_name: row.organisation_name,
            at: row.at,
        }
    }
}

/// The notices that stand for this member of staff: an approver has those of the own office, a window those of what it accepts and hands
/// over in its region, a supervisor the red ones of the region. Nobody else has any.
fn standing(actor: &Actor, now: DateTime<Utc>) -> Option<Select<Entity>> {
    let told = Condition::any()
        .add(Column::Rule.ne(RENEWED))
        .add(Column::At.gt(now - RENEWED_STANDS));
    let open = Entity::find().filter(Column::ClosedAt.is_null()).filter(told);
    // what a notice is about is a case that they see
    let seen = Reach::of(actor, Action::CaseView).condition(&ReachColumns {
        owner: None,
        organisation: Some(Column::Organisation),
        region: Some(Column::Region),
        item: Some(Column::Item),
    });
    let does = |action| !Reach::of(actor, action).is_nothing();
    if does(Action::CaseDecide) {
        return Some(open.filter(seen));
    }
    if does(Action::CaseSupervise) {
        return Some(open.filter(Column::Light.eq("red")).filter(seen));
    }
    if does(Action::CaseFileAtWindow) {
        return Some(open.filter(Column::Rule.is_in(OF_THE_WINDOW)).filter(seen));
    }
    None
}

/// The notices that stand, red ones first, then the oldest first.
pub async fn notices(store: &Store, actor: &Actor, page: PageRequest) -> Result<Page<Notice>, Error> {
    let Some(query) = standing(actor, store.now()) else {
        return Ok(Page::new(Vec::new(), 0, page));
    };
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_asc(Column::Light)
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(
        rows.into_iter().map(Notice::from).collect(),
        total,
        page,
    ))
}

/// How many notices stand.
pub async fn open_notices(store: &Store, actor: &Actor) -> Result<u64, Error> {
    match standing(actor, store.now()) {
        Some(query) => Ok(query.count(store.reader()).await?),
        None => Ok(0),
    }
}
