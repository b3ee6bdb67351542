//! For whom a session acts, read with every request.

use tongban_access::{Actor, Agency, Assurance, MandateKind, PartyKind};
use tongban_codes::civil::beijing_date;
use tongban_identity::{AccountKind, Session, party};
use tongban_store::Store;

use crate::{
    Error,
    mandate::{Standing, query::find},
};

/// For whom a session acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acting {
    /// Whoever is signed in.
    Oneself,
    For(Box<ActingFor>),
    /// The mandate has ended meanwhile: the session acts for its holder, who is to be told.
    Ended {
        /// For whom it acted.
        principal_name: String,
    },
}

/// A session that acts for somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingFor {
    /// Who acts, for the use cases: the principal, through the agent.
    pub actor: Actor,
    pub kind: MandateKind,
    pub principal_kind: PartyKind,
    /// As the account bears it now.
    pub principal_name: String,
}

/// Reads for whom a live session acts. A mandate that was taken back, has run out, or whose principal closed the account no
/// longer counts, from this moment on.
pub async fn acting(store: &Store, session: &Session) -> Result<Acting, Error> {
    // only persons whose number is known are anybody's agents
    if session.account.kind != AccountKind::Person || session.account.assurance < Assurance::RealName {
        return Ok(Acting::Oneself);
    }
    let Some(mandate) = session.acting else {
        return Ok(Acting::Oneself);
    };
    let Some(mandate) = find(store, mandate).await? else {
        return Ok(Acting::Oneself);
    };
    let ended = || Acting::Ended {
        principal_name: mandate.principal_name.clone(),
    };
    if mandate.standing(beijing_date(store.now()))? != Standing::Active {
        return Ok(ended());
    }
    let Some(principal) = party(store, mandate.principal).await? else {
        return Ok(ended());
    };
    let (Some(assurance), kind) = (session.actor.assurance(), mandate.kind()?) else {
        return Ok(Acting::Oneself);
    };
    let agency = Agency {
        mandate: mandate.id,
        agent: session.account.id,
        kind,
        scope: mandate.scope()?.ids(),
    };
    Ok(Acting::For(Box::new(ActingFor {
        actor: Actor::agent(mandate.principal, principal.kind, agency, assurance),
        kind,
        principal_kind: principal.kind,
        principal_name: principal.name,
    })))
}
