//! Moves an account to another phone.

use tongban_access::{Actor, Assurance};
use tongban_courier::send_sms;
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{
    domain::{CodeFor, check_code, may_change_ways_in},
    failure::audit,
    phone_code::try_code,
};
use crate::{
    Error, Refusal,
    accounts::{
        AccountKind,
        domain::{check_phone, mask_phone},
        name::SignInName,
        query,
        register_party::duplicate,
        row::{close, set_phone},
    },
    error::{own_account, refusal},
    sessions::{query::in_act, row::close_others},
};

/// What somebody typed.
#[derive(Clone)]
pub struct ChangePhone {
    /// The session in which it is typed; it stays, all others of the account end.
    pub session: Uuid,
    /// The new phone, to which a code was sent by [`request_phone_code`](super::request_phone_code).
    pub phone: String,
    pub code: String,
}

/// Gives the own account another phone. An account of level 1 that had it, opened by the same hand that reads the code, is
/// merged into this one; the old phone is told.
///
/// Refusals: the codes of the phone's form, `identity.code_format`, `identity.code_wrong`, `identity.phone_same`,
/// `identity.sign_in_anew` (the session is older than 15 minutes, and nobody was recognised in it), `identity.phone_taken` (by an account with a number of its own, or by a firm or member of staff: they change no phone here).
pub async fn change_phone(store: &Store, actor: &Actor, input: ChangePhone) -> Result<(), Error> {
    let account = own_account(actor, "identity.change_phone")?;
    let phone = check_phone(&input.phone)?;
    let digits = check_code(&input.code)?;
    let outcome = store
        .write(actor.as_holder().signer(), move |tx| {
            let (phone, digits) = (phone.clone(), digits.clone());
            async move { record(&tx, account, input.session, &phone, &digits).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(
    tx: &Tx,
    account: Uuid,
    session: Uuid,
    phone: &str,
    digits: &str,
) -> Result<Result<(), Refusal>, Error> {
    let store = tx.store();
    // in the act: a session that was ended a moment ago changes nothing any more
    let live = in_act(tx, session)
        .await?
        .filter(|live| live.account.id == account)
        .ok_or(Error::NotFound)?;
    may_change_ways_in(&live, tx.now())?;
    let read = query::by_id(tx.connection(), account)
        .await?
        .ok_or(Error::NotFound)?;
    if read.kind()? != AccountKind::Person {
        return Ok(Err(refusal("identity.phone_taken", [])));
    }
    if !try_code(tx, phone, CodeFor::Change(account), digits).await? {
        audit(tx, "identity.code_failed", Some(account)).await?;
        return Ok(Err(refusal("identity.code_wrong", [])));
    }
    let before = read.phone(store)?;
    if before.as_deref() == Some(phone) {
        return Ok(Err(refusal("identity.phone_same", [])));
    }
    if let Some(other) = query::by_name(tx.connection(), store, &SignInName::Phone(phone.to_owned())).await? {
        if Assurance::from_word(&other.assurance) != Some(Assurance::Registered) {
            return Ok(Err(refusal("identity.phone_taken", [])));
        }
        close(tx, &other, Some(account)).await?;
        tx.audit(
            AuditEntry::new("identity.merged")
                .on("account", other.id)
                .with("into", account.to_string()),
        )
        .await?;
    }
    set_phone(tx, &read.row, phone)
        .await
        .map_err(|error| duplicate(error, "identity.phone_taken"))?;
    let closed = close_others(tx, account, Some(session)).await?;
    if let Some(before) = before {
        let words = format!(
            "您的通办账号的手机号已改为 {}。如非本人操作，请尽快到政务服务窗口办理。",
            mask_phone(phone)
        );
        send_sms(tx, &before, &words).await?;
    }
    tx.audit(
        AuditEntry::new("identity.phone_changed")
            .on("account", account)
            .with("sessions_closed", closed),
    )
    .await?;
    Ok(Ok(()))
}
