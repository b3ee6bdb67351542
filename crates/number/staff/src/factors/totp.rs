//! Sets up a device that makes one-time passwords, and removes it.

use tongban_access::{Actor, Denied, require_second_factor};
use tongban_identity::signed_in_lately;
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{Typed, step_of, totp, waits},
    row,
};
use crate::{Error, error::refused};

/// What the device reads. Shown once, to the session that asked for it; no `Debug` on purpose.
#[derive(Clone)]
pub struct NewTotp {
    /// `otpauth://totp/…`: as a QR code.
    pub address: String,
    /// The same secret to be typed, in base 32.
    pub secret: String,
}

fn own(actor: &Actor) -> Result<Uuid, Denied> {
    match actor {
        Actor::Staff { account, .. } => Ok(*account),
        _ => Err(Denied::new(actor, "staff.totp")),
    }
}

/// Makes a secret for a device. One that is in use goes on until the new one is confirmed. `issuer` is what the device calls this place.
///
/// Only after a second factor was shown: whoever stole a password sets up no device. Refusal: `identity.sign_in_anew`.
pub async fn start_totp(
    tx: &Tx,
    actor: &Actor,
    session: Uuid,
    issuer: &str,
    login: &str,
) -> Result<NewTotp, Error> {
    let account = own(actor)?;
    signed_in_lately(tx, actor, session).await?;
    let read = row::hold(tx, account).await?;
    let secret = tx.random_code();
    row::set_pending(tx, account, read, &secret).await?;
    let made = totp(&secret, issuer, login)?;
    Ok(NewTotp {
        address: made
            .to_url()
            .map_err(|error| StoreError::Corrupt(format!("an address of a device: {error}")))?,
        secret: made.secret().to_base32(),
    })
}

/// The device shows its first password: from now on it is the second factor.
///
/// Refusals: `staff.factor_format`, `staff.factor_wrong`, `staff.factor_late` (the secret was shown more than half an hour ago).
pub async fn confirm_totp(tx: &Tx, actor: &Actor, session: Uuid, typed: &str) -> Result<(), Error> {
    let account = own(actor)?;
    signed_in_lately(tx, actor, session).await?;
    let Typed::Totp(password) = Typed::parse(typed)? else {
        return Err(refused("staff.factor_format", []));
    };
    let read = row::hold(tx, account)
        .await?
        .filter(|read| waits(read.pending_at, tx.now()))
        .ok_or_else(|| refused("staff.factor_late", []))?;
    let sealed = read
        .pending_sealed
        .clone()
        .ok_or_else(|| refused("staff.factor_late", []))?;
    let secret = tx.store().unseal(row::SECRET_FIELD, &sealed)?;
    let step = step_of(&secret, &password, tx.now())?.ok_or_else(|| refused("staff.factor_wrong", []))?;
    row::confirm(tx, &read, step).await?;
    tx.audit(AuditEntry::new("staff.totp_set").on("account", account))
        .await?;
    Ok(())
}

/// Removes the own device. What else there is (a passkey, a code of an operator) has to do. Refusal: `staff.factor_none`.
pub async fn remove_totp(tx: &Tx, actor: &Actor) -> Result<(), Error> {
    let account = own(actor)?;
    require_second_factor(actor, "staff.remove_totp")?;
    row::hold(tx, account).await?;
    if !row::remove(tx, account).await? {
        return Err(refused("staff.factor_none", []));
    }
    tx.audit(AuditEntry::new("staff.totp_removed").on("account", account))
        .await?;
    Ok(())
}
