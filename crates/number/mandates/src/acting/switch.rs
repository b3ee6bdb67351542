//! Choose for whom a session acts.

use std::time::Duration;

use tongban_access::{Actor, MandateKind};
use tongban_codes::civil::beijing_date;
use tongban_exchange::Exchange;
use tongban_identity::{account_is_open_in, live_session_in, set_acting};
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use crate::{
    Error,
    error::refused,
    jobs,
    mandate::{
        Standing,
        query::{agent_of, find},
        row as mandates,
    },
    representation::{Claim, RepresentationRules, claim_representation},
};

/// How many days after the register's last word it is asked again when its representative begins to act, and how many days a representative may go on to
/// begin while it does not answer.
const ASK_AGAIN: i64 = 1;
const SILENT_FOR: i64 = 7;

/// Has the session act under a mandate that is in force; the person's own, or there is none. Of a representative the register is asked again first, where
/// its last word is a day old, within `budget`: whoever does not represent the firm any more is told so now.
///
/// Refuses `mandate.wrong_state` with `standing`, `mandate.principal_gone` (the account was closed), and those of
/// [`claim_representation`]; a register that does not answer is forgiven for a week.
pub async fn begin_to_act(
    store: &Store,
    exchange: &Exchange,
    actor: &Actor,
    rules: &RepresentationRules,
    (session, mandate): (Uuid, Uuid),
    budget: Duration,
) -> Result<(), Error> {
    let actor = actor.as_holder();
    if let Some(read) = find(store, mandate).await?
        && read.kind()? == MandateKind::Representative
    {
        let age = read.checked_at.map(|checked| store.now() - checked);
        if age.is_none_or(|age| age >= chrono::Duration::days(ASK_AGAIN)) {
            let asked =
                claim_representation(store, exchange, &actor, rules, Claim::Again(mandate), budget).await;
            match asked {
                Ok(_) => {}
                Err(Error::Refused(refusal))
                    if refusal.code == "mandate.register_silent"
                        && age.is_some_and(|age| age < chrono::Duration::days(SILENT_FOR)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { act_for(&tx, &by, session, mandate).await }
        })
        .await
}

async fn act_for(tx: &Tx, actor: &Actor, session: Uuid, mandate: Uuid) -> Result<(), Error> {
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
