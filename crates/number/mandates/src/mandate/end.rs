//! Take back, or give up.

use tongban_access::{Action, Actor, MandateKind, PartyKind, Thing, permit};
use tongban_codes::{CitizenNumber, civil::beijing_date};
use tongban_identity::party_in;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{Side, State, may_end, of_age_on},
    query::{agency_stands_in, agent_of},
    row::{self, mandate},
};
use crate::{
    Error,
    error::refused,
    events::{Change, MandateChanged},
};

/// Ends a mandate at once: the principal, and whoever runs the firm, takes it back; the agent gives it up. Whoever is acting under it
/// acts for themself with the next request.
///
/// Refusals: `mandate.not_so` (representation ends in the register, guardianship at a window; but a ward of age who signs in themself ends it;
/// an administrator ends no administrator),
/// `mandate.wrong_state` with `standing`.
pub async fn end_mandate(tx: &Tx, actor: &Actor, id: Uuid, side: Side) -> Result<(), Error> {
    let read = row::held(tx, id).await?.ok_or(Error::NotFound)?;
    match side {
        Side::Agent => {
            agent_of(tx, actor, &read).await?;
        }
        Side::Principal => {
            permit(actor, Action::MandateGive, &Thing::of(read.principal)).map_err(|_| Error::NotFound)?;
        }
    }
    let agency = actor.agency().filter(|_| side == Side::Principal);
    if agency.is_some() && !agency_stands_in(tx, actor).await? {
        return Err(Error::NotFound);
    }
    let adult = of_age(tx, &read).await?;
    if !may_end(read.kind()?, side, agency, adult) {
        return Err(refused("mandate.not_so", []));
    }
    let (state, by, change) = match side {
        Side::Principal => (State::Revoked, "principal", Change::Revoked),
        Side::Agent => (State::GivenUp, "agent", Change::GivenUp),
    };
    finish(tx, &read, state, by, change, None).await
}

/// Ends a person's mandate or guardianship at a window, where a document says so. For clerks.
///
/// Refusals: `mandate.document_missing`, `mandate.not_at_window` (firms end theirs themselves), `mandate.wrong_state`.
pub async fn end_at_window(tx: &Tx, actor: &Actor, id: Uuid, document: &str) -> Result<(), Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    let read = row::held(tx, id).await?.ok_or(Error::NotFound)?;
    if read.principal_kind()? != PartyKind::Person {
        return Err(refused("mandate.not_at_window", []));
    }
    let document = super::window::check_document(document)?;
    finish(
        tx,
        &read,
        State::Revoked,
        "window",
        Change::EndedAtWindow,
        Some(document),
    )
    .await
}

/// Whether the principal is a person of age today.
async fn of_age(tx: &Tx, read: &mandate::Model) -> Result<bool, Error> {
    let Some(principal) = party_in(tx, read.principal).await? else {
        return Ok(false);
    };
    Ok(CitizenNumber::parse(&principal.number)
        .ok()
        .and_then(|number| of_age_on(&number))
        .is_some_and(|day| day <= beijing_date(tx.now())))
}

async fn finish(
    tx: &Tx,
    read: &mandate::Model,
    state: State,
    by: &str,
    change: Change,
    document: Option<String>,
) -> Result<(), Error> {
    let standing = read.standing(beijing_date(tx.now()))?;
    if !standing.is_open() {
        return Err(refused(
            "mandate.wrong_state",
            [("standing", standing.as_str().to_owned())],
        ));
    }
    row::end(tx, read, state, by).await?;
    // on what document stands in the row; the log keeps no free text
    if let Some(document) = document {
        row::set_ended_on(tx, read.id, &document).await?;
    }
    tx.audit(
        AuditEntry::new("mandate.ended")
            .on("mandate", read.id)
            .about(&read.agent_blind)
            .with("by", by),
    )
    .await?;
    tx.emit(&MandateChanged {
        mandate: read.id,
        change,
    })
    .await?;
    Ok(())
}

/// Ends the representations of a firm by others than this agent: the register names another.
pub(crate) async fn lapse_others(tx: &Tx, principal: Uuid, keep: Option<Uuid>) -> Result<(), Error> {
    for open in row::open_of(tx, principal).await? {
        if open.kind != MandateKind::Representative.as_str() || Some(open.id) == keep {
            continue;
        }
        finish(tx, &open, State::Lapsed, "register", Change::Lapsed, None).await?;
    }
    Ok(())
}

/// Ends one representation: the register does not name its agent any more.
pub(crate) async fn lapse(tx: &Tx, read: &mandate::Model) -> Result<(), Error> {
    finish(tx, read, State::Lapsed, "register", Change::Lapsed, None).await
}

/// Ends what was given from an account that is no longer in the hands that gave it. A second delivery finds it ended.
pub(crate) async fn end_with_account(tx: &Tx, read: &mandate::Model) -> Result<(), Error> {
    finish(tx, read, State::Revoked, "account", Change::Revoked, None).await
}
