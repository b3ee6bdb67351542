//! Registering clients: one operator writes, another approves.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{ClientAuth, ClientContent, ClientStanding},
    query::by_id,
    row::{self, Change, Set, client},
};
use crate::{
    Error,
    error::refused,
    grants,
    scope::{covers, joined},
    tokens,
};

/// A client that was written down for the first time.
#[derive(Debug, Clone)]
pub struct NewClient {
    pub id: Uuid,
    pub client_id: String,
}

/// What to write, of which client.
#[derive(Debug, Clone)]
pub struct ProposeClient {
    /// None: a new one.
    pub client: Option<(Uuid, i32)>,
    pub content: ClientContent,
}

fn operator(actor: &Actor) -> Result<Uuid, Error> {
    permit(actor, Action::ClientManage, &Thing::none())?;
    // the platform itself registers nothing: somebody answers for it
    actor.account().ok_or(Error::NotFound)
}

/// Writes a new client, or a change of one. Nothing of it is in use before another operator has approved it.
///
/// Refusals: those of [`ClientContent::checked`]; `openid.sector_stays` (under another sector its people would be strangers).
pub async fn propose_client(tx: &Tx, actor: &Actor, input: ProposeClient) -> Result<NewClient, Error> {
    let by = operator(actor)?;
    let content = input.content.checked()?;
    let text = serde_json::to_string(&content).map_err(tongban_store::StoreError::from)?;
    let new = match input.client {
        None => {
            let new = NewClient {
                id: tx.new_id(),
                client_id: tx.random_code(),
            };
            row::insert(
                tx,
                client::Model {
                    id: new.id,
                    client_id: new.client_id.clone(),
                    name: content.name.clone(),
                    standing: ClientStanding::New.as_str().to_owned(),
                    secret_hash: None,
                    content: None,
                    proposal: Some(text),
                    proposed_by: Some(by),
                    writers: by.to_string(),
                    handed_in: false,
                    remark: None,
                    sandbox: false,
                    approved_by: None,
                    approved_at: None,
                    created_at: tx.now(),
                    version: 1,
                },
            )
            .await?;
            new
        }
        Some((id, version)) => {
            let found = by_id(tx.connection(), id).await?.ok_or(Error::NotFound)?;
            if let Some(used) = row::content_of(found.content.as_deref())?
                && used.sector != content.sector
            {
                return Err(refused("openid.sector_stays", [("sector", used.sector)]));
            }
            // everybody who has written since the last approval
            let writers = joined(&found.writers, &by.to_string());
            let change = Change {
                proposal: Set(Some(text)),
                proposed_by: Set(Some(by)),
                writers: Set(writers),
                handed_in: Set(false),
                remark: Set(None),
                ..Default::default()
            };
            row::change(tx, id, version, change).await?;
            NewClient {
                id,
                client_id: found.client_id,
            }
        }
    };
    tx.audit(
        AuditEntry::new("openid.client_proposed")
            .on("client", new.id)
            .with("name", content.name),
    )
    .await?;
    Ok(new)
}

/// Hands what was written in for its review.
///
/// Refusal: `openid.nothing_proposed`.
pub async fn hand_in_client(tx: &Tx, actor: &Actor, id: Uuid, version: i32) -> Result<(), Error> {
    operator(actor)?;
    let found = by_id(tx.connection(), id).await?.ok_or(Error::NotFound)?;
    if found.proposal.is_none() {
        return Err(refused("openid.nothing_proposed", []));
    }
    let change = Change {
        handed_in: Set(true),
        remark: Set(None),
        ..Default::default()
    };
    row::change(tx, id, version, change).await?;
    tx.audit(AuditEntry::new("openid.client_handed_in").on("client", id))
        .await?;
    Ok(())
}

/// What a review says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Approve,
    /// Back to whoever wrote it, with a reason.
    SendBack(String),
}

