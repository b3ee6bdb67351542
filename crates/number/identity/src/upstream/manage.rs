//! Seeing and cutting the own links.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_access::Actor;
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::row;
use crate::{Error, error::own_account};

/// A link as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpstreamView {
    pub id: Uuid,
    /// The operator's word for the platform.
    pub provider: String,
    pub linked_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

/// The own links, the oldest first.
pub async fn own_upstreams(store: &Store, actor: &Actor) -> Result<Vec<UpstreamView>, Error> {
    let account = own_account(actor, "identity.own_upstreams")?;
    let rows = row::of_account(store.reader(), account).await?;
    Ok(rows
        .into_iter()
        .map(|row| UpstreamView {
            id: row.id,
            provider: row.provider,
            linked_at: row.linked_at,
            used_at: row.used_at,
        })
        .collect())
}

/// Cuts one of the own links: the platform opens nothing here any more. Sessions that it opened stay. `name_of` says what people
/// know a platform by.
pub async fn cut_upstream(
    tx: &Tx,
    actor: &Actor,
    link: Uuid,
    name_of: impl Fn(&str) -> String,
) -> Result<(), Error> {
    let account = own_account(actor, "identity.cut_upstream")?;
    let provider = row::remove(tx, account, link).await?.ok_or(Error::NotFound)?;
    tx.audit(
        AuditEntry::new("identity.upstream_cut")
            .on("account", account)
            .with("app", name_of(&provider))
            .with("provider", provider),
    )
    .await?;
    Ok(())
}
