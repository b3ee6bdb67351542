//! What an operator does for a member of staff who has nothing to show.

use tongban_access::Actor;
use tongban_identity::{forget_staff_ways_in, may_manage_staff};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{STAFF_CODE_DIGITS, STAFF_CODE_HOURS},
    row,
};
use crate::{Error, error::refused};

/// A code to be handed over. Shown once; no `Debug` on purpose.
#[derive(Clone)]
pub struct GivenCode {
    /// Ten digits.
    pub code: String,
    pub valid_hours: i64,
}

/// Makes a code with which a member of staff who has no password signs in for the first time, or shows a second factor once. An earlier one dies. For operators
/// of the region of all posts; nobody gives themself one.
///
/// Refusal: `staff.own_account`.
pub async fn give_staff_code(tx: &Tx, actor: &Actor, account: Uuid) -> Result<GivenCode, Error> {
    row::hold(tx, account).await?;
    others(tx, actor, account).await?;
    let code = tx.random_digits(STAFF_CODE_DIGITS);
    row::give_code(tx, account, &code).await?;
    tx.audit(AuditEntry::new("staff.code_given").on("account", account))
        .await?;
    Ok(GivenCode {
        code,
        valid_hours: STAFF_CODE_HOURS,
    })
}

/// Takes away password, device, passkeys and codes of a member of staff, and ends their sessions: something was lost or stolen, or
/// everything was forgotten. They begin anew with a code.
///
/// Refusal: `staff.own_account`.
pub async fn reset_staff(tx: &Tx, actor: &Actor, account: Uuid) -> Result<(), Error> {
    row::hold(tx, account).await?;
    others(tx, actor, account).await?;
    row::remove(tx, account).await?;
    row::remove_code(tx, account).await?;
    forget_staff_ways_in(tx, actor, account).await?;
    tx.audit(AuditEntry::new("staff.reset").on("account", account))
        .await?;
    Ok(())
}

async fn others(tx: &Tx, actor: &Actor, account: Uuid) -> Result<(), Error> {
    may_manage_staff(tx, actor, account).await?;
    if actor.account() == Some(account) || actor.deputy_for() == Some(account) {
        return Err(refused("staff.own_account", []));
    }
    Ok(())
}
