//! Opens an account for whoever reads what is sent to a phone, or signs in to the one that has it.

use tongban_access::{Assurance, PartyKind};
use tongban_store::{AuditEntry, Signer, Store, Tx};

use super::{
    domain::{CodeFor, check_code},
    failure::{audit, keys_of},
    phone_code::try_code,
    row,
};
use crate::{
    Error, Refusal,
    accounts::{
        AccountKind,
        domain::{check_phone, mask_phone},
        name::SignInName,
        query,
        register_party::duplicate,
        row::{NewAccount, insert},
    },
    error::refusal,
    sessions::{Browser, OpenedSession, Way, open_session},
};

/// What somebody typed.
#[derive(Clone)]
pub struct RegisterWithCode {
    pub phone: String,
    pub code: String,
    pub browser: Browser,
}

/// Signs in by a code from [`request_phone_code`](super::request_phone_code). A phone that no account has gets one of level
/// 1: it bears no number until [`check_real_name`](crate::check_real_name) has found one. Nobody learns before the right
/// code whether a phone was known.
///
/// Refusals: the codes of the phone's form, `identity.code_format`, `identity.code_wrong`, `identity.phone_has_account` with
/// `name`, masked (an account with a number has the phone: its holder signs in, anybody else goes to a window).
pub async fn register_with_code(store: &Store, input: RegisterWithCode) -> Result<OpenedSession, Error> {
    let phone = check_phone(&input.phone)?;
    let digits = check_code(&input.code)?;
    let browser = input.browser;
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let (phone, digits, browser) = (phone.clone(), digits.clone(), browser.clone());
            async move { record(&tx, &phone, &digits, &browser).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(
    tx: &Tx,
    phone: &str,
    digits: &str,
    browser: &Browser,
) -> Result<Result<OpenedSession, Refusal>, Error> {
    let name = SignInName::Phone(phone.to_owned());
    let known = query::by_name(tx.connection(), tx.store(), &name).await?;
    if !try_code(tx, phone, CodeFor::Register, digits).await? {
        audit(tx, "identity.code_failed", known.map(|row| row.id)).await?;
        return Ok(Err(refusal("identity.code_wrong", [])));
    }
    let id = match known {
        // Phones change hands: whoever opens an account in good faith must not land in a stranger's.
        Some(known) if known.assurance != Assurance::Registered.as_str() => {
            let name = PartyKind::Person.shown_name(&known.name);
            tx.audit(AuditEntry::new("identity.phone_has_account").on("account", known.id))
                .await?;
            return Ok(Err(refusal("identity.phone_has_account", [("name", name)])));
        }
        Some(known) => known.id,
        None => {
            let new = NewAccount {
                kind: AccountKind::Person,
                // what is known of them so far
                name: mask_phone(phone),
                number: None,
                phone: Some(phone),
                login: None,
                password_hash: None,
                posts: &[],
                assurance: Assurance::Registered,
                checked_by: None,
            };
            let id = insert(tx, new)
                .await
                .map_err(|error| duplicate(error, "identity.phone_taken"))?;
            tx.audit(AuditEntry::new("identity.person_registered").on("account", id))
                .await?;
            id
        }
    };
    let account = query::by_id(tx.connection(), id).await?.ok_or(Error::NotFound)?;
    if row::clear_guards(tx, &keys_of(tx.store(), &account)?).await? {
        audit(tx, "identity.unlocked", Some(id)).await?;
    }
    open_session(tx, &account, Way::Code, browser).await.map(Ok)
}
