//! What a member of staff has to show beside the password.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use tongban_access::{Actor, Denied};
use tongban_identity::staff_member;
use tongban_store::{Store, StoreError};
use uuid::Uuid;

use super::{
    domain::CODE_TRIES,
    row::{code, factor},
};
use crate::Error;

/// The second factor of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FactorView {
    /// Since when a device makes one-time passwords.
    pub totp_since: Option<DateTime<Utc>>,
    /// Until when a code of an operator waits to be used.
    pub code_until: Option<DateTime<Utc>>,
}

/// The own second factor.
pub async fn own_factors(store: &Store, actor: &Actor) -> Result<FactorView, Error> {
    let Actor::Staff { account, .. } = actor else {
        return Err(Denied::new(actor, "staff.own_factors").into());
    };
    Ok(view(store, *account).await?)
}

/// The second factor of a member of staff, for an operator of the region of all their posts.
pub async fn factors_of(store: &Store, actor: &Actor, account: Uuid) -> Result<FactorView, Error> {
    staff_member(store, actor, account)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(view(store, account).await?)
}

async fn view(store: &Store, account: Uuid) -> Result<FactorView, StoreError> {
    let factor = factor::Entity::find_by_id(account).one(store.reader()).await?;
    let code = code::Entity::find_by_id(account)
        .filter(code::Column::EndsAt.gt(store.now()))
        .filter(code::Column::Attempts.lt(CODE_TRIES))
        .one(store.reader())
        .await?;
    Ok(FactorView {
        totp_since: factor.and_then(|row| row.set_at),
        code_until: code.map(|row| row.ends_at),
    })
}
