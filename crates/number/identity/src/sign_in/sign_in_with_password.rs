//! Signs in by name and password.

use tongban_store::{Signer, Store, Tx};
use uuid::Uuid;

use super::{
    failure::{audit, count_failure},
    password::{Checked, check_password},
    row,
};
use crate::{
    Error, Refusal,
    accounts::{AccountKind, name::SignInName, query, row::set_password},
    sessions::{Browser, OpenedSession, Way, open_session},
};

/// What somebody typed.
#[derive(Clone)]
pub struct PasswordSignIn {
    pub kind: AccountKind,
    /// Citizen number or phone of a person, unified social credit code of a firm, login name of staff.
    pub name: String,
    pub password: String,
    pub browser: Browser,
}

/// Signs in by password: looks the name up, checks the password outside every act, then writes the outcome.
///
/// Whether the name is unknown or the password wrong, answer and time are the same. Five wrong in a row lock the name for
/// 15 minutes; a one-time code opens it at once. The right password does not help while the name is locked.
///
/// Refusals: `identity.person_name_format`, `identity.enterprise_name_format`, `identity.login_format`,
/// `identity.sign_in_failed`, `identity.locked` with `minutes`, `identity.no_post`, `identity.busy`.
pub async fn sign_in_with_password(store: &Store, input: PasswordSignIn) -> Result<OpenedSession, Error> {
    let name = SignInName::parse(input.kind, &input.name)?;
    let found = query::by_name(store.reader(), store, &name).await?;
    let stored = found.as_ref().and_then(|row| row.password_hash.clone());
    let checked = check_password(&input.password, stored.clone()).await?;
    let attempt = Attempt {
        key: name.key(store),
        account: found.map(|row| row.id),
        stored,
        checked,
        browser: input.browser,
    };
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let attempt = attempt.clone();
            async move { record(&tx, attempt).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

#[derive(Clone)]
struct Attempt {
    key: String,
    account: Option<Uuid>,
    /// The hash that was checked.
    stored: Option<String>,
    checked: Checked,
    browser: Browser,
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(tx: &Tx, attempt: Attempt) -> Result<Result<OpenedSession, Refusal>, Error> {
    let guard = row::guard_of(tx, &attempt.key).await?;
    if let Some(locked) = guard.locked(tx.now()) {
        audit(tx, "identity.sign_in_refused_locked", attempt.account).await?;
        return Ok(Err(locked));
    }
    let account = match attempt.account {
        Some(account) if attempt.checked.right => query::by_id(tx.connection(), account).await?,
        _ => None,
    };
    // The password may have been changed since it was checked.
    let Some(account) = account.filter(|account| account.row.password_hash == attempt.stored) else {
        return Ok(Err(count_failure(
            tx,
            &attempt.key,
            attempt.account,
            "identity.sign_in_failed",
        )
        .await?));
    };
    if guard.failed > 0 {
        row::clear_guards(tx, &[attempt.key]).await?;
    }
    if let Some(stronger) = &attempt.checked.stronger {
        set_password(tx, &account.row, stronger.as_str(), false).await?;
    }
    open_session(tx, &account, Way::Password, &attempt.browser)
        .await
        .map(Ok)
}
