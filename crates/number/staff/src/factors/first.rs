//! Signing in by login name and a code of an operator: the first time, or after an operator took everything away that was lost.

use tongban_identity::{Browser, OpenedSession, find_staff_in, open_session_by_staff_code};
use tongban_store::{AuditEntry, Signer, Store, Tx};

use super::{domain::Typed, row};
use crate::{Error, Refusal, error::refusal, error::refused};

/// What somebody typed.
#[derive(Clone)]
pub struct FirstSignIn {
    pub login: String,
    pub code: String,
    pub browser: Browser,
}

/// Opens a session in which a second factor counts as shown, and a password may be set without the old one.
///
/// Refusals: `identity.login_format`, `staff.factor_format`, `staff.code_wrong` (unknown name, no code, wrong, too old, used, tried twenty
/// times, or an account with a password: the answer is the same).
pub async fn first_sign_in(store: &Store, input: FirstSignIn) -> Result<OpenedSession, Error> {
    let Typed::StaffCode(digits) = Typed::parse(&input.code)? else {
        return Err(refused("staff.factor_format", []));
    };
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let (login, digits, browser) = (input.login.clone(), digits.clone(), input.browser.clone());
            async move { record(&tx, &login, &digits, &browser).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(
    tx: &Tx,
    login: &str,
    digits: &str,
    browser: &Browser,
) -> Result<Result<OpenedSession, Refusal>, Error> {
    let wrong = || Ok(Err(refusal("staff.code_wrong", [])));
    let Some(account) = find_staff_in(tx, login).await? else {
        tx.audit(AuditEntry::new("staff.code_failed").on("account", "unknown"))
            .await?;
        return wrong();
    };
    row::hold(tx, account.id).await?;
    // beside a password a code is a second factor and nothing more: whoever overhears it has one of two
    if account.has_password {
        tx.audit(AuditEntry::new("staff.code_failed").on("account", account.id))
            .await?;
        return wrong();
    }
    if !row::use_code(tx, account.id, digits).await? {
        tx.audit(AuditEntry::new("staff.code_failed").on("account", account.id))
            .await?;
        return wrong();
    }
    Ok(Ok(open_session_by_staff_code(tx, account.id, browser).await?))
}
