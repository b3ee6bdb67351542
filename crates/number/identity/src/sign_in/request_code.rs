//! Asks for a one-time code, which goes to the phone of the account.

use tongban_courier::send_sms_until;
use tongban_crypto::constant_time_eq;
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{
    domain::{self, CODE_DIGITS, CODE_LIFE, CODE_PAUSE, CodeFor},
    row::{self, Counted, code},
};
use crate::{
    Error,
    accounts::{AccountKind, domain::check_phone, name::SignInName, query},
    error::refused,
};

/// Who wants a code.
#[derive(Clone)]
pub struct RequestCode {
    pub kind: AccountKind,
    /// Citizen number or phone of a person, unified social credit code of a firm.
    pub name: String,
}

/// What the page tells, whether the name exists or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRequested {
    /// How long the code is good, in minutes.
    pub valid_minutes: i64,
    /// When the next one may be asked for, in seconds.
    pub again_after_seconds: i64,
}

/// Sends a code of 6 digits, good for 5 minutes, to the phone of the account. An earlier code dies.
///
/// Nobody learns from the answer whether a name exists: an unknown name is counted and answered like a known one, and
/// nothing is sent. One code a minute and 10 in 24 hours for each name; the same for each phone, silently, because two
/// names that share a phone are nobody's business.
///
/// Refusals: `identity.person_name_format`, `identity.enterprise_name_format`, `identity.code_not_for_staff`,
/// `identity.code_too_soon` with `seconds`, `identity.code_too_many` with `limit`.
pub async fn request_code(tx: &Tx, input: RequestCode) -> Result<CodeRequested, Error> {
    if input.kind == AccountKind::Staff {
        return Err(refused("identity.code_not_for_staff", []));
    }
    let store = tx.store();
    let name = SignInName::parse(input.kind, &input.name)?;
    let purpose = CodeFor::SignIn;
    let name_key = begin(tx, &name, purpose).await?;
    let found = match query::by_name(tx.connection(), store, &name).await? {
        Some(found) => Some(query::with_posts(tx.connection(), found).await?),
        None => None,
    };
    let phone = found
        .as_ref()
        .map(|account| account.phone(store))
        .transpose()?
        .flatten();
    let account = found.map(|account| account.row.id);
    send(tx, name_key, account, phone, purpose).await
}

/// Sends a code to a phone that is to be shown to be somebody's, whether an account has it or not. It is good for that
/// purpose alone: [`register_with_code`](super::register_with_code), [`change_phone`](super::change_phone) or
/// [`serve_at_window`](crate::serve_at_window).
///
/// Refusals: the codes of the phone's form, `identity.code_too_soon` with `seconds`, `identity.code_too_many` with `limit`.
pub async fn request_phone_code(tx: &Tx, phone: &str, purpose: CodeFor) -> Result<CodeRequested, Error> {
    let phone = check_phone(phone)?;
    let name = SignInName::Phone(phone.clone());
    let name_key = begin(tx, &name, purpose).await?;
    send(tx, name_key, None, Some(phone), purpose).await
}

/// Holds the counter of a name, so that two requests at once cannot both be the first; answers the key of the name.
async fn begin(tx: &Tx, name: &SignInName, purpose: CodeFor) -> Result<String, Error> {
    let name_key = tx
        .store()
        .keys()
        .token_hash(&format!("{}|{}", purpose.counter(), name.key(tx.store())));
    row::hold_guard(tx, &counter(tx, &name_key)).await?;
    domain::may_ask(&row::asked_at(tx, Counted::Name(&name_key)).await?, tx.now())?;
    Ok(name_key)
}

/// Writes the request down and sends the code, where there is a phone to send it to; the phone's counter is held after the name's.
async fn send(
    tx: &Tx,
    name_key: String,
    account: Option<Uuid>,
    phone: Option<String>,
    purpose: CodeFor,
) -> Result<CodeRequested, Error> {
    let store = tx.store();
    let mut asked = code::Model {
        id: tx.new_id(),
        account,
        name_key,
        phone_key: None,
        code_hash: None,
        at: tx.now(),
        expires_at: tx.now() + CODE_LIFE,
        attempts: 0,
        used_at: None,
        purpose: purpose.word(),
    };
    if let Some(phone) = phone {
        let phone_key = phone_key(store, &phone, purpose);
        row::hold_guard(tx, &counter(tx, &phone_key)).await?;
        if domain::may_ask(&row::asked_at(tx, Counted::Phone(&phone_key)).await?, tx.now()).is_ok() {
            let digits = tx.random_digits(CODE_DIGITS);
            asked.code_hash = Some(store.keys().token_hash(&hashed_text(&asked, &digits)));
            asked.phone_key = Some(phone_key);
            send_sms_until(tx, &phone, &purpose.message(&digits), asked.expires_at).await?;
        }
    }
    let entry = AuditEntry::new("identity.code_requested")
        .with("sent", asked.code_hash.is_some())
        .with(
            "for",
            asked.purpose.split(':').next().unwrap_or_default().to_owned(),
        );
    let entry = match asked.account {
        Some(account) => entry.on("account", account),
        None => entry.on("account", "unknown"),
    };
    row::insert_code(tx, asked).await?;
    tx.audit(entry).await?;
    Ok(CodeRequested {
        valid_minutes: CODE_LIFE.num_minutes(),
        again_after_seconds: CODE_PAUSE.num_seconds(),
    })
}

/// What stands for a phone to which codes go.
pub(super) fn phone_key(store: &Store, phone: &str, purpose: CodeFor) -> String {
    let door = match purpose.counter() {
        "window" => "code-at-window",
        _ => "code-to",
    };
    store.keys().token_hash(&format!("{door}|{phone}"))
}

fn counter(tx: &Tx, key: &str) -> String {
    tx.store().keys().token_hash(&format!("code-counter|{key}"))
}

/// What is hashed of a code: bound to its row, so that equal codes do not look equal.
fn hashed_text(row: &code::Model, digits: &str) -> String {
    format!("code|{}|{}|{digits}", row.id, row.purpose)
}

/// Whether these digits are the code of a row.
pub(super) fn is_code(store: &Store, row: &code::Model, digits: &str) -> bool {
    let tried = store.keys().token_hash(&hashed_text(row, digits));
    row.code_hash
        .as_deref()
        .is_some_and(|kept| constant_time_eq(kept, &tried))
}
