//! Accept or refuse what somebody offers.

use tongban_access::Actor;
use tongban_codes::civil::beijing_date;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{Standing, State},
    query::agent_of,
    row,
};
use crate::{
    Error,
    error::refused,
    events::{Change, MandateChanged},
};

/// Answers an offer. Only the person whose number it names does; to anybody else there is none.
///
/// Refusals: `mandate.name_differs` (the number is theirs, the name that the principal wrote is not), `mandate.wrong_state` with `standing`.
pub async fn answer_mandate(tx: &Tx, actor: &Actor, id: Uuid, accept: bool) -> Result<(), Error> {
    let read = row::held(tx, id).await?.ok_or(Error::NotFound)?;
    let agent = agent_of(tx, actor, &read).await?;
    let standing = read.standing(beijing_date(tx.now()))?;
    if standing != Standing::Offered {
        return Err(refused(
            "mandate.wrong_state",
            [("standing", standing.as_str().to_owned())],
        ));
    }
    if accept && !tongban_identity::same_name(&agent.name, &read.agent_name) {
        return Err(refused("mandate.name_differs", []));
    }
    let (state, change, word) = if accept {
        (State::Accepted, Change::Accepted, "mandate.accepted")
    } else {
        (State::Refused, Change::Refused, "mandate.refused")
    };
    row::answer(tx, &read, state).await?;
    tx.audit(
        AuditEntry::new(word)
            .on("mandate", id)
            .about(&tongban_identity::subject_blind(
                tx.store(),
                agent.kind,
                &agent.number,
            )),
    )
    .await?;
    tx.emit(&MandateChanged { mandate: id, change }).await?;
    Ok(())
}
