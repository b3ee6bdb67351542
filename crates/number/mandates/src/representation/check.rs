//! Finds out whether whoever is signed in represents a firm.

use std::time::Duration;

use chrono::Days;
use tongban_access::{Actor, Denied, MandateKind, PartyKind};
use tongban_codes::{CitizenNumber, Uscc, civil::beijing_date};
use tongban_exchange::{Exchange, FactRequest, PurposeRef, ReadBasis};
use tongban_identity::{Party, find_party_in, party, party_for, party_in, subject_blind};
use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{MOST, Outcome, RepresentationRules, judge},
    purpose::PURPOSE,
    row::{self, CODE_FIELD},
};
use crate::{
    Error, Refusal,
    error::refused,
    events::{Change, MandateChanged},
    jobs,
    mandate::{
        Scope,
        domain::State,
        end::{lapse, lapse_others},
        give::{AgentNamed, blank},
        query::find,
        row as mandates,
    },
};

/// Which firm.
#[derive(Clone)]
pub enum Claim {
    /// The one of this unified social credit code.
    Firm(String),
    /// The one that the person represents already: the register is asked anew.
    Again(Uuid),
}

/// Asks the register of enterprises, and where it names whoever is signed in as the legal representative, has them act for the firm:
/// answers the mandate. The call leaves outside of any act, within `budget`. Whoever represented the firm before does so no longer;
/// where the register names another than the person, a representation that they had ends too.
///
/// Every check leaves a line that the firm sees (谁看过我的数据).
///
/// Refusals: the codes of the code's form, `mandate.check_too_many` with `limit`, `mandate.not_representative`, `mandate.firm_closed`,
/// `mandate.register_silent`. Denied with the level that is missing to people whose number nobody has checked.
pub async fn claim_representation(
    store: &Store,
    exchange: &Exchange,
    actor: &Actor,
    rules: &RepresentationRules,
    claim: Claim,
    budget: Duration,
) -> Result<Uuid, Error> {
    const ACTION: &str = "mandate.claim";
    let holder = actor
        .holder()
        .filter(|_| actor.holder_kind() == Some(PartyKind::Person))
        .ok_or(Denied::new(actor, ACTION))?;
    let person = party(store, holder).await?.ok_or(Denied {
        needs: Some(tongban_access::Assurance::RealName),
        ..Denied::new(actor, ACTION)
    })?;
    let (code, again) = match claim {
        Claim::Firm(typed) => {
            let code = Uscc::parse_lenient(&typed).map_err(tongban_identity::Error::from)?;
            (code.as_str().to_owned(), None)
        }
        Claim::Again(id) => {
            let row = find(store, id).await?.ok_or(Error::NotFound)?;
            let own = tongban_identity::subject_blinds(store, PartyKind::Person, &person.number);
            if row.kind()? != MandateKind::Representative || !own.contains(&row.agent_blind) {
                return Err(Error::NotFound);
            }
            let firm = party(store, row.principal).await?.ok_or(Error::NotFound)?;
            (firm.number, Some(id))
        }
    };
    let begun = code.clone();
    // it is the person who asks, for whomever they act
    let actor = &actor.as_holder();
    let check = store
        .write(actor.signer(), move |tx| {
            let begun = begun.clone();
            async move { begin(&tx, holder, &begun, again.is_some()).await }
        })
        .await?;
    let wanted = rules.wanted();
    let request = FactRequest {
        purpose: PurposeRef {
            kind: PURPOSE.to_owned(),
            id: check,
        },
        resource: wanted.resource,
        fields: wanted.fields,
        basis: ReadBasis::Consent,
    };
    let answers = exchange
        .read_all(actor, vec![request], budget)
        .await
        .map_err(read_failed)?;
    let outcome = judge(rules, answers.first(), &person);
    let days = Days::new(u64::try_from(rules.days).unwrap_or_default());
    let ended = store
        .write(actor.signer(), move |tx| {
            let end = End {
                check,
                code: code.clone(),
                outcome: outcome.clone(),
                holder,
                days,
            };
            async move { end.write(&tx).await }
        })
        .await?;
    ended.map_err(Error::Refused)
}

/// The exchange refuses no question of ours by itself: what it says is a failure.
fn read_failed(error: tongban_exchange::Error) -> Error {
    match error {
        tongban_exchange::Error::Store(error) => error.into(),
        tongban_exchange::Error::Denied(denied) => denied.into(),
        other => StoreError::Corrupt(format!("a check of a representative could not ask: {other}")).into(),
    }
}

