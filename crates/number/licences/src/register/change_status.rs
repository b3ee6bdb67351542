//! Suspends, restores, revokes or cancels a licence.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_codes::RegionCode;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    cause::StatusCause,
    domain::{LicenceStatus, StatusChange},
    query,
    row::{self, Model},
};
use crate::{Error, LicenceChanged, error::refused};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// What is done to a licence, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeStatus {
    pub licence: Uuid,
    pub change: StatusChange,
    /// The word of a [`StatusCause`] of this change.
    pub cause: String,
    /// In the words that the holder reads.
    pub reason: String,
    /// The version that was seen.
    pub version: i32,
}

/// Changes the status of a licence of the own organisation. Answers the new status.
///
/// Refusals: `licence.cause_missing`, `licence.reason_missing`, `licence.reason_too_long`, `licence.status` (the change does not lead from the present status).
pub async fn change_status(tx: &Tx, actor: &Actor, input: ChangeStatus) -> Result<LicenceStatus, Error> {
    let row = query::by_id(tx.connection(), input.licence)
        .await?
        .ok_or(Error::NotFound)?;
    permit(actor, Action::LicenceManage, &thing(&row)?)?;
    let cause = StatusCause::check(&input.cause, Some(input.change))?;
    let reason = check_reason(&input.reason)?;
    let status = input.change.from(row.status()?)?;
    row::move_status(tx, &row, input.version, status, (cause, &reason)).await?;
    tx.audit(
        AuditEntry::new(input.change.act())
            .on("licence", row.id)
            .about(&row.holder_blind)
            .with("cause", cause.as_str())
            .with("reason", reason),
    )
    .await?;
    tx.emit(&LicenceChanged {
        licence: row.id,
        status,
    })
    .await?;
    Ok(status)
}

/// What the permission to manage a licence looks at.
pub(crate) fn thing(row: &Model) -> Result<Thing, Error> {
    let region = RegionCode::parse(&row.region).map_err(|_| row.corrupt("region"))?;
    Ok(Thing {
        item: row.item,
        ..Thing::at(row.issuer, region)
    })
}

pub(super) fn check_reason(reason: &str) -> Result<String, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(refused("licence.reason_missing", []));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(refused(
            "licence.reason_too_long",
            [("limit", LONGEST_REASON.to_string())],
        ));
    }
    Ok(reason.to_owned())
}
