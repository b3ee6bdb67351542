//! The systems that a person signs in to with their account here, as they see them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_access::{Actor, Denied};
use tongban_store::{AuditEntry, Page, PageRequest, Store, Tx};
use uuid::Uuid;

use super::{query, row};
use crate::{Error, clients, logout, scope::words, tokens};

/// One system that the person lets have something.
#[derive(Debug, Clone, Serialize)]
pub struct LinkedApp {
    /// Of the grant.
    pub id: Uuid,
    pub name: String,
    pub name_english: String,
    pub organisation: String,
    pub purpose: String,
    /// What it may have: words of scopes.
    pub scopes: Vec<String>,
    pub given_at: DateTime<Utc>,
    /// When somebody last signed in there.
    pub used_at: DateTime<Utc>,
}

fn own(actor: &Actor, action: &'static str) -> Result<Uuid, Denied> {
    actor
        .holder()
        .filter(|_| actor.holder_kind().is_some())
        .ok_or(Denied::new(actor, action))
}

/// The own grants that stand, the last used first.
pub async fn linked_apps(store: &Store, actor: &Actor, page: PageRequest) -> Result<Page<LinkedApp>, Error> {
    let account = own(actor, "openid.linked_apps")?;
    let found = query::standing_of(store, account, page).await?;
    let contents = clients::query::contents(store, found.rows.iter().map(|row| row.client).collect()).await?;
    let total = found.total;
    let apps = found
        .rows
        .into_iter()
        .filter_map(|row| {
            let content = contents.get(&row.client)?;
            Some(LinkedApp {
                id: row.id,
                name: content.name.clone(),
                name_english: content.name_english.clone(),
                organisation: content.organisation.clone(),
                purpose: content.purpose.clone(),
                scopes: words(&row.scopes).into_iter().map(str::to_owned).collect(),
                given_at: row.given_at,
                used_at: row.used_at,
            })
        })
        .collect();
    Ok(Page::new(apps, total, page))
}

/// Takes back what a system was let have. What it holds is good no longer, and it is told that the person is signed out.
pub async fn unlink_app(tx: &Tx, actor: &Actor, id: Uuid) -> Result<(), Error> {
    let account = own(actor, "openid.unlink_app")?;
    if !row::revoke(tx, account, id).await? {
        return Err(Error::NotFound);
    }
    let ended = tokens::row::end_of_grant(tx, id, "unlinked").await?;
    logout::tell(tx, &ended).await?;
    tx.audit(
        AuditEntry::new("openid.unlinked")
            .on("account", account)
            .with("grant", id.to_string()),
    )
    .await?;
    Ok(())
}
