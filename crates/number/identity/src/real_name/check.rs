//! Finds out whether name and number are those of whoever is signed in.

use std::time::Duration;

use tongban_access::{Actor, PartyKind};
use tongban_exchange::{Exchange, FactRequest, PurposeRef, ReadBasis};
use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{MOST, MOST_OF_NUMBER, Outcome, RealNameRules, judge, may_check},
    purpose::PURPOSE,
    row::{self, Counted},
};
use crate::{
    Error, Refusal,
    accounts::{
        AccountKind,
        domain::{CheckedBy, check_display_name, check_number},
        name::SignInName,
        query,
        register_party::duplicate,
        row::{NUMBER_FIELD, forget_ways_in, set_checked},
        subject_blind,
    },
    error::{own_account, refusal, refused},
    sessions::query::in_act,
    sign_in::row::hold_guard,
};

/// What somebody typed.
#[derive(Clone)]
pub struct CheckRealName {
    /// The session in which it is typed; when the check is passed, it stays and every other way into the account is gone.
    pub session: Uuid,
    pub name: String,
    /// Citizen number.
    pub number: String,
    /// The word of the chosen proof and what was typed for it; none where the rules ask for none.
    pub proof: Option<(String, String)>,
}

/// Asks the registers, and gives the account its name and number where they agree. Calls leave outside of any act, each
/// within `budget`.
///
/// A number belongs to one account: where another has it already, that one goes on, and this one stays as it is.
/// Five checks a day for an account; each leaves a line that the owner of the number sees (谁看过我的数据).
///
/// Refusals: `identity.name_missing`, `identity.name_too_long`, the codes of the number's form, `identity.proof_missing`,
/// `identity.real_name_already`, `identity.real_name_too_many` with `limit`, `identity.real_name_differs`,
/// `identity.real_name_silent`, `identity.number_has_account` with `phone`, masked, `identity.number_at_window` (that account has no phone).
pub async fn check_real_name(
    store: &Store,
    exchange: &Exchange,
    actor: &Actor,
    rules: &RealNameRules,
    input: CheckRealName,
    budget: Duration,
) -> Result<(), Error> {
    let account = own_account(actor, "identity.check_real_name")?;
    let session = input.session;
    let name = check_display_name(&input.name)?;
    let number = check_number(PartyKind::Person, &input.number)?;
    let proof = match (&input.proof, rules.proofs.is_empty()) {
        (Some((word, typed)), _) if !typed.trim().is_empty() => Some((
            rules
                .proof(word)
                .ok_or_else(|| refused("identity.proof_missing", []))?,
            typed.as_str(),
        )),
        (_, true) => None,
        _ => return Err(refused("identity.proof_missing", [])),
    };

    let begun = Begun {
        account,
        name: name.clone(),
        number: number.clone(),
        proof: proof.map(|(proof, _)| proof.word.clone()),
    };
    let check = store
        .write(actor.as_holder().signer(), move |tx| {
            let begun = begun.clone();
            async move { begin(&tx, begun).await }
        })
        .await?;

    let purpose = PurposeRef {
        kind: PURPOSE.to_owned(),
        id: check,
    };
    let requests = rules
        .wanted(proof.map(|(proof, _)| proof))
        .into_iter()
        .map(|wanted| FactRequest {
            purpose: purpose.clone(),
            resource: wanted.resource,
            fields: wanted.fields,
            basis: ReadBasis::Consent,
        })
        .collect();
    let answers = exchange
        .read_all(actor, requests, budget)
        .await
        .map_err(read_failed)?;
    let mut typed = vec![(rules.register.as_str(), rules.name_field.as_str(), name.as_str())];
    typed.extend(proof.map(|(proof, typed)| (proof.resource.as_str(), proof.field.as_str(), typed)));
    let outcome = judge(&answers, &typed);

    let ended = store
        .write(actor.as_holder().signer(), move |tx| {
            let (name, number) = (name.clone(), number.clone());
            async move { end(&tx, (account, session), check, outcome, &name, &number).await }
        })
        .await?;
    ended.map_err(Error::Refused)
}

