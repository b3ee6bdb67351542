//! Binds a passkey to the own account.

use serde_json::{Value, json};
use tongban_access::Actor;
use tongban_courier::send_sms;
use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;
use webauthn_rs::prelude::{Passkey, PasskeyRegistration, RegisterPublicKeyCredential};

use super::{
    domain::{Ceremony, LONGEST_NAME, MOST, Passkeys},
    row::{self, credential_hash, passkey},
};
use crate::{
    Error,
    accounts::{query, register_party::duplicate},
    error::{own_account, refused},
    sessions::{
        domain::Recognition,
        query::{in_act, own_session},
        row::recognised_by,
    },
    sign_in::domain::may_change_ways_in,
};

/// What the phone of the account is told.
const BOUND: &str = "您的通办账号刚刚绑定了一把新的通行密钥。如非本人操作，请马上登录删除并修改密码。";

/// Begins: what the device is asked to make a key for.
///
/// Refusals: `identity.sign_in_anew` (the session is older than 15 minutes, and nobody was recognised in it),
/// `identity.passkey_too_many` with `limit`.
pub async fn start_binding(
    store: &Store,
    passkeys: &Passkeys,
    actor: &Actor,
    session: Uuid,
) -> Result<Ceremony, Error> {
    let account = own_account(actor, "identity.bind_passkey")?;
    let own = own_session(store, account, session)
        .await?
        .ok_or(Error::NotFound)?;
    may_change_ways_in(&own, store.now())?;
    let held = row::of_account(store.reader(), account).await?;
    if held.len() >= MOST {
        return Err(refused(
            "identity.passkey_too_many",
            [("limit", MOST.to_string())],
        ));
    }
    let known: Vec<Passkey> = held
        .iter()
        .map(passkey::Model::key)
        .collect::<Result<_, StoreError>>()?;
    // What the device shows in its list: the masked name of a login, never a number.
    let label = match &own.account.login {
        Some(login) => login.clone(),
        None => own
            .account
            .masked_phone
            .clone()
            .unwrap_or_else(|| own.account.name.clone()),
    };
    let exclude = known.iter().map(|key| key.cred_id().clone()).collect();
    let (challenge, state) = passkeys
        .webauthn()
        .start_passkey_registration(account, &label, &own.account.name, Some(exclude))
        .map_err(|error| StoreError::Corrupt(format!("a passkey cannot be asked for: {error}")))?;
    let mut options = serde_json::to_value(&challenge).map_err(StoreError::from)?;
    // The device must find it without being told whose it is.
    if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
    }
    let ceremony = store
        .write(actor.as_holder().signer(), move |tx| {
            let state = state.clone();
            async move { row::begin(&tx, Some(session), &state).await }
        })
        .await?;
    Ok(Ceremony { ceremony, options })
}

/// What the device answered.
#[derive(Clone)]
pub struct BindPasskey {
    pub session: Uuid,
    pub ceremony: Uuid,
    /// `RegistrationResponseJSON`.
    pub answer: Value,
    /// What the person calls it.
    pub name: String,
}

/// Keeps the key that the device made. Bound in a session in which the person was recognised at a window, it recognises them
/// from now on.
///
/// Refusals: `identity.passkey_failed` (no such challenge, too old, or an answer that does not fit),
/// `identity.passkey_taken`, `identity.passkey_too_many` with `limit`.
pub async fn bind_passkey(
    store: &Store,
    passkeys: &Passkeys,
    actor: &Actor,
    input: BindPasskey,
) -> Result<(), Error> {
    let account = own_account(actor, "identity.bind_passkey")?;
    let failed = || refused("identity.passkey_failed", []);
    let (ceremony, session) = (input.ceremony, input.session);
    let state: Option<PasskeyRegistration> = store
        .write(actor.as_holder().signer(), move |tx| async move {
            row::take(&tx, ceremony, Some(session)).await
        })
        .await?;
    let state = state.ok_or_else(failed)?;
    let answer: RegisterPublicKeyCredential = serde_json::from_value(input.answer).map_err(|_| failed())?;
    let key = passkeys
        .webauthn()
        .finish_passkey_registration(&answer, &state)
        .map_err(|error| {
            tracing::info!(error = %error, "an answer of a device did not fit");
            failed()
        })?;
    let name: String = input
        .name
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(LONGEST_NAME)
        .collect();
    store
        .write(actor.as_holder().signer(), move |tx| {
            let (key, name) = (key.clone(), name.clone());
            async move { keep(&tx, account, session, &key, name).await }
        })
        .await
}

async fn keep(tx: &Tx, account: Uuid, session: Uuid, key: &Passkey, name: String) -> Result<(), Error> {
    query::by_id_held(tx, account).await?.ok_or(Error::NotFound)?;
    // in the act: a session that was ended a moment ago binds nothing any more
    in_act(tx, session)
        .await?
        .filter(|live| live.account.id == account)
        .ok_or(Error::NotFound)?;
    if row::count(tx, account).await? >= MOST as u64 {
        return Err(refused(
            "identity.passkey_too_many",
            [("limit", MOST.to_string())],
        ));
    }
    let in_person = recognised_by(tx, account, session).await? == Some(Recognition::Window);
    let row = passkey::Model {
        id: tx.new_id(),
        account,
        name,
        credential_hash: credential_hash(tx.store(), key.cred_id()),
        credential: serde_json::to_string(key).map_err(StoreError::from)?,
        in_person,
        created_at: tx.now(),
        used_at: None,
    };
    let id = row.id;
    row::insert(tx, row)
        .await
        .map_err(|error| duplicate(error, "identity.passkey_taken"))?;
    if let Some(phone) = query::by_id(tx.connection(), account)
        .await?
        .ok_or(Error::NotFound)?
        .phone(tx.store())?
    {
        send_sms(tx, &phone, BOUND).await?;
    }
    tx.audit(
        AuditEntry::new("identity.passkey_bound")
            .on("account", account)
            .with("passkey", id.to_string())
            .with("in_person", in_person),
    )
    .await?;
    Ok(())
}
