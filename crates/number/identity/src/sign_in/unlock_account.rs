//! Unlocks an account before its time: the way back for staff, who have no one-time code.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::Tx;
use uuid::Uuid;

use super::{
    failure::{audit, keys_of},
    row,
};
use crate::{
    Error,
    accounts::{query, register_staff::may_manage},
};

/// Forgets the wrong passwords of all names of an account. For operators of the region of its posts.
pub async fn unlock_account(tx: &Tx, actor: &Actor, account: Uuid) -> Result<(), Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    let found = query::by_id(tx.connection(), account)
        .await?
        .filter(|found| found.row.closed_at.is_none())
        .ok_or(Error::NotFound)?;
    may_manage(actor, &found.posts()?)?;
    row::clear_guards(tx, &keys_of(tx.store(), &found)?).await?;
    audit(tx, "identity.unlocked", Some(account)).await?;
    Ok(())
}
