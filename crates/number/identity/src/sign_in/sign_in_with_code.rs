//! Signs in by a one-time code. This is also the way back from a lock and from a forgotten password.

use tongban_store::{Signer, Store, Tx};

use super::{
    domain::{SentCode, check_code},
    failure::{audit, keys_of},
    request_code::is_code,
    row,
};
use crate::{
    Error, Refusal,
    accounts::{AccountKind, name::SignInName, query},
    error::refusal,
    sessions::{OpenedSession, Way, open_session, row::close_by_token},
};

/// What somebody typed.
#[derive(Clone)]
pub struct CodeSignIn {
    pub kind: AccountKind,
    /// Any name of the account; it need not be the one with which the code was asked for.
    pub name: String,
    pub code: String,
    /// The token that the browser held before, if any; its session ends. A new one is made in any case.
    pub replaces: Option<String>,
}

/// Signs in by the code that was sent last, and forgets the wrong passwords of all names of the account.
///
/// Refusals: `identity.person_name_format`, `identity.enterprise_name_format`, `identity.login_format`,
/// `identity.code_format`, `identity.code_wrong` (unknown name, no code, wrong, too old, used, or tried five times: the answer
/// is the same).
pub async fn sign_in_with_code(store: &Store, input: CodeSignIn) -> Result<OpenedSession, Error> {
    let name = SignInName::parse(input.kind, &input.name)?;
    let digits = check_code(&input.code)?;
    let replaces = input.replaces;
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let (name, digits, replaces) = (name.clone(), digits.clone(), replaces.clone());
            async move { record(&tx, &name, &digits, replaces).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(
    tx: &Tx,
    name: &SignInName,
    digits: &str,
    replaces: Option<String>,
) -> Result<Result<OpenedSession, Refusal>, Error> {
    let store = tx.store();
    let wrong = || Ok(Err(refusal("identity.code_wrong", [])));
    let Some(account) = query::by_name(tx.connection(), store, name).await? else {
        audit(tx, "identity.code_failed", None).await?;
        return wrong();
    };
    let account = query::with_posts(tx.connection(), account).await?;
    let sent = row::last_code(tx, account.row.id)
        .await?
        .filter(|row| SentCode::from(row).is_live(tx.now()));
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
    if let Some(token) = &replaces {
        close_by_token(tx, token).await?;
    }
    open_session(tx, &account, Way::Code).await.map(Ok)
}
