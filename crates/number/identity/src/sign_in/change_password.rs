//! Changes the own password, or sets one after a one-time code.

use tongban_access::{Actor, require_second_factor};
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{
    domain::FRESH,
    failure::{change_key, count_failure},
    password::{PasswordHash, check_password, hash_password},
    row,
};
use crate::{
    Error, Refusal,
    accounts::{query, row::set_password},
    error::{own_account, refused},
    sessions::{Way, query::own_session, row::close_others},
};

/// What somebody typed.
#[derive(Clone)]
pub struct ChangePassword {
    /// The session in which it is typed; it stays, all others of the account end.
    pub session: Uuid,
    /// Not needed in a session that was opened by one-time code less than 15 minutes ago: a forgotten password is replaced so.
    pub old: Option<String>,
    pub new: String,
}

/// Changes the password of whoever is signed in. Old and new are hashed outside every act.
///
/// Refusals: `identity.password_short`, `identity.password_long`, `identity.password_weak`, `identity.password_same`,
/// `identity.old_password_needed`, `identity.old_password_wrong`, `identity.locked` with `minutes`, `identity.busy`.
pub async fn change_password(store: &Store, actor: &Actor, input: ChangePassword) -> Result<(), Error> {
    let account = own_account(actor, "identity.change_password")?;
    // whoever stole the password of a member of staff does not take the account with it
    require_second_factor(actor, "identity.change_password")?;
    let session = own_session(store, account, input.session)
        .await?
        .ok_or(Error::NotFound)?;
    let read = query::by_id(store.reader(), account)
        .await?
        .ok_or(Error::NotFound)?;
    let known = read.known(store)?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    super::domain::check_new_password(&input.new, &known)?;
    let right = match &input.old {
        Some(old) if *old == input.new => return Err(refused("identity.password_same", [])),
        Some(old) => check_password(old, read.row.password_hash.clone()).await?.right,
        None if session.way == Way::Code && store.now() < session.opened_at + FRESH => true,
        None => return Err(refused("identity.old_password_needed", [])),
    };
    // A wrong old password costs one hash, not two.
    let hash = if right {
        Some(hash_password(&input.new).await?)
    } else {
        None
    };
    let keep = input.session;
    let outcome = store
        .write(actor.as_holder().signer(), move |tx| {
            let (read, hash) = (read.row.clone(), hash.clone());
            async move { record(&tx, &read, hash, keep).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(
    tx: &Tx,
    read: &crate::accounts::row::account::Model,
    hash: Option<PasswordHash>,
    keep: Uuid,
) -> Result<Result<(), Refusal>, Error> {
    let key = change_key(tx.store(), read.id);
    if let Some(locked) = row::guard_of(tx, &key).await?.locked(tx.now()) {
        return Ok(Err(locked));
    }
    let Some(hash) = hash else {
        return Ok(Err(count_failure(
            tx,
            &key,
            Some(read.id),
            "identity.old_password_wrong",
        )
        .await?));
    };
    set_password(tx, read, hash.as_str(), true).await?;
    row::clear_guards(tx, &[key]).await?;
    let closed = close_others(tx, read.id, Some(keep)).await?;
    tx.audit(
        AuditEntry::new("identity.password_changed")
            .on("account", read.id)
            .with("sessions_closed", closed),
    )
    .await?;
    Ok(Ok(()))
}
