//! Signs out on every device.

use tongban_access::Actor;
use tongban_store::{AuditEntry, Tx};

use super::row::close_others;
use crate::{Error, error::own_account};

/// Ends all of the own sessions, this one too; says how many there were.
pub async fn sign_out_everywhere(tx: &Tx, actor: &Actor) -> Result<u64, Error> {
    let account = own_account(actor, "identity.sign_out_everywhere")?;
    let closed = close_others(tx, account, None).await?;
    tx.audit(
        AuditEntry::new("identity.signed_out_everywhere")
            .on("account", account)
            .with("sessions", closed),
    )
    .await?;
    Ok(closed)
}
