//! Takes a published version back.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_codes::{RegionCode, civil::beijing_date};
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::{row, version::VersionState};
use crate::{CatalogueChanged, Error};

/// Which version, and why.
#[derive(Debug, Clone)]
pub struct WithdrawVersion {
    pub version: Uuid,
    /// For the log: 事项取消, 发布有误.
    pub reason: String,
}

/// Takes a published version back. The version published before it is in force again; without one the item is no longer offered. Cases
/// that were filed under it go on by it.
///
/// # Errors
/// `version.reason_missing`, `version.not_published`.
pub async fn withdraw_version(tx: &Tx, actor: &Actor, input: WithdrawVersion) -> Result<(), Error> {
    let mut version = row::version_row_in(tx, input.version)
        .await?
        .ok_or(Error::NotFound)?;
    let item = row::item_in(tx, version.item).await?.ok_or(Error::NotFound)?;
    let region = RegionCode::parse(&version.region)
        .map_err(|error| StoreError::Corrupt(format!("region of item version {}: {error}", version.id)))?;
    permit(
        actor,
        Action::ItemManage,
        &Thing::at(version.organisation, region),
    )?;
    let reason = input.reason.trim();
    if reason.is_empty() {
        return Err(Error::refused("version.reason_missing", []));
    }
    if version.state != VersionState::Published.as_str() {
        return Err(Error::refused(
            "version.not_published",
            [("state", version.state)],
        ));
    }
    let (item_id, number) = (item.id, version.number);
    VersionState::Withdrawn.as_str().clone_into(&mut version.state);
    version.version += 1;
    version.withdrawn_at = Some(tx.now());
    row::update_version(tx, version).await?;
    row::put_in_force(tx, item, beijing_date(tx.now())).await?;
    tx.audit(
        AuditEntry::new("item.withdraw")
            .on("item", item_id)
            .with("version", number)
            .with("reason", reason),
    )
    .await?;
    tx.emit(&CatalogueChanged { items: vec![item_id] }).await?;
    Ok(())
}
