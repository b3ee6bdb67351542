//! Recognises whoever is signed in by a passkey that was bound at a window.

use serde_json::Value;
use tongban_access::Actor;
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{domain::Passkeys, sign_in::answered};
use crate::{
    AccountKind, Error, Refusal,
    error::{own_account, refusal},
    sessions::{domain::Recognition, row::set_recognised},
};

/// Takes the answer of a device for the person: the session is at level 3 for an hour. For staff any of their passkeys is the second factor.
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
    own_account(actor, "identity.recognise")?;
    let (passkeys, by) = (passkeys.clone(), actor.clone());
    let outcome = store
        .write(actor.as_holder().signer(), move |tx| {
            let (passkeys, by, answer) = (passkeys.clone(), by.clone(), answer.clone());
            async move { record(&tx, &passkeys, &by, session, ceremony, &answer).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the challenge is used up either way.
async fn record(
    tx: &Tx,
    passkeys: &Passkeys,
    actor: &Actor,
    session: Uuid,
    ceremony: Uuid,
    answer: &Value,
) -> Result<Result<(), Refusal>, Error> {
    let account = own_account(actor, "identity.recognise")?;
    let key = answered(tx, passkeys, ceremony, answer).await?;
    let Some(key) = key.filter(|key| key.account == account) else {
        tx.audit(AuditEntry::new("identity.passkey_failed").on("account", account))
            .await?;
        return Ok(Err(refusal("identity.passkey_failed", [])));
    };
    let staff = matches!(actor, Actor::Staff { .. });
    if !key.in_person && !staff {
        return Ok(Err(refusal("identity.passkey_not_in_person", [])));
    }
    let kind = if staff {
        AccountKind::Staff
    } else {
        AccountKind::Person
    };
    if !set_recognised(tx, account, session, Recognition::Passkey, kind).await? {
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
