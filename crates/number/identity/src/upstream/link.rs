//! The person says yes to a link.

use tongban_access::{Actor, PartyKind};
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{domain::Stage, finish::linked, row};
use crate::{
    Error, Refusal,
    accounts::query,
    error::{own_account, refusal, refused},
    sessions::query::in_act,
    sign_in::domain::may_change_ways_in,
};

/// A link that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedUpstream {
    /// The operator's word for the platform.
    pub provider: String,
    /// Where the person wanted to go.
    pub back: String,
    /// A form that waits, sealed by the face.
    pub kept: Option<String>,
}

/// Links whom a platform named in this browser with the own account. `name_of` says what people know a platform by.
///
/// Refusals: `identity.persons_only`, `identity.upstream_lost` (nothing waits here, or for another session),
/// `identity.sign_in_anew` (what waits goes on waiting), `identity.upstream_taken`, `identity.upstream_has_one`,
/// `identity.upstream_other_person` (the platform vouches for another number than the account's).
pub async fn link_upstream<F>(
    store: &Store,
    actor: &Actor,
    session: Uuid,
    browser: &str,
    name_of: F,
) -> Result<LinkedUpstream, Error>
where
    F: Fn(&str) -> String + Clone + Send + Sync + 'static,
{
    let account = own_account(actor, "identity.link_upstream")?;
    if actor.holder_kind() != Some(PartyKind::Person) {
        return Err(refused("identity.persons_only", []));
    }
    let browser = browser.to_owned();
    let outcome = store
        .write(actor.as_holder().signer(), move |tx| {
            let (browser, name_of) = (browser.clone(), name_of.clone());
            async move { record(&tx, account, session, &browser, &name_of).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: what waited is used up with it.
async fn record<F: Fn(&str) -> String>(
    tx: &Tx,
    account: Uuid,
    session: Uuid,
    browser: &str,
    name_of: &F,
) -> Result<Result<LinkedUpstream, Refusal>, Error> {
    let lost = || refused("identity.upstream_lost", []);
    query::by_id_held(tx, account).await?.ok_or(Error::NotFound)?;
    // in the act: a session that was ended a moment ago links nothing any more
    let live = in_act(tx, session)
        .await?
        .filter(|live| live.account.id == account)
        .ok_or(Error::NotFound)?;
    let found = row::waiting(tx.connection(), tx.store(), browser, tx.now())
        .await?
        .filter(|row| row.is(Stage::Links) && row.session.is_none_or(|asked| asked == session))
        .ok_or_else(lost)?;
    may_change_ways_in(&live, tx.now())?;
    let person = found.person(tx.store())?.ok_or_else(lost)?;
    if !row::end(tx, found.id).await? {
        return Err(lost());
    }
    let own = query::party_in(tx, account).await?.map(|party| party.number);
    let code = if row::by_subject(tx, &person).await?.is_some() {
        Some("identity.upstream_taken")
    } else if row::has_link(tx, account, &found.provider).await? {
        Some("identity.upstream_has_one")
    } else if matches!((&own, &person.number), (Some(own), Some(theirs)) if own != theirs) {
        Some("identity.upstream_other_person")
    } else {
        None
    };
    if let Some(code) = code {
        let entry = AuditEntry::new("identity.upstream_refused")
            .on("account", account)
            .with("provider", found.provider)
            .with("reason", code.rsplit('.').next().unwrap_or(code));
        tx.audit(entry).await?;
        return Ok(Err(refusal(code, [])));
    }
    let name = name_of(&found.provider);
    linked(tx, account, &found.provider, &name, &person, false).await?;
    Ok(Ok(LinkedUpstream {
        provider: found.provider,
        back: found.back,
        kept: found.kept,
    }))
}
