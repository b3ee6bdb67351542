//! A wrong password is counted, and five in a row lock the name.

use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use super::row;
use crate::{Refusal, accounts::row::Loaded, error::refusal};

/// The counter of wrong old passwords, one for each account: whoever sits at a stranger's open session guesses no faster
/// than at the door.
pub(super) fn change_key(store: &Store, account: Uuid) -> String {
    store.keys().token_hash(&format!("change-password|{account}"))
}

/// Every counter of an account.
pub(crate) fn keys_of(store: &Store, account: &Loaded) -> Result<Vec<String>, StoreError> {
    let mut keys: Vec<String> = account.names(store)?.iter().map(|name| name.key(store)).collect();
    keys.push(change_key(store, account.row.id));
    Ok(keys)
}

/// Counts a wrong password under a key; answers what the person is told. It is the same whether an account has the name or
/// not, so nobody learns which names exist.
pub(super) async fn count_failure(
    tx: &Tx,
    key: &str,
    account: Option<Uuid>,
    code: &'static str,
) -> Result<Refusal, StoreError> {
    let guard = row::hold_guard(tx, key).await?;
    if let Some(locked) = guard.locked(tx.now()) {
        audit(tx, "identity.sign_in_refused_locked", account).await?;
        return Ok(locked);
    }
    let guard = guard.after_failure(tx.now());
    row::save_guard(tx, key, guard).await?;
    audit(tx, "identity.sign_in_failed", account).await?;
    match guard.locked(tx.now()) {
        Some(locked) => {
            audit(tx, "identity.locked", account).await?;
            Ok(locked)
        }
        None => Ok(refusal(code, [])),
    }
}

/// A line without any identifier: the account by its id, or nothing where nobody has the name.
pub(crate) async fn audit(tx: &Tx, action: &'static str, account: Option<Uuid>) -> Result<(), StoreError> {
    let entry = AuditEntry::new(action);
    tx.audit(match account {
        Some(account) => entry.on("account", account),
        None => entry.on("account", "unknown"),
    })
    .await
}
