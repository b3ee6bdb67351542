//! Signs in by a one-time code. This is also the way back from a lock and from a forgotten password.

use tongban_store::{Signer, Store, Tx};

use super::{
    domain::{CodeFor, SentCode, check_code},
    failure::{audit, keys_of},
    request_code::{is_code, phone_key},
    row,
};
use crate::{
    Error, Refusal,
    accounts::{AccountKind, name::SignInName, query},
    error::refusal,
    sessions::{Browser, OpenedSession, Way, open_session},
};

/// What somebody typed.
#[derive(Clone)]
pub struct CodeSignIn {
    pub kind: AccountKind,
    /// Any name of the account; it need not be the one with which the code was asked for.
    pub name: String,
    pub code: String,
    pub browser: Browser,
}

/// Signs in by the code that was sent last, and forgets the wrong passwords of all names of the account.
///
/// Refusals: `identity.person_name_format`, `identity.enterprise_name_format`, `identity.login_format`,
/// `identity.code_format`, `identity.code_wrong` (unknown name, no code, wrong, too old, used, or tried five times: the answer
/// is the same).
pub async fn sign_in_with_code(store: &Store, input: CodeSignIn) -> Result<OpenedSession, Error> {
    let name = SignInName::parse(input.kind, &input.name)?;
    let digits = check_code(&input.code)?;
    let browser = input.browser;
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let (name, digits, browser) = (name.clone(), digits.clone(), browser.clone());
            async move { record(&tx, &name, &digits, &browser).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(
    tx: &Tx,
    name: &SignInName,
    digits: &str,
    browser: &Browser,
) -> Result<Result<OpenedSession, Refusal>, Error> {
    let store = tx.store();
    let wrong = || Ok(Err(refusal("identity.code_wrong", [])));
    let Some(account) = query::by_name(tx.connection(), store, name).await? else {
        audit(tx, "identity.code_failed", None).await?;
        return wrong();
    };
    let account = query::with_posts(tx.connection(), account).await?;
    let sent = match account.phone(store)? {
        Some(phone) => row::last_code(tx, account.row.id, &phone_key(store, &phone, CodeFor::SignIn)).await?,
        None => None,
    };
    let sent = sent.filter(|row| SentCode::from(row).is_live(tx.now()));
    let Some(sent) = sent else {
        audit(tx, "identity.code_failed", Some(account.row.id)).await?;
        return wrong();
    };
    if !is_code(store, &sent, digits) {
        row::count_attempt(tx, sent.id).await?;
        audit(tx, "identity.code_failed", Some(account.row.id)).await?;
        return wrong();
    }
    row::use_code(tx, sent.id).await?;
    if row::clear_guards(tx, &keys_of(store, &account)?).await? {
        audit(tx, "identity.unlocked", Some(account.row.id)).await?;
    }
    open_session(tx, &account, Way::Code, browser).await.map(Ok)
}
