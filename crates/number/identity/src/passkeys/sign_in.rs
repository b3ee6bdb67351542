//! Signs in by the answer of a device.

use serde_json::Value;
use tongban_store::{AuditEntry, Signer, Store, StoreError, Tx};
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, DiscoverableKey, PublicKeyCredential};

use super::{
    domain::{Ceremony, Passkeys},
    row::{self, passkey},
};
use crate::{
    AccountKind, Error, Refusal,
    accounts::query,
    error::{refusal, refused},
    sessions::{Browser, OpenedSession, Way, domain::Recognition, open_session, row::set_recognised},
};

/// Begins: a challenge for whichever device answers.
pub async fn start_passkey(store: &Store, passkeys: &Passkeys) -> Result<Ceremony, Error> {
    let (challenge, state) = passkeys
        .webauthn()
        .start_discoverable_authentication()
        .map_err(|error| StoreError::Corrupt(format!("a passkey cannot be asked for: {error}")))?;
    let mut options = serde_json::to_value(&challenge).map_err(StoreError::from)?;
    if let Some(options) = options.as_object_mut() {
        // it is asked for by a button, not while somebody types
        options.remove("mediation");
    }
    let ceremony = store
        .write(Signer::nobody(), move |tx| {
            let state = state.clone();
            async move { row::begin(&tx, None, &state).await }
        })
        .await?;
    Ok(Ceremony { ceremony, options })
}

/// What the device answered.
#[derive(Clone)]
pub struct PasskeySignIn {
    pub ceremony: Uuid,
    /// `AuthenticationResponseJSON`.
    pub answer: Value,
    pub browser: Browser,
}

/// Opens a session for the account whose passkey answered. One that was bound at a window recognises the person too.
///
/// Refusals: `identity.passkey_failed` (whatever the reason), `identity.no_post`.
pub async fn sign_in_with_passkey(
    store: &Store,
    passkeys: &Passkeys,
    input: PasskeySignIn,
) -> Result<OpenedSession, Error> {
    let passkeys = passkeys.clone();
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let (passkeys, input) = (passkeys.clone(), input.clone());
            async move { record(&tx, &passkeys, input).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the challenge is used up either way.
async fn record(
    tx: &Tx,
    passkeys: &Passkeys,
    input: PasskeySignIn,
) -> Result<Result<OpenedSession, Refusal>, Error> {
    let Some(key) = answered(tx, passkeys, input.ceremony, &input.answer).await? else {
        tx.audit(AuditEntry::new("identity.passkey_failed").on("account", "unknown"))
            .await?;
        return Ok(Err(refusal("identity.passkey_failed", [])));
    };
    let account = query::by_id(tx.connection(), key.account)
        .await?
        .ok_or(Error::NotFound)?;
    let mut opened = open_session(tx, &account, Way::Passkey, &input.browser).await?;
    let kind = account.kind()?;
    // a device that asks for finger or code is both factors of a member of staff
    if key.in_person || kind == AccountKind::Staff {
        set_recognised(tx, key.account, opened.session.id, Recognition::Passkey, kind).await?;
        opened.session = crate::sessions::query::in_act(tx, opened.session.id)
            .await?
            .ok_or_else(|| refused("identity.no_post", []))?;
    }
    Ok(Ok(opened))
}

/// The passkey that answered a challenge rightly. Verifying is a signature over some bytes: microseconds.
pub(super) async fn answered(
    tx: &Tx,
    passkeys: &Passkeys,
    ceremony: Uuid,
    answer: &Value,
) -> Result<Option<passkey::Model>, Error> {
    let Some(state) = row::take::<DiscoverableAuthentication>(tx, ceremony, None).await? else {
        return Ok(None);
    };
    let Ok(answer) = serde_json::from_value::<PublicKeyCredential>(answer.clone()) else {
        return Ok(None);
    };
    let webauthn = passkeys.webauthn();
    let Ok((account, credential)) = webauthn.identify_discoverable_authentication(&answer) else {
        return Ok(None);
    };
    let Some(found) = row::by_credential(tx, credential)
        .await?
        .filter(|row| row.account == account)
    else {
        return Ok(None);
    };
    let mut key = found.key()?;
    #[expect(
        deprecated,
        reason = "its successor takes a type that the library keeps to itself"
    )]
    let judged = webauthn.finish_discoverable_authentication(&answer, state, &[DiscoverableKey::from(&key)]);
    match judged {
        Ok(result) => {
            key.update_credential(&result);
            // removed a moment ago, it opens nothing any more
            Ok(row::used(tx, found.id, &key).await?.then_some(found))
        }
        Err(error) => {
            tracing::info!(error = %error, "an answer of a device did not fit");
            Ok(None)
        }
    }
}
