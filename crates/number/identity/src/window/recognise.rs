//! Recognises a person in a session of theirs: the phone shows a code, the clerk types it.

use tongban_access::{Action, Actor, PartyKind, Thing, permit};
use tongban_crypto::constant_time_eq;
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::row::{self, LIVE, code};
use crate::{
    AccountKind, Error, Refusal,
    accounts::{domain::check_number, name::SignInName, query, subject_blind},
    error::{own_account, refusal, refused},
    real_name::domain::plain,
    sessions::{domain::Recognition, row::set_recognised},
    sign_in::domain::{CODE_DIGITS, check_code},
};

/// What the person reads out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowCode {
    pub code: String,
    /// How long it is good, in minutes.
    pub valid_minutes: i64,
}

/// Makes a code for this session, in place of an earlier one. For persons whose name and number were checked.
///
/// Refusal: `identity.persons_only` for everybody else.
pub async fn show_window_code(tx: &Tx, actor: &Actor, session: Uuid) -> Result<WindowCode, Error> {
    let account = own_account(actor, "identity.show_window_code")?;
    query::party_in(tx, account)
        .await?
        .filter(|party| party.kind == PartyKind::Person)
        .ok_or_else(|| refused("identity.persons_only", []))?;
    let digits = tx.random_digits(CODE_DIGITS);
    row::replace(
        tx,
        code::Model {
            session,
            account,
            code_hash: hash(tx.store(), session, &digits),
            at: tx.now(),
            attempts: 0,
        },
    )
    .await?;
    tx.audit(AuditEntry::new("identity.window_code_shown").on("account", account))
        .await?;
    Ok(WindowCode {
        code: digits,
        valid_minutes: LIVE.num_minutes(),
    })
}

fn hash(store: &Store, session: Uuid, digits: &str) -> String {
    store
        .keys()
        .token_hash(&format!("window-code|{session}|{digits}"))
}

/// What the clerk typed, document in hand.
#[derive(Clone)]
pub struct RecogniseAtWindow {
    pub name: String,
    /// Citizen number.
    pub number: String,
    pub code: String,
    /// The clerk has held the person against the document.
    pub present: bool,
}

/// Recognises the person in the session whose code was read out: level 3 for an hour, in which a passkey can be bound that
/// recognises them from then on. For clerks.
///
/// Refusals: `identity.presence`, the codes of the number's form, `identity.code_format`, `identity.window_code_wrong`
/// (no such account, another name, or no such code: the answer is the same).
pub async fn recognise_at_window(
    store: &Store,
    actor: &Actor,
    input: RecogniseAtWindow,
) -> Result<(), Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    if !input.present {
        return Err(refused("identity.presence", []));
    }
    let number = check_number(PartyKind::Person, &input.number)?;
    let digits = check_code(&input.code)?;
    let name = plain(&input.name);
    let outcome = store
        .write(actor.as_holder().signer(), move |tx| {
            let (number, digits, name) = (number.clone(), digits.clone(), name.clone());
            async move { record(&tx, number, &digits, &name).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(tx: &Tx, number: String, digits: &str, name: &str) -> Result<Result<(), Refusal>, Error> {
    let wrong = || Ok(Err(refusal("identity.window_code_wrong", [])));
    let about = subject_blind(tx.store(), PartyKind::Person, &number);
    let wanted = SignInName::Number(PartyKind::Person, number);
    let Some(account) = query::by_name(tx.connection(), tx.store(), &wanted).await? else {
        let entry = AuditEntry::new("identity.window_code_failed").on("account", "unknown");
        tx.audit(entry.about(&about)).await?;
        return wrong();
    };
    let codes = row::live(tx, account.id).await?;
    let right = codes
        .into_iter()
        .find(|row| constant_time_eq(&row.code_hash, hash(tx.store(), row.session, digits)));
    let Some(code) = right.filter(|_| plain(&account.name) == name) else {
        row::count_attempt(tx, account.id).await?;
        let entry = AuditEntry::new("identity.window_code_failed").on("account", account.id);
        tx.audit(entry.about(&about)).await?;
        return wrong();
    };
    row::use_up(tx, code.session).await?;
    if !set_recognised(
        tx,
        account.id,
        code.session,
        Recognition::Window,
        AccountKind::Person,
    )
    .await?
    {
        return wrong();
    }
    tx.audit(
        AuditEntry::new("identity.recognised")
            .on("account", account.id)
            .with("by", Recognition::Window.as_str()),
    )
    .await?;
    Ok(Ok(()))
}
