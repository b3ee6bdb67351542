//! Let somebody act for oneself, or for the firm that one runs.

use chrono::{Duration, NaiveDate};
use tongban_access::{Action, Actor, MandateKind, PartyKind, Thing, permit};
use tongban_codes::{CitizenNumber, civil::beijing_date};
use tongban_identity::{Party, party_in, same_name, signed_in_lately, subject_blind, subject_blinds};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{MandateRules, Scope, State, check_scope, check_term, longest, may_give},
    query::agency_stands_in,
    row::{self, AGENT_FIELD, mandate},
};
use crate::{
    Error,
    error::refused,
    events::{Change, MandateChanged},
    jobs,
};

/// How many days after a no the same agent may be asked again.
const REFUSED_FOR: i64 = 30;
/// Longest name of an agent, in characters.
const LONGEST_NAME: usize = 100;

/// What the principal decides.
#[derive(Clone)]
pub struct GiveMandate {
    /// The session in which it is decided: one in which whoever signed in showed something of their own within 15 minutes.
    pub session: Uuid,
    pub kind: MandateKind,
    pub agent_name: String,
    /// Citizen number of the agent.
    pub agent_number: String,
    /// For everything; `scope` is then not looked at.
    pub everything: bool,
    pub scope: Scope,
    /// None: today.
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

/// The one who will act, by name and number.
pub(crate) struct AgentNamed {
    pub name: String,
    pub number: CitizenNumber,
}

/// Brings name and number of an agent into form. Refusals: `mandate.agent_missing`, and those of the number's form.
pub(super) fn check_agent(name: &str, number: &str) -> Result<AgentNamed, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) || name.chars().count() > LONGEST_NAME {
        return Err(refused("mandate.agent_missing", []));
    }
    let number = CitizenNumber::parse_lenient(number).map_err(tongban_identity::Error::from)?;
    Ok(AgentNamed {
        name: name.to_owned(),
        number,
    })
}

/// Offers a mandate; it is in force once the agent has accepted it. Answers its id. Nobody learns whether the agent has an account.
///
/// Refusals: `identity.sign_in_anew`, `mandate.kind` (not this one's to give), `mandate.agent_missing`, those of the number's form, `mandate.oneself`,
/// `mandate.scope_missing`, `mandate.scope_whole`, `mandate.scope_long`, `mandate.term_missing`, `mandate.term_order`,
/// `mandate.term_past`, `mandate.term_long`, `mandate.exists` (the same agent has one of this kind), `mandate.too_many` with
/// `limit`, `mandate.refused_lately` with `days`.
pub async fn give_mandate(
    tx: &Tx,
    actor: &Actor,
    rules: &MandateRules,
    input: GiveMandate,
) -> Result<Uuid, Error> {
    let principal = actor.account().ok_or(Error::NotFound)?;
    permit(actor, Action::MandateGive, &Thing::of(principal))?;
    // an administrator who was dismissed meanwhile appoints nobody
    if !agency_stands_in(tx, actor).await? {
        return Err(Error::NotFound);
    }
    signed_in_lately(tx, actor, input.session).await?;
    let principal = party_in(tx, principal).await?.ok_or(Error::NotFound)?;
    may_give(input.kind, principal.kind, actor.agency())?;
    let agent = check_agent(&input.agent_name, &input.agent_number)?;
    let scope = check_scope(input.kind, input.everything, input.scope)?;
    let today = beijing_date(tx.now());
    let begins = input.starts_on.unwrap_or(today).max(today);
    let term = check_term(input.starts_on, input.ends_on, today, longest(rules, begins))?;
    // whoever gives it has it already
    let giver = match actor.holder() {
        Some(holder) => party_in(tx, holder).await?,
        None => None,
    };
    let given_by = match (&giver, actor.agency()) {
        (_, None) => "principal",
        (_, Some(agency)) if agency.kind == MandateKind::Representative => "representative",
        (_, Some(_)) => "administrator",
    };
    if giver.is_some_and(|giver| giver.number == agent.number.as_str()) {
        return Err(refused("mandate.oneself", []));
    }
    row::hold_principal(tx, principal.account).await?;
    let limit = rules.most(principal.kind);
    // offers reach people who did not ask for them: neither many at once nor many in a day
    let lately = row::given_since(tx, principal.account, tx.now() - Duration::days(1)).await?;
    if row::count_open(tx, principal.account).await?.max(lately) >= limit {
        return Err(refused("mandate.too_many", [("limit", limit.to_string())]));
    }
    no_second(tx, &principal, input.kind, &agent).await?;
    let blinds = subject_blinds(tx.store(), PartyKind::Person, agent.number.as_str());
    // who said no is not asked again at once
    let lately = tx.now() - Duration::days(REFUSED_FOR);
    if row::refused_since(tx, principal.account, &blinds, lately).await? {
        return Err(refused(
            "mandate.refused_lately",
            [("days", REFUSED_FOR.to_string())],
        ));
    }
    let new = mandate::Model {
        state: State::Offered.as_str().to_owned(),
        given_by: given_by.to_owned(),
        giver: actor.holder(),
        ..blank(tx, &principal, input.kind, &agent, &scope, term)?
    };
    let id = new.id;
    row::insert(tx, new).await?;
    jobs::plan(tx).await?;
    tx.audit(
        AuditEntry::new("mandate.given")
            .on("mandate", id)
            .about(&subject_blind(tx.store(), principal.kind, &principal.number))
            .with("kind", input.kind.as_str())
            .with("everything", scope.is_everything()),
    )
    .await?;
    tx.emit(&MandateChanged {
        mandate: id,
        change: Change::Offered,
    })
    .await?;
    Ok(id)
}

/// Refuses a second open mandate of the same kind for the same agent: `mandate.exists`, or `mandate.exists_otherwise` where the same number
/// was named otherwise.
pub(super) async fn no_second(
    tx: &Tx,
    principal: &Party,
    kind: MandateKind,
    agent: &AgentNamed,
) -> Result<(), Error> {
    for open in row::open_of(tx, principal.account).await? {
        if open.kind != kind.as_str()
            || tx.store().unseal(AGENT_FIELD, &open.agent_sealed)? != agent.number.as_str()
        {
            continue;
        }
        return Err(if same_name(&open.agent_name, &agent.name) {
            refused("mandate.exists", [])
        } else {
            refused("mandate.exists_otherwise", [])
        });
    }
    Ok(())
}

/// The row of a new mandate that nobody has answered; who gave it is entered by the caller.
pub(crate) fn blank(
    tx: &Tx,
    principal: &Party,
    kind: MandateKind,
    agent: &AgentNamed,
    scope: &Scope,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
) -> Result<mandate::Model, Error> {
    let number = agent.number.as_str();
    Ok(mandate::Model {
        id: tx.new_id(),
        kind: kind.as_str().to_owned(),
        state: State::Offered.as_str().to_owned(),
        principal: principal.account,
        principal_kind: principal.kind.as_str().to_owned(),
        principal_name: principal.name.clone(),
        agent_name: agent.name.clone(),
        agent_sealed: tx.store().seal(AGENT_FIELD, number)?,
        agent_blind: subject_blind(tx.store(), PartyKind::Person, number),
        scope: serde_json::to_string(scope).map_err(tongban_store::StoreError::from)?,
        starts_on,
        ends_on: Some(ends_on),
        given_by: String::new(),
        giver: None,
        document: None,
        organisation: None,
        organisation_name: None,
        given_at: tx.now(),
        answered_at: None,
        ended_at: None,
        ended_by: None,
        ended_document: None,
        checked_at: None,
        version: 1,
    })
}