/// Reviews what another operator wrote. What is approved is in use at once.
///
/// Refusals: `openid.nothing_proposed`, `openid.own_review`, `openid.remark_missing`.
pub async fn review_client(
    tx: &Tx,
    actor: &Actor,
    id: Uuid,
    version: i32,
    decision: Decision,
) -> Result<(), Error> {
    let by = operator(actor)?;
    let found = by_id(tx.connection(), id).await?.ok_or(Error::NotFound)?;
    let Some(proposal) = found.proposal.clone().filter(|_| found.handed_in) else {
        return Err(refused("openid.nothing_proposed", []));
    };
    if covers(&found.writers, &by.to_string()) {
        return Err(refused("openid.own_review", []));
    }
    let action = match decision {
        Decision::Approve => {
            let content = row::content_of(Some(&proposal))?.ok_or(Error::NotFound)?;
            let standing = match found.standing()? {
                ClientStanding::New => ClientStanding::Active,
                other => other,
            };
            let change = Change {
                name: Set(content.name.clone()),
                standing: Set(standing.as_str().to_owned()),
                content: Set(Some(proposal)),
                proposal: Set(None),
                writers: Set(String::new()),
                handed_in: Set(false),
                remark: Set(None),
                approved_by: Set(Some(by)),
                approved_at: Set(Some(tx.now())),
                // who shows itself by a key has no secret that could leak
                secret_hash: Set(found.secret_hash.filter(|_| content.auth == ClientAuth::Secret)),
                ..Default::default()
            };
            row::change(tx, id, version, change).await?;
            // what it may no longer ask for, nobody has let it have
            grants::row::narrow(tx, id, &content.scopes).await?;
            "openid.client_approved"
        }
        Decision::SendBack(remark) => {
            let remark: String = remark.trim().chars().take(500).collect();
            if remark.is_empty() {
                return Err(refused("openid.remark_missing", []));
            }
            let change = Change {
                handed_in: Set(false),
                remark: Set(Some(remark)),
                ..Default::default()
            };
            row::change(tx, id, version, change).await?;
            "openid.client_sent_back"
        }
    };
    tx.audit(AuditEntry::new(action).on("client", id)).await?;
    Ok(())
}

/// Takes a client out of use, or puts it back. Out of use, none of its tokens holds.
///
/// Refusal: `openid.never_approved`.
pub async fn suspend_client(
    tx: &Tx,
    actor: &Actor,
    id: Uuid,
    version: i32,
    suspended: bool,
) -> Result<(), Error> {
    operator(actor)?;
    let found = by_id(tx.connection(), id).await?.ok_or(Error::NotFound)?;
    if found.content.is_none() {
        return Err(refused("openid.never_approved", []));
    }
    let (standing, action) = if suspended {
        (ClientStanding::Suspended, "openid.client_suspended")
    } else {
        (ClientStanding::Active, "openid.client_resumed")
    };
    let change = Change {
        standing: Set(standing.as_str().to_owned()),
        ..Default::default()
    };
    row::change(tx, id, version, change).await?;
    // also when it comes back: what was issued in the very moment of the end is nothing
    tokens::row::end_of_client(tx, id, "client_suspended").await?;
    tx.audit(AuditEntry::new(action).on("client", id)).await?;
    Ok(())
}

/// Makes a new secret for a client and tells it, once. The old one is good no longer.
///
/// Refusal: `openid.no_secret_needed`.
pub async fn new_client_secret(tx: &Tx, actor: &Actor, id: Uuid, version: i32) -> Result<String, Error> {
    operator(actor)?;
    let found = by_id(tx.connection(), id).await?.ok_or(Error::NotFound)?;
    let content = row::content_of(found.content.as_deref())?;
    if content.is_none_or(|content| content.auth != ClientAuth::Secret) {
        return Err(refused("openid.no_secret_needed", []));
    }
    let secret = tx.random_code();
    let change = Change {
        secret_hash: Set(Some(secret_hash(tx.store(), id, &secret))),
        ..Default::default()
    };
    row::change(tx, id, version, change).await?;
    tx.audit(AuditEntry::new("openid.client_secret_made").on("client", id))
        .await?;
    Ok(secret)
}

/// A client of the platform itself, known beforehand, in use at once.
#[derive(Debug, Clone)]
pub struct Registered {
    pub client_id: String,
    pub secret: Option<String>,
    pub content: ClientContent,
}

/// Registers a client for developers to try. The binary does so in the demo only; its secret is no secret.
pub async fn register_sandbox_client(tx: &Tx, input: Registered) -> Result<Uuid, Error> {
    let content = input.content.checked()?;
    let id = tx.new_id();
    row::insert(
        tx,
        client::Model {
            id,
            client_id: input.client_id,
            name: content.name.clone(),
            standing: ClientStanding::Active.as_str().to_owned(),
            secret_hash: input.secret.map(|secret| secret_hash(tx.store(), id, &secret)),
            content: Some(serde_json::to_string(&content).map_err(tongban_store::StoreError::from)?),
            proposal: None,
            proposed_by: None,
            writers: String::new(),
            handed_in: false,
            remark: None,
            sandbox: true,
            approved_by: None,
            approved_at: Some(tx.now()),
            created_at: tx.now(),
            version: 1,
        },
    )
    .await?;
    tx.audit(AuditEntry::new("openid.sandbox_registered").on("client", id))
        .await?;
    Ok(id)
}

/// The hash under which the secret of a client rests. It has 160 random bits: nothing slow is needed.
pub(crate) fn secret_hash(store: &tongban_store::Store, client: Uuid, secret: &str) -> String {
    store
        .keys()
        .token_hash(&format!("openid-secret|{client}|{secret}"))
}
