//! Seeing and removing the own passkeys.

use tongban_access::{Actor, require_second_factor};
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{domain::PasskeyView, row};
use crate::{Error, error::own_account};

/// The own passkeys, the oldest first.
pub async fn own_passkeys(store: &Store, actor: &Actor) -> Result<Vec<PasskeyView>, Error> {
    let account = own_account(actor, "identity.own_passkeys")?;
    let rows = row::of_account(store.reader(), account).await?;
    Ok(rows
        .into_iter()
        .map(|row| PasskeyView {
            id: row.id,
            name: row.name,
            in_person: row.in_person,
            created_at: row.created_at,
            used_at: row.used_at,
        })
        .collect())
}

/// Removes one of the own passkeys: it opens nothing any more. Sessions that it opened stay.
pub async fn remove_passkey(tx: &Tx, actor: &Actor, passkey: Uuid) -> Result<(), Error> {
    let account = own_account(actor, "identity.remove_passkey")?;
    require_second_factor(actor, "identity.remove_passkey")?;
    if !row::remove(tx, account, passkey).await? {
        return Err(Error::NotFound);
    }
    tx.audit(
        AuditEntry::new("identity.passkey_removed")
            .on("account", account)
            .with("passkey", passkey.to_string()),
    )
    .await?;
    Ok(())
}