/// The exchange refuses no question of ours by itself: what it says is a failure.
fn read_failed(error: tongban_exchange::Error) -> Error {
    match error {
        tongban_exchange::Error::Store(error) => error.into(),
        tongban_exchange::Error::Denied(denied) => denied.into(),
        other => StoreError::Corrupt(format!("a real-name check could not ask: {other}")).into(),
    }
}

/// What stands for a number in counters.
pub(crate) fn number_key(store: &Store, number: &str) -> String {
    store.keys().token_hash(&format!("real-name|{number}"))
}

#[derive(Clone)]
struct Begun {
    account: Uuid,
    name: String,
    number: String,
    proof: Option<String>,
}

/// Counts the check and writes it down; answers its id.
async fn begin(tx: &Tx, begun: Begun) -> Result<Uuid, Error> {
    let account = query::by_id_held(tx, begun.account)
        .await?
        .ok_or(Error::NotFound)?;
    if account.kind != AccountKind::Person.as_str() || account.number_sealed.is_some() {
        return Err(refused("identity.real_name_already", []));
    }
    let number_key = number_key(tx.store(), &begun.number);
    // Held, so that two checks at once are both counted.
    hold_guard(tx, &number_key).await?;
    may_check(row::asked(tx, Counted::Account(begun.account)).await?, MOST)?;
    may_check(
        row::asked(tx, Counted::Number(&number_key)).await?,
        MOST_OF_NUMBER,
    )?;
    let row = row::check::Model {
        id: tx.new_id(),
        account: begun.account,
        name: begun.name,
        number_sealed: Some(tx.store().seal(NUMBER_FIELD, &begun.number)?),
        number_key,
        proof: begun.proof,
        at: tx.now(),
        outcome: None,
    };
    let id = row.id;
    row::insert(tx, row).await?;
    Ok(id)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn end(
    tx: &Tx,
    (id, session): (Uuid, Uuid),
    check: Uuid,
    outcome: Outcome,
    name: &str,
    number: &str,
) -> Result<Result<(), Refusal>, Error> {
    row::end(tx, check, outcome).await?;
    let about = subject_blind(tx.store(), PartyKind::Person, number);
    let entry = AuditEntry::new("identity.real_name_checked")
        .on("account", id)
        .about(&about)
        .with("outcome", outcome.as_str());
    if let Some(told) = outcome.refusal() {
        tx.audit(entry).await?;
        return Ok(Err(told));
    }
    // Held, so that of two accounts that are checked at once one finds the other.
    hold_guard(tx, &number_key(tx.store(), number)).await?;
    let wanted = SignInName::Number(PartyKind::Person, number.to_owned());
    if let Some(owner) = query::by_name(tx.connection(), tx.store(), &wanted).await? {
        tx.audit(entry.with("account_of_number", owner.id.to_string()))
            .await?;
        let owner = query::with_posts(tx.connection(), owner).await?;
        return Ok(Err(match owner.account(tx.store())?.masked_phone {
            Some(phone) => refusal("identity.number_has_account", [("phone", phone)]),
            // opened for somebody whom others act for, or its phone was lost
            None => refusal("identity.number_at_window", []),
        }));
    }
    let account = query::by_id(tx.connection(), id).await?.ok_or(Error::NotFound)?;
    if account.row.number_sealed.is_some() || account.row.closed_at.is_some() {
        return Err(Error::Conflict);
    }
    set_checked(
        tx,
        &account.row,
        PartyKind::Person,
        name,
        number,
        CheckedBy::Register,
    )
    .await
    .map_err(|error| duplicate(error, "identity.real_name_already"))?;
    // Whoever held the phone before this session may have left a way in.
    let live = in_act(tx, session)
        .await?
        .filter(|live| live.account.id == id)
        .ok_or(Error::NotFound)?;
    forget_ways_in(tx, id, Some((session, live.opened_at))).await?;
    tx.audit(entry.with("level", "real_name")).await?;
    Ok(Ok(()))
}
