//! Record at a window what a document says: that a relative acts for a person, or that somebody is the guardian.

use chrono::NaiveDate;
use tongban_access::{Action, Actor, MandateKind, PartyKind, Thing, permit};
use tongban_codes::{CitizenNumber, civil::beijing_date};
use tongban_identity::{names_somebody, party_for, same_name, subject_blind};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    Scope,
    domain::{MandateRules, State, check_scope, check_term, longest, of_age_on},
    give::{blank, check_agent, no_second},
    row::{self, mandate},
};
use crate::{
    Error,
    error::refused,
    events::{Change, MandateChanged},
};

/// Longest description of a document, in characters.
const LONGEST_DOCUMENT: usize = 200;

/// What the clerk typed, documents in hand.
#[derive(Clone)]
pub struct RecordAtWindow {
    /// [`MandateKind::Family`] or [`MandateKind::Guardian`].
    pub kind: MandateKind,
    pub principal_name: String,
    /// Citizen number of the person who is acted for.
    pub principal_number: String,
    pub agent_name: String,
    /// Citizen number of the agent.
    pub agent_number: String,
    /// Which document shows it, in words: 公证委托书（2026）示公证字第 12 号, 出生医学证明, 判决书 and its number.
    pub document: String,
    /// The clerk has held the persons against their documents, and the document against both. The agent is here and accepts.
    pub present: bool,
    pub starts_on: Option<NaiveDate>,
    /// For the guardian of a minor none is needed: it ends when the minor comes of age.
    pub ends_on: Option<NaiveDate>,
}

/// What the document is, in words. Refusal: `mandate.document_missing`.
pub(super) fn check_document(document: &str) -> Result<String, Error> {
    let document = document.trim();
    if document.is_empty() || document.chars().count() > LONGEST_DOCUMENT {
        return Err(refused("mandate.document_missing", []));
    }
    // the row keeps it in plain text, so what identifies people does not belong there
    if names_somebody(document) {
        return Err(refused("mandate.document_number", []));
    }
    Ok(document.to_owned())
}

/// Records a mandate that is in force at once. A principal without account (a child, an elder without phone) gets one that nobody
/// signs in to until they open it themself at a window. Answers the id.
///
/// Refusals: `mandate.kind`, `mandate.presence`, `mandate.document_missing`, `mandate.document_number`, `mandate.agent_missing`, `mandate.oneself`,
/// `mandate.clerk_themself` (another clerk does it), those of the
/// numbers' form and of the principal's name (`identity.name_missing`, `identity.name_differs`), of the term as for
/// [`give_mandate`](super::give_mandate), `mandate.exists`.
pub async fn record_at_window(
    tx: &Tx,
    actor: &Actor,
    rules: &MandateRules,
    input: RecordAtWindow,
) -> Result<Uuid, Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    let post = actor.post().ok_or(Error::NotFound)?;
    if !matches!(input.kind, MandateKind::Family | MandateKind::Guardian) {
        return Err(refused("mandate.kind", []));
    }
    if !input.present {
        return Err(refused("mandate.presence", []));
    }
    let document = check_document(&input.document)?;
    let agent = check_agent(&input.agent_name, &input.agent_number)?;
    // nobody records themself: staff accounts bear no number, so the name must do
    let clerk = tongban_identity::account(tx.store(), actor.account().ok_or(Error::NotFound)?).await?;
    if clerk.is_some_and(|clerk| {
        same_name(&clerk.name, &agent.name) || same_name(&clerk.name, &input.principal_name)
    }) {
        return Err(refused("mandate.clerk_themself", []));
    }
    let principal_number =
        CitizenNumber::parse_lenient(&input.principal_number).map_err(tongban_identity::Error::from)?;
    if principal_number == agent.number {
        return Err(refused("mandate.oneself", []));
    }
    let today = beijing_date(tx.now());
    let begins = input.starts_on.unwrap_or(today).max(today);
    let of_age = of_age_on(&principal_number).filter(|day| *day > today);
    let term = match (input.kind, of_age) {
        // to the last day before the minor comes of age
        (MandateKind::Guardian, Some(of_age)) => {
            let last = of_age.pred_opt();
            check_term(input.starts_on, input.ends_on.or(last), today, last)?
        }
        _ => check_term(input.starts_on, input.ends_on, today, longest(rules, begins))?,
    };
    let scope = check_scope(input.kind, true, Scope::default())?;
    let principal = party_for(
        tx,
        PartyKind::Person,
        &input.principal_name,
        principal_number.as_str(),
    )
    .await?;
    row::hold_principal(tx, principal.account).await?;
    no_second(tx, &principal, input.kind, &agent).await?;
    let new = mandate::Model {
        state: State::Accepted.as_str().to_owned(),
        given_by: "window".to_owned(),
        giver: actor.holder(),
        document: Some(document),
        organisation: Some(post.organisation),
        organisation_name: Some(post.organisation_name.clone()),
        answered_at: Some(tx.now()),
        ..blank(tx, &principal, input.kind, &agent, &scope, term)?
    };
    let id = new.id;
    row::insert(tx, new).await?;
    tx.audit(
        AuditEntry::new("mandate.recorded")
            .on("mandate", id)
            .about(&subject_blind(tx.store(), principal.kind, &principal.number))
            .with("kind", input.kind.as_str()),
    )
    .await?;
    tx.emit(&MandateChanged {
        mandate: id,
        change: Change::Recorded,
    })
    .await?;
    Ok(id)
}
