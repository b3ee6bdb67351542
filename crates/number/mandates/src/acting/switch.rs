//! Choose for whom a session acts.

use tongban_access::Actor;
use tongban_codes::civil::beijing_date;
use tongban_identity::{account_is_open_in, live_session_in, set_acting};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    Error,
    error::refused,
    jobs,
    mandate::{Standing, query::agent_of, row as mandates},
};

/// Has the session act under a mandate that is in force; the person's own, or there is none.
///
/// Refuses `mandate.wrong_state` with `standing`, `mandate.principal_gone` (the account was closed).
pub async fn act_for(tx: &Tx, actor: &Actor, session: Uuid, mandate: Uuid) -> Result<(), Error> {
    let read = mandates::held(tx, mandate).await?.ok_or(Error::NotFound)?;
    agent_of(tx, actor, &read).await?;
    let standing = read.standing(beijing_date(tx.now()))?;
    if standing != Standing::Active {
        return Err(refused(
            "mandate.wrong_state",
            [("standing", standing.as_str().to_owned())],
        ));
    }
    if !account_is_open_in(tx, read.principal).await? {
        return Err(refused("mandate.principal_gone", []));
    }
    set_acting(tx, actor, session, Some(mandate)).await?;
    jobs::plan(tx).await?;
    tx.audit(
        AuditEntry::new("mandate.act_for")
            .on("mandate", mandate)
            .about(&read.agent_blind),
    )
    .await?;
    Ok(())
}

/// Has the session act for whoever is signed in. Nothing happens where it does already.
pub async fn act_for_self(tx: &Tx, actor: &Actor, session: Uuid) -> Result<(), Error> {
    let live = live_session_in(tx, session).await?.ok_or(Error::NotFound)?;
    set_acting(tx, actor, session, None).await?;
    if live.acting.is_some() {
        tx.audit(AuditEntry::new("mandate.act_for_self").on("session", session))
            .await?;
    }
    Ok(())
}
