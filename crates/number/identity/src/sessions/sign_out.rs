//! Signs out.

use tongban_access::Actor;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::row::close;
use crate::{Error, error::own_account};

/// Ends one of the own sessions. One that has already ended is no error.
pub async fn sign_out(tx: &Tx, actor: &Actor, session: Uuid) -> Result<(), Error> {
    let account = own_account(actor, "identity.sign_out")?;
    if close(tx, account, session).await? {
        tx.audit(AuditEntry::new("identity.signed_out").on("account", account))
            .await?;
    }
    Ok(())
}
