//! Recognises whoever is signed in by a passkey that was bound at a window.

use serde_json::Value;
use tongban_access::Actor;
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{domain::Passkeys, sign_in::answered};
use crate::{
    Error, Refusal,
    error::{own_account, refusal},
    sessions::{domain::Recognition, row::set_recognised},
};

/// Takes the answer of a device for the person: the session is at level 3 for an hour.
///
/// Refusals: `identity.passkey_failed` (also where the passkey is another account's), `identity.passkey_not_in_person`.
pub async fn recognise_by_passkey(
    store: &Store,
    passkeys: &Passkeys,
    actor: &Actor,
    session: Uuid,
    ceremony: Uuid,
    answer: Value,
) -> Result<(), Error> {
    let account = own_account(actor, "identity.recognise")?;
    let passkeys = passkeys.clone();
    let outcome = store
        .write(actor.as_holder().signer(), move |tx| {
            let (passkeys, answer) = (passkeys.clone(), answer.clone());
            async move { record(&tx, &passkeys, account, session, ceremony, &answer).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the challenge is used up either way.
async fn record(
    tx: &Tx,
    passkeys: &Passkeys,
    account: Uuid,
    session: Uuid,
    ceremony: Uuid,
    answer: &Value,
) -> Result<Result<(), Refusal>, Error> {
    let key = answered(tx, passkeys, ceremony, answer).await?;
    let Some(key) = key.filter(|key| key.account == account) else {
        tx.audit(AuditEntry::new("identity.passkey_failed").on("account", account))
            .await?;
        return Ok(Err(refusal("identity.passkey_failed", [])));
    };
    if !key.in_person {
        return Ok(Err(refusal("identity.passkey_not_in_person", [])));
    }
    if !set_recognised(tx, account, session, Recognition::Passkey).await? {
        return Err(Error::NotFound);
    }
    tx.audit(
        AuditEntry::new("identity.recognised")
            .on("account", account)
            .with("by", Recognition::Passkey.as_str()),
    )
    .await?;
    Ok(Ok(()))
}
