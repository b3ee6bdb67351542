//! Gives a member of staff another password: the way back for those who forgot theirs, since staff have no one-time code.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{failure::keys_of, password::PasswordHash, row};
use crate::{
    AccountKind, Error,
    accounts::{query, register_staff::may_manage, row::set_password},
    passkeys,
    sessions::row::close_others,
};

/// Sets the password, removes the passkeys, ends all sessions of the account and forgets its wrong passwords. For operators; residents and firms
/// set theirs themselves after a one-time code, so to this use case they do not exist.
pub async fn reset_password(
    tx: &Tx,
    actor: &Actor,
    account: Uuid,
    password: PasswordHash,
) -> Result<(), Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    let found = query::by_id(tx.connection(), account)
        .await?
        .filter(|found| found.row.kind == AccountKind::Staff.as_str() && found.row.closed_at.is_none())
        .ok_or(Error::NotFound)?;
    may_manage(actor, &found.posts()?)?;
    set_password(tx, &found.row, password.as_str(), true).await?;
    row::clear_guards(tx, &keys_of(tx.store(), &found)?).await?;
    passkeys::row::remove_older(tx, account, None).await?;
    let closed = close_others(tx, account, None).await?;
    tx.audit(
        AuditEntry::new("identity.password_reset")
            .on("account", account)
            .with("sessions_closed", closed),
    )
    .await?;
    Ok(())
}
