//! Puts a session under a mandate, or takes it from under one.

use tongban_access::Actor;
use tongban_store::Tx;
use uuid::Uuid;

use super::row;
use crate::{Error, error::own_account};

/// Has a session of whoever is signed in act under a mandate, or for themself. Whether the mandate is theirs, the room of mandates has looked.
pub async fn set_acting(tx: &Tx, actor: &Actor, session: Uuid, mandate: Option<Uuid>) -> Result<(), Error> {
    let account = own_account(actor, "identity.set_acting")?;
    if row::set_acting(tx, account, session, mandate).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
