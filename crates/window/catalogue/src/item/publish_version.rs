//! Publishes a draft.

use chrono::NaiveDate;
use tongban_access::{Action, Actor, Thing, permit};
use tongban_codes::{
    RegionCode,
    civil::{beijing_date, day_start},
};
use tongban_directory::import::Finding;
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::{lint::lint, registered::registered_in, row, version::VersionState};
use crate::{
    CatalogueChanged, Error, VersionDue,
    row::{item, item_version},
};

/// Which draft, from when, and whether its findings may stay.
#[derive(Debug, Clone, Default)]
pub struct PublishVersion {
    pub version: Uuid,
    /// The guard of the draft as it was read; none publishes whatever stands there.
    pub expected: Option<i32>,
    /// The civil day from which it is in force; the draft's own day, or today where that has passed.
    pub effective_from: Option<NaiveDate>,
    /// Publish in spite of findings and keep them as debts.
    pub allow_debts: bool,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedVersion {
    pub item: Uuid,
    pub version: Uuid,
    pub effective_from: NaiveDate,
    /// The findings that were kept.
    pub debts: Vec<Finding>,
}

/// Publishes a draft. It is in force from its effective day; the version before stays as it is.
///
/// # Errors
/// `version.not_draft`; `version.effective_past` (a version may not begin before today); `version.ends_before` (its last day is before its first); `item.lint` with the number of findings and the
/// first of them (`count`, `field`, `finding`); Conflict when the draft was changed since it was read.
pub async fn publish_version(
    tx: &Tx,
    actor: &Actor,
    input: PublishVersion,
) -> Result<PublishedVersion, Error> {
    let version = row::version_row_in(tx, input.version)
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
    if version.state != VersionState::Draft.as_str() {
        return Err(Error::refused("version.not_draft", [("state", version.state)]));
    }
    if input.expected.is_some_and(|expected| expected != version.version) {
        return Err(Error::Conflict);
    }
    let today = beijing_date(tx.now());
    if input.effective_from.is_some_and(|day| day < today) {
        return Err(Error::refused(
            "version.effective_past",
            [("today", today.to_string())],
        ));
    }
    let content = row::content_of(&version)?;
    let findings = lint(&content, &registered_in(tx, std::iter::once(&content)).await?);
    if !input.allow_debts
        && let Some(first) = findings.first()
    {
        return Err(Error::refused(
            "item.lint",
            [
                ("count", findings.len().to_string()),
                ("field", first.field.clone()),
                ("finding", first.code.clone()),
            ],
        ));
    }
    let effective_from = input.effective_from.unwrap_or(version.effective_from).max(today);
    if let Some(last_day) = content.effective_until
        && last_day < effective_from
    {
        return Err(Error::refused(
            "version.ends_before",
            [
                ("last_day", last_day.to_string()),
                ("first_day", effective_from.to_string()),
            ],
        ));
    }
    let published = PublishedVersion {
        item: item.id,
        version: version.id,
        effective_from,
        debts: findings.clone(),
    };
    let entry = AuditEntry::new("item.publish")
        .on("item", item.id)
        .with("version", version.number)
        .with("effective_from", effective_from.to_string())
        .with("debts", findings.len());
    publish_row(tx, item, version, effective_from, findings).await?;
    tx.audit(entry).await?;
    tx.emit(&CatalogueChanged {
        items: vec![published.item],
    })
    .await?;
    Ok(published)
}

/// Turns a draft into a published version, with its debts in place of the earlier ones. Tells nobody.
pub(super) async fn publish_row(
    tx: &Tx,
    mut item: item::Model,
    mut version: item_version::Model,
    effective_from: NaiveDate,
    debts: Vec<Finding>,
) -> Result<(), Error> {
    let today = beijing_date(tx.now());
    let (item_id, version_id, region) = (item.id, version.id, version.region.clone());
    let last_day = row::content_of(&version)?.effective_until;
    VersionState::Published.as_str().clone_into(&mut version.state);
    version.version += 1;
    version.effective_from = effective_from;
    version.published_at = Some(tx.now());
    row::update_version(tx, version).await?;
    item.draft = None;
    item.findings = i32::try_from(debts.len()).unwrap_or(i32::MAX);
    row::replace_findings(tx, item_id, version_id, &region, debts).await?;
    row::put_in_force(tx, item, today).await?;
    if effective_from > today {
        tx.enqueue(&VersionDue { item: item_id }, day_start(effective_from))
            .await?;
    }
    row::plan_end(tx, item_id, last_day).await
}

/// The first day of a planned version has come, or the last day of one has passed: makes the item say what is in force now. May run twice.
pub(crate) async fn bring_into_force(tx: &Tx, item: Uuid) -> Result<(), Error> {
    let Some(row) = row::item_in(tx, item).await? else {
        return Ok(());
    };
    row::put_in_force(tx, row, beijing_date(tx.now())).await?;
    tx.emit(&CatalogueChanged { items: vec![item] }).await?;
    Ok(())
}
