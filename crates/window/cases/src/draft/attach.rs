//! Hand in a file, or take it back while nothing is submitted yet.

use tongban_access::{Action, Actor};
use tongban_catalogue::{ItemVersion, Necessity};
use tongban_procedure::State;
use tongban_store::{AuditEntry, BlobId, StoreError, Tx};
use uuid::Uuid;

use super::{deferred::takes_deferred, jobs};
use crate::{
    case::{
        domain::{Origin, OriginKind},
        history::Line,
        row::{self, material},
        save,
    },
    error::{Error, refused, refused_with},
    filed::row as filed,
};

/// Files that one case may hold.
const MOST_FILES: usize = 60;

/// A file that has already been put into the file store.
#[derive(Debug, Clone)]
pub struct Attach {
    pub case: Uuid,
    pub item: ItemVersion,
    /// Which material it is.
    pub material: String,
    pub blob: BlobId,
    pub file_name: String,
    /// The media type that its first bytes show.
    pub media: String,
    pub size: u64,
}

/// Whether a material takes such a file, before it is stored.
///
/// Refuses `case.no_such_material`, `case.file_type`, `case.file_size`.
pub fn takes(item: &ItemVersion, material: &str, media: &str, size: u64) -> Result<(), Error> {
    let wanted = item
        .content
        .material(material)
        .ok_or_else(|| refused("case.no_such_material"))?;
    if !wanted.media.iter().any(|allowed| allowed == media) {
        return Err(refused_with("case.file_type", &[("material", &wanted.name)]));
    }
    if size > wanted.max_bytes {
        let limit = (wanted.max_bytes / (1024 * 1024)).to_string();
        return Err(refused_with(
            "case.file_size",
            &[("material", &wanted.name), ("limit", &limit)],
        ));
    }
    Ok(())
}

/// Adds a file to a draft or to a supplement, or to a filed case one that may follow (容缺后补). A conflict where the item is not the version by
/// which the case is judged.
pub async fn attach(tx: &Tx, actor: &Actor, input: Attach) -> Result<Uuid, Error> {
    let loaded = save::load(tx, actor, Action::CaseApply, input.case).await?;
    save::same_item(&loaded, &input.item)?;
    let follows = takes_deferred(loaded.state)
        && input
            .item
            .content
            .material(&input.material)
            .is_some_and(|wanted| wanted.necessity == Necessity::Deferred);
    if !follows {
        open(&loaded)?;
    }
    takes(&input.item, &input.material, &input.media, input.size)?;
    if row::materials(tx, input.case).await?.len() >= MOST_FILES {
        return Err(refused("case.too_many_files"));
    }
    let name = input
        .item
        .content
        .material(&input.material)
        .map(|wanted| wanted.name.clone())
        .unwrap_or_default();
    let origin = Origin {
        kind: OriginKind::You,
        label: String::new(),
        reference: None,
        at: Some(tx.now()),
    };
    if follows {
        save::note(
            tx,
            actor,
            Line {
                case: input.case,
                kind: "material_followed",
                note: Some(&name),
                document: None,
            },
        )
        .await?;
    }
    let id = tx.new_id();
    let new = material::Model {
        id,
        case_id: input.case,
        code: input.material.clone(),
        name,
        origin: serde_json::to_string(&origin).map_err(StoreError::from)?,
        blob: Some(input.blob.as_str().to_owned()),
        file_name: Some(input.file_name.chars().take(200).collect()),
        media: Some(input.media),
        size: Some(i64::try_from(input.size).map_err(|_| refused("case.file_size"))?),
        at: tx.now(),
        superseded_at: None,
    };
    row::add_material(tx, new).await?;
    let row = loaded.row.clone();
    save::store(tx, &loaded, row).await?;
    tx.audit(
        AuditEntry::new("case.attach")
            .on("case", input.case)
            .with("material", input.material),
    )
    .await?;
    Ok(id)
}

/// Takes a file off a draft or a supplement. What was filed already is superseded, and stays; anything else is erased.
pub async fn detach(tx: &Tx, actor: &Actor, case: Uuid, material: Uuid) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseApply, case).await?;
    open(&loaded)?;
    let there = row::materials(tx, case)
        .await?
        .into_iter()
        .find(|there| there.id == material)
        .ok_or(Error::NotFound)?;
    if filed::materials_in(tx, case).await?.contains(&material) {
        row::supersede_material(tx, case, material).await?;
    } else {
        row::remove_material(tx, case, material).await?;
        jobs::plan_erasing(tx, there.blob.into_iter().collect()).await?;
    }
    let row = loaded.row.clone();
    save::store(tx, &loaded, row).await?;
    tx.audit(
        AuditEntry::new("case.detach")
            .on("case", case)
            .with("material", material.to_string()),
    )
    .await?;
    Ok(())
}

fn open(loaded: &save::Loaded) -> Result<(), Error> {
    if matches!(loaded.state, State::Draft | State::Supplement) {
        Ok(())
    } else {
        Err(refused_with(
            "case.wrong_state",
            &[("state", loaded.state.as_str())],
        ))
    }
}
