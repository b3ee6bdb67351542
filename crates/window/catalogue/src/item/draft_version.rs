//! Writes a draft: a new item, a new version of an item, or changes to the draft that is there.

use chrono::NaiveDate;
use tongban_access::{Action, Actor, Thing, permit};
use tongban_codes::{ItemCode, RegionCode, civil::beijing_date};
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::{
    check::check,
    domain::ItemContent,
    row::{self, Origin},
    version::VersionState,
};
use crate::{
    Error,
    row::{item, item_version},
};

/// What the draft shall say.
#[derive(Debug, Clone)]
pub struct DraftVersion {
    /// The item; none makes a new one.
    pub item: Option<Uuid>,
    /// The implementation code of a new item; an item keeps its code and its region.
    pub code: String,
    pub region: RegionCode,
    /// The organisation that is responsible.
    pub organisation: Uuid,
    pub content: ItemContent,
    /// The civil day from which it shall be in force; today where nothing is said.
    pub effective_from: Option<NaiveDate>,
    /// The guard of the draft as it was read; none for the first draft after a publication.
    pub expected: Option<i32>,
}

/// The draft as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftedVersion {
    pub item: Uuid,
    pub version: Uuid,
    pub number: i32,
    /// To be handed in with the next change.
    pub guard: i32,
}

/// Writes a draft. An item has at most one.
///
/// # Errors
/// `item.code_taken`, what [`ItemCode::parse`] refuses, `item.name_missing`, `item.name_too_long`, `item.form`,
/// `item.form_of_authority`, `item.part_code_missing`, `item.part_code_twice`, `item.material_name`, `item.material_media`; Conflict when
/// the draft is not the one that was read.
pub async fn draft_version(tx: &Tx, actor: &Actor, mut input: DraftVersion) -> Result<DraftedVersion, Error> {
    input.content.settle_situations();
    let found = match input.item {
        Some(id) => Some(row::item_in(tx, id).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    // An item keeps its region, whatever is handed in.
    let region = match &found {
        Some(found) => RegionCode::parse(&found.region)
            .map_err(|error| StoreError::Corrupt(format!("region of item {}: {error}", found.id)))?,
        None => input.region.clone(),
    };
    permit(actor, Action::ItemManage, &Thing::at(input.organisation, region))?;
    check(&input.content)?;
    let drafted = match found {
        None => first_draft(tx, input).await?,
        Some(found) => match found.draft {
            None => next_draft(tx, found, input).await?,
            Some(draft) => change_draft(tx, found, draft, input).await?,
        },
    };
    tx.audit(
        AuditEntry::new("item.draft")
            .on("item", drafted.item)
            .with("version", drafted.number),
    )
    .await?;
    Ok(drafted)
}

async fn first_draft(tx: &Tx, input: DraftVersion) -> Result<DraftedVersion, Error> {
    let code = ItemCode::parse(&input.code)
        .map_err(|error| Error::code(&error))?
        .as_str()
        .to_owned();
    if row::item_by_code_in(tx, &code).await?.is_some() {
        return Err(Error::refused("item.code_taken", [("code", code)]));
    }
    let mut made = item::Model {
        id: tx.new_id(),
        code,
        region: input.region.as_str().to_owned(),
        organisation: input.organisation,
        department: String::new(),
        name: String::new(),
        item_type: String::new(),
        current: None,
        draft: None,
        applicable: false,
        findings: 0,
        revision: 0,
        imported: None,
        made_at: tx.now(),
    };
    row::describe(&mut made, input.organisation, &input.content);
    let version = version_row(tx, &made, 1, &input)?;
    made.draft = Some(version.id);
    let drafted = drafted(&version);
    row::insert_items(tx, vec![made]).await?;
    row::insert_versions(tx, vec![version]).await?;
    Ok(drafted)
}

async fn next_draft(tx: &Tx, mut found: item::Model, input: DraftVersion) -> Result<DraftedVersion, Error> {
    if input.expected.is_some() {
        // The draft that was read has been published meanwhile.
        return Err(Error::Conflict);
    }
    let number = row::latest_in(tx, found.id)
        .await?
        .map_or(1, |latest| latest.number + 1);
    let version = version_row(tx, &found, number, &input)?;
    found.draft = Some(version.id);
    if found.current.is_none() {
        row::describe(&mut found, input.organisation, &input.content);
    }
    let drafted = drafted(&version);
    row::insert_versions(tx, vec![version]).await?;
    row::update_item(tx, found).await?;
    Ok(drafted)
}

async fn change_draft(
    tx: &Tx,
    mut found: item::Model,
    draft: Uuid,
    input: DraftVersion,
) -> Result<DraftedVersion, Error> {
    let mut version = row::version_row_in(tx, draft).await?.ok_or(Error::NotFound)?;
    if input.expected != Some(version.version) {
        return Err(Error::Conflict);
    }
    version.version += 1;
    version.origin = Origin::Desk.as_str().to_owned();
    version.organisation = input.organisation;
    version.content = row::content_text(&input.content)?;
    version.effective_from = input.effective_from.unwrap_or(version.effective_from);
    let drafted = drafted(&version);
    row::update_version(tx, version).await?;
    if found.current.is_none() {
        row::describe(&mut found, input.organisation, &input.content);
        row::update_item(tx, found).await?;
    }
    Ok(drafted)
}

fn version_row(
    tx: &Tx,
    of: &item::Model,
    number: i32,
    input: &DraftVersion,
) -> Result<item_version::Model, Error> {
    Ok(item_version::Model {
        id: tx.new_id(),
        item: of.id,
        code: of.code.clone(),
        number,
        state: VersionState::Draft.as_str().to_owned(),
        origin: Origin::Desk.as_str().to_owned(),
        organisation: input.organisation,
        region: of.region.clone(),
        effective_from: input.effective_from.unwrap_or_else(|| beijing_date(tx.now())),
        content: row::content_text(&input.content)?,
        version: 1,
        made_at: tx.now(),
        published_at: None,
        withdrawn_at: None,
    })
}

fn drafted(version: &item_version::Model) -> DraftedVersion {
    DraftedVersion {
        item: version.item,
        version: version.id,
        number: version.number,
        guard: version.version,
    }
}