/// Counts the check and writes it down; answers its id.
async fn begin(tx: &Tx, account: Uuid, code: &str, again: bool) -> Result<Uuid, Error> {
    // two checks at once are both counted
    tx.next_number(&format!("representation:{account}")).await?;
    // who asks about what is theirs already is no guesser, and is never spared the question
    if !again && row::asked(tx, account).await? >= MOST {
        return Err(refused("mandate.check_too_many", [("limit", MOST.to_string())]));
    }
    let new = row::check::Model {
        id: tx.new_id(),
        account,
        code_sealed: Some(tx.store().seal(CODE_FIELD, code)?),
        at: tx.now(),
        outcome: None,
    };
    let id = new.id;
    row::insert(tx, new).await?;
    Ok(id)
}

struct End {
    check: Uuid,
    code: String,
    outcome: Outcome,
    holder: Uuid,
    days: Days,
}

impl End {
    /// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
    async fn write(self, tx: &Tx) -> Result<Result<Uuid, Refusal>, Error> {
        row::end(tx, self.check, &self.outcome).await?;
        let entry = AuditEntry::new("mandate.representation_checked")
            .on("account", self.holder)
            .about(&subject_blind(tx.store(), PartyKind::Enterprise, &self.code))
            .with("outcome", self.outcome.as_str());
        let name = match &self.outcome {
            Outcome::Agrees(name) => name.clone(),
            _ => {
                tx.audit(entry).await?;
                self.end_what_is_not_so(tx).await?;
                return self
                    .outcome
                    .refusal()
                    .map_or(Err(Error::NotFound), |told| Ok(Err(told)));
            }
        };
        tx.audit(entry).await?;
        let person = party_in(tx, self.holder).await?.ok_or(Error::NotFound)?;
        let firm = party_for(tx, PartyKind::Enterprise, &name, &self.code).await?;
        mandates::hold_principal(tx, firm.account).await?;
        Ok(Ok(self.appoint(tx, &person, &firm, &name).await?))
    }

    /// What the register no longer bears out: the person's own representation of the firm; of a firm that is closed, every mandate.
    async fn end_what_is_not_so(&self, tx: &Tx) -> Result<(), Error> {
        if self.outcome == Outcome::Silent {
            return Ok(());
        }
        let Some(firm) = find_party_in(tx, PartyKind::Enterprise, &self.code).await? else {
            return Ok(());
        };
        mandates::hold_principal(tx, firm).await?;
        let person = party_in(tx, self.holder).await?.ok_or(Error::NotFound)?;
        let own = tongban_identity::subject_blinds(tx.store(), PartyKind::Person, &person.number);
        for open in mandates::open_of(tx, firm).await? {
            let theirs = open.kind == MandateKind::Representative.as_str() && own.contains(&open.agent_blind);
            if theirs || self.outcome == Outcome::Closed {
                lapse(tx, &open).await?;
            }
        }
        Ok(())
    }

    /// The representation of the person, new or prolonged; everybody else's ends.
    async fn appoint(&self, tx: &Tx, person: &Party, firm: &Party, name: &str) -> Result<Uuid, Error> {
        let today = beijing_date(tx.now());
        let until = today.checked_add_days(self.days).unwrap_or(today);
        let own = tongban_identity::subject_blinds(tx.store(), PartyKind::Person, &person.number);
        let standing = mandates::open_of(tx, firm.account)
            .await?
            .into_iter()
            .find(|open| {
                open.kind == MandateKind::Representative.as_str() && own.contains(&open.agent_blind)
            });
        let id = match standing {
            Some(read) => {
                mandates::confirm(tx, &read, name, Some(until)).await?;
                read.id
            }
            None => {
                let agent = AgentNamed {
                    name: person.name.clone(),
                    number: CitizenNumber::parse(&person.number).map_err(tongban_identity::Error::from)?,
                };
                let firm_named = Party {
                    name: name.to_owned(),
                    ..firm.clone()
                };
                let new = mandates::mandate::Model {
                    state: State::Accepted.as_str().to_owned(),
                    given_by: "register".to_owned(),
                    answered_at: Some(tx.now()),
                    checked_at: Some(tx.now()),
                    ..blank(
                        tx,
                        &firm_named,
                        MandateKind::Representative,
                        &agent,
                        &Scope::default(),
                        (today, until),
                    )?
                };
                let id = new.id;
                mandates::insert(tx, new).await?;
                tx.audit(
                    AuditEntry::new("mandate.represented")
                        .on("mandate", id)
                        .about(&subject_blind(tx.store(), PartyKind::Enterprise, &self.code)),
                )
                .await?;
                tx.emit(&MandateChanged {
                    mandate: id,
                    change: Change::Represented,
                })
                .await?;
                id
            }
        };
        jobs::plan(tx).await?;
        lapse_others(tx, firm.account, Some(id)).await?;
        Ok(id)
    }
}
