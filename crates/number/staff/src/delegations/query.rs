//! Delegations that were given and received.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::ExprTrait as _};
use serde::Serialize;
use tongban_access::{Actor, Denied, Post};
use tongban_codes::civil::beijing_date;
use tongban_identity::{staff_member, staff_post};
use tongban_store::{Store, StoreError};
use uuid::Uuid;

use super::{
    domain::{DelegationStanding, standing},
    row::delegation,
};
use crate::Error;

/// From whose side a delegation is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Given,
    Received,
}

/// A post that is lent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DelegationView {
    pub id: Uuid,
    pub side: Side,
    /// Whose post it is.
    pub holder: Uuid,
    pub holder_name: String,
    /// Who works on it.
    pub deputy_name: String,
    pub post: Post,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub reason: String,
    pub standing: DelegationStanding,
}

/// The own delegations that are not over, given and received.
pub async fn own_delegations(store: &Store, actor: &Actor) -> Result<Vec<DelegationView>, Error> {
    let Actor::Staff { account, .. } = actor else {
        return Err(Denied::new(actor, "staff.own_delegations").into());
    };
    open(store, *account).await
}

/// The delegations of a member of staff that are not over, for an operator of the region of all their posts.
pub async fn delegations_of(
    store: &Store,
    actor: &Actor,
    account: Uuid,
) -> Result<Vec<DelegationView>, Error> {
    staff_member(store, actor, account)
        .await?
        .ok_or(Error::NotFound)?;
    open(store, account).await
}

/// Few: a colleague lends what they hold, for a quarter of a year at most.
async fn open(store: &Store, account: Uuid) -> Result<Vec<DelegationView>, Error> {
    let today = beijing_date(store.now());
    let rows = delegation::Entity::find()
        .filter(
            delegation::Column::Holder
                .eq(account)
                .or(delegation::Column::Deputy.eq(account)),
        )
        .filter(delegation::Column::EndedAt.is_null())
        .filter(delegation::Column::EndsOn.gte(today))
        .order_by_asc(delegation::Column::StartsOn)
        .order_by_asc(delegation::Column::Id)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    let mut views = Vec::new();
    for row in rows {
        let side = if row.holder == account {
            Side::Given
        } else {
            Side::Received
        };
        views.extend(view(store, row, side).await?);
    }
    Ok(views)
}

/// A delegation as its page says it; `None` where its holder lost the post: it is lent no more.
async fn view(store: &Store, row: delegation::Model, side: Side) -> Result<Option<DelegationView>, Error> {
    let today = beijing_date(store.now());
    let held = staff_post(store, row.post).await?;
    Ok(held.map(|held| DelegationView {
        id: row.id,
        side,
        holder: row.holder,
        holder_name: row.holder_name,
        deputy_name: row.deputy_name,
        post: held.post,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        reason: row.reason,
        standing: standing(row.starts_on, row.ends_on, row.ended_at.is_some(), today),
    }))
}

/// One delegation, for its holder, its deputy, and an operator of the region of the holder's posts; `None` for everybody else.
pub async fn delegation(store: &Store, actor: &Actor, id: Uuid) -> Result<Option<DelegationView>, Error> {
    let row = delegation::Entity::find_by_id(id)
        .one(store.reader())
        .await
        .map_err(StoreError::from)?;
    let Some(row) = row else { return Ok(None) };
    let side = if actor.account() == Some(row.deputy) {
        Side::Received
    } else {
        Side::Given
    };
    let own = [row.holder, row.deputy]
        .into_iter()
        .any(|one| actor.account() == Some(one));
    let managed = match staff_member(store, actor, row.holder).await {
        Ok(found) => found.is_some(),
        Err(tongban_identity::Error::Denied(_)) => false,
        Err(error) => return Err(error.into()),
    };
    if !own && !managed {
        return Ok(None);
    }
    view(store, row, side).await
}
