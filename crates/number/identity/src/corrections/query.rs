//! Reading what was asked for.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use super::row::{OPEN, correction};
use crate::{Error, accounts::query, error::own_account};

/// One that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorrectionView {
    pub id: Uuid,
    pub was: String,
    pub wanted: String,
    /// `open`, `done`, `declined`.
    pub state: String,
    pub asked_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    /// Whose window answered.
    pub organisation_name: Option<String>,
    pub answer: Option<String>,
    /// Citizen number of the account, masked: for the window alone.
    pub masked_number: Option<String>,
}

fn view(row: correction::Model, masked_number: Option<String>) -> CorrectionView {
    CorrectionView {
        id: row.id,
        was: row.was,
        wanted: row.wanted,
        state: row.state,
        asked_at: row.asked_at,
        answered_at: row.answered_at,
        organisation_name: row.organisation_name,
        answer: row.answer,
        masked_number,
    }
}

/// The last one of the own account.
pub async fn own_correction(store: &Store, actor: &Actor) -> Result<Option<CorrectionView>, Error> {
    let account = own_account(actor, "identity.own_correction")?;
    let row = correction::Entity::find()
        .filter(correction::Column::Account.eq(account))
        .order_by_desc(correction::Column::AskedAt)
        .one(store.reader())
        .await
        .map_err(StoreError::from)?;
    Ok(row.map(|row| view(row, None)))
}

/// Those that wait for a window, the oldest first. Any window answers any person. For clerks.
pub async fn waiting_corrections(
    store: &Store,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<CorrectionView>, Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    let query = correction::Entity::find().filter(correction::Column::State.eq(OPEN));
    let total = query
        .clone()
        .count(store.reader())
        .await
        .map_err(StoreError::from)?;
    let rows = query
        .order_by_asc(correction::Column::AskedAt)
        .order_by_asc(correction::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let account = query::account(store, row.account).await?;
        views.push(view(row, account.and_then(|account| account.masked_number)));
    }
    Ok(Page::new(views, total, page))
}

/// One of them, for a clerk.
pub async fn correction(store: &Store, actor: &Actor, id: Uuid) -> Result<Option<CorrectionView>, Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    let found = correction::Entity::find_by_id(id)
        .one(store.reader())
        .await
        .map_err(StoreError::from)?;
    let Some(row) = found else {
        return Ok(None);
    };
    let account = query::account(store, row.account).await?;
    Ok(Some(view(row, account.and_then(|account| account.masked_number))))
}
