//! Issues a new edition of a licence.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use tongban_access::{Action, Actor, permit};
use tongban_codes::{LicenceIdentifier, RegionCode, civil::beijing_date};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    cause::StatusCause,
    change_status::{check_reason, thing},
    domain::{self, IssueLicence, Issued, LicenceStatus},
    edition, issue, query, row,
};
use crate::{Error, LicenceChanged, error::refused, types};

/// What is different in the new edition. `None` keeps what stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Reissue {
    pub licence: Uuid,
    /// The word of a [`StatusCause`] of a new edition.
    pub cause: String,
    /// In the words that the holder reads.
    pub reason: String,
    /// The version that was seen.
    pub version: i32,
    pub holder_name: Option<String>,
    pub valid_from: Option<NaiveDate>,
    /// `Some(None)` makes it 长期.
    pub valid_to: Option<Option<NaiveDate>>,
    /// Replaces the fields that it names. A text takes the form of what it replaces (a list by 、, a number, 是 or 否).
    pub fields: Map<String, Value>,
}

impl Reissue {
    /// A new edition that says the same.
    pub fn unchanged(licence: Uuid, reason: impl Into<String>, version: i32) -> Self {
        Self {
            licence,
            cause: StatusCause::Renewal.as_str().to_owned(),
            reason: reason.into(),
            version,
            holder_name: None,
            valid_from: None,
            valid_to: None,
            fields: Map::new(),
        }
    }
}

/// Issues a new edition (变更、换发) under the same serial, with an identifier and a code of its own; the old edition becomes *replaced*.
/// The day of issue is today.
///
/// Refusals: `licence.cause_missing`, `licence.masked_value` (a masked value is no value), `licence.reason_missing`, `licence.reason_too_long`, `licence.status` (only a valid licence has a next
/// edition), `licence.holder_name`, `licence.period`, `licence.version` (after 999 editions).
pub async fn reissue(tx: &Tx, actor: &Actor, input: Reissue) -> Result<Issued, Error> {
    let old = query::by_id(tx.connection(), input.licence)
        .await?
        .ok_or(Error::NotFound)?;
    permit(actor, Action::LicenceManage, &thing(&old)?)?;
    let cause = StatusCause::check(&input.cause, None)?;
    let reason = check_reason(&input.reason)?;
    if old.status()? != LicenceStatus::Valid {
        return Err(refused("licence.status", [("status", old.status)]));
    }
    let kind = types::query::by_code(tx.connection(), &old.type_code)
        .await?
        .ok_or_else(|| old.corrupt("type"))?;
    let mut fields = old.fields(tx.store())?;
    edition::correct(&mut fields, input.fields)?;
    let new = IssueLicence {
        type_code: old.type_code.clone(),
        holder_kind: old.holder_kind()?,
        holder_name: input.holder_name.unwrap_or_else(|| old.holder_name.clone()),
        holder_number: old.number(tx.store())?,
        issuer: old.issuer,
        issuer_name: old.issuer_name.clone(),
        issuer_code: old.issuer_code.clone(),
        region: RegionCode::parse(&old.region).map_err(|_| old.corrupt("region"))?,
        issued_on: beijing_date(tx.now()),
        valid_from: input.valid_from.unwrap_or(old.valid_from),
        valid_to: input.valid_to.unwrap_or(old.valid_to),
        fields,
        item_name: old.item_name.clone(),
        item_code: old.item_code.clone(),
        item: old.item,
        case_number: old.case_number.clone(),
    };
    let new = domain::check(new, &kind)?;
    let identifier = LicenceIdentifier::parse(&old.identifier)
        .map_err(|_| old.corrupt("identifier"))?
        .next_version()?;
    row::move_status(tx, &old, input.version, LicenceStatus::Replaced, (cause, &reason)).await?;
    tx.audit(
        AuditEntry::new("licence.replace")
            .on("licence", old.id)
            .about(&old.holder_blind)
            .with("cause", cause.as_str())
            .with("reason", reason),
    )
    .await?;
    tx.emit(&LicenceChanged {
        licence: old.id,
        status: LicenceStatus::Replaced,
    })
    .await?;
    issue::store(tx, &new, &kind, &identifier, Some(old.id)).await
}
