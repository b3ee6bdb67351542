//! Throws a draft away.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_codes::RegionCode;
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::{row, version::VersionState};
use crate::Error;

/// Which draft.
#[derive(Debug, Clone, Copy)]
pub struct DiscardDraft {
    pub version: Uuid,
    /// The guard of the draft as it was read.
    pub expected: i32,
}

/// Throws a draft away. A draft was never in force, so nothing of the history goes with it; an item that was nothing but this draft goes
/// as well. Answers whether the item is still there.
///
/// # Errors
/// `version.not_draft`; Conflict when the draft was changed since it was read.
pub async fn discard_draft(tx: &Tx, actor: &Actor, input: DiscardDraft) -> Result<bool, Error> {
    let version = row::version_row_in(tx, input.version)
        .await?
        .ok_or(Error::NotFound)?;
    let mut item = row::item_in(tx, version.item).await?.ok_or(Error::NotFound)?;
    let region = RegionCode::parse(&version.region)
        .map_err(|error| StoreError::Corrupt(format!("region of item version {}: {error}", version.id)))?;
    permit(
        actor,
        Action::ItemManage,
        &Thing::at(version.organisation, region),
    )?;
    if version.state != VersionState::Draft.as_str() {
        return Err(Error::refused("version.not_draft", [("state", version.state)]));
    }
    if version.version != input.expected {
        return Err(Error::Conflict);
    }
    row::delete_draft(tx, &version).await?;
    item.draft = None;
    let latest = row::latest_in(tx, item.id).await?;
    let entry = AuditEntry::new("item.discard")
        .on("item", item.id)
        .with("version", version.number)
        .with("code", item.code.as_str());
    match latest {
        None => row::delete_item(tx, item.id).await?,
        Some(ref latest) => {
            if item.current.is_none() {
                // Lists showed the draft; they show what was there last again.
                row::describe(&mut item, latest.organisation, &row::content_of(latest)?);
            }
            row::update_item(tx, item).await?;
        }
    }
    tx.audit(entry).await?;
    Ok(latest.is_some())
}
