//! Puts a file that everybody may have into the draft of an item, or takes it out again: blank forms, samples.

use tongban_access::Actor;
use tongban_codes::RegionCode;
use tongban_store::{AuditEntry, BlobId, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{Attachment, ItemContent},
    draft_version::{DraftVersion, DraftedVersion, draft_version},
    row,
};
use crate::{Error, row::item_file};

/// Where a file of an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilePlace {
    /// The blank form of a material, by its code.
    Blank(String),
    /// The filled sample of a material, by its code.
    Example(String),
    /// The sample of a result, by its place in the list.
    Sample(usize),
}

impl FilePlace {
    /// `blank`, `example`, `sample`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Blank(_) => "blank",
            Self::Example(_) => "example",
            Self::Sample(_) => "sample",
        }
    }

    fn slot<'content>(&self, content: &'content mut ItemContent) -> Option<&'content mut Option<Attachment>> {
        match self {
            Self::Blank(code) => content.material_mut(code).map(|material| &mut material.blank),
            Self::Example(code) => content.material_mut(code).map(|material| &mut material.example),
            Self::Sample(index) => content
                .results
                .get_mut(*index)
                .map(|result| &mut result.sample_file),
        }
    }
}

/// A file whose content is in the file store already.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub blob: BlobId,
    pub name: String,
    pub media: String,
    pub bytes: u64,
}

/// What becomes of a place.
#[derive(Debug, Clone)]
pub struct AttachFile {
    pub item: Uuid,
    /// The guard of the draft as it was read.
    pub expected: i32,
    pub place: FilePlace,
    /// None takes out what is there.
    pub file: Option<NewFile>,
}

/// Puts a file into the draft in the place of what was there. The content of a file that is no longer shown stays: an older version may show it.
///
/// # Errors
/// What [`draft_version`] refuses; `NotFound` where there is no draft or no such place; Conflict when the draft was changed since it was read.
pub async fn attach_file(tx: &Tx, actor: &Actor, input: AttachFile) -> Result<DraftedVersion, Error> {
    let found = row::item_in(tx, input.item).await?.ok_or(Error::NotFound)?;
    let draft = found.draft.ok_or(Error::NotFound)?;
    let draft = row::version_row_in(tx, draft).await?.ok_or(Error::NotFound)?;
    let mut content = row::content_of(&draft)?;
    let slot = input.place.slot(&mut content).ok_or(Error::NotFound)?;
    let attached = input.file.map(|file| {
        let attachment = Attachment {
            id: tx.new_id(),
            name: file.name,
            media: file.media,
            bytes: file.bytes,
        };
        (attachment, file.blob)
    });
    *slot = attached.as_ref().map(|(attachment, _)| attachment.clone());
    let region = RegionCode::parse(&found.region)
        .map_err(|error| StoreError::Corrupt(format!("region of item {}: {error}", found.id)))?;
    let drafted = draft_version(
        tx,
        actor,
        DraftVersion {
            item: Some(found.id),
            code: found.code,
            region,
            organisation: draft.organisation,
            content,
            effective_from: None,
            expected: Some(input.expected),
        },
    )
    .await?;
    let mut entry = AuditEntry::new("item.file")
        .on("item", found.id)
        .with("place", input.place.as_str());
    if let Some((attachment, blob)) = attached {
        entry = entry.with("file", attachment.id.to_string());
        row::insert_file(
            tx,
            item_file::Model {
                id: attachment.id,
                item: found.id,
                blob: blob.as_str().to_owned(),
                added_at: tx.now(),
            },
        )
        .await?;
    }
    tx.audit(entry).await?;
    Ok(drafted)
}
