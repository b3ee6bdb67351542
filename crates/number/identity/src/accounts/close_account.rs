//! Closes the own account.

use tongban_access::{Actor, PartyKind};
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{query, row};
use crate::{
    Error,
    error::{own_account, refused},
    sessions::query::in_act,
    sign_in::domain::may_change_ways_in,
};

/// Closes the account of a person: number, phone, password and passkeys go, all sessions end. What was applied for and
/// granted stays with the offices as long as the law has them keep it. The number may open an account again. Whether
/// anything is still under way, whoever calls has looked.
///
/// Refusals: `identity.sign_in_anew` (the session is older than 15 minutes, and nobody was recognised in it),
/// `identity.persons_only`.
pub async fn close_account(store: &Store, actor: &Actor, session: Uuid) -> Result<(), Error> {
    let account = own_account(actor, "identity.close_account")?;
    if actor.holder_kind() != Some(PartyKind::Person) {
        return Err(refused("identity.persons_only", []));
    }
    store
        .write(actor.as_holder().signer(), move |tx| async move {
            record(&tx, account, session).await
        })
        .await
}

async fn record(tx: &Tx, account: Uuid, session: Uuid) -> Result<(), Error> {
    let read = query::by_id_held(tx, account).await?.ok_or(Error::NotFound)?;
    let live = in_act(tx, session)
        .await?
        .filter(|live| live.account.id == account)
        .ok_or(Error::NotFound)?;
    may_change_ways_in(&live, tx.now())?;
    row::close(tx, &read, None).await?;
    tx.audit(AuditEntry::new("identity.account_closed").on("account", account))
        .await?;
    Ok(())
}
