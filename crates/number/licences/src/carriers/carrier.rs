//! The PDF of a licence: printed on first view, kept, and the same for ever.

use std::sync::Arc;

use bytes::Bytes;
use tongban_access::Actor;
use tongban_crypto::{constant_time_eq, sm3_hex};
use tongban_press::{PressError, Typesetter};
use tongban_store::{BlobId, Store, StoreError};
use uuid::Uuid;

use super::{
    attach_carrier::attach_carrier, missing_characters::report_missing_characters, page::carrier_page, query,
};
use crate::{Error, register};

/// What printing needs from the installation.
#[derive(Clone)]
pub struct Printing<'call> {
    pub typesetter: Arc<dyn Typesetter>,
    /// Typst source: `templates/documents/licence.typ`, or what a locality puts in its place.
    pub template: &'call str,
    /// The address of the portal without a slash at its end.
    pub site: &'call str,
}

impl std::fmt::Debug for Printing<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Printing")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

/// The PDF of a licence for its holder, or for the organisation that issued it. It is printed outside every act; only
/// its name and hash are written.
///
/// Refusals: `licence.character_missing` names the characters that no font has; a task for staff waits until one has them. For who may not see the licence there is
/// none (`NotFound`).
pub async fn carrier(
    store: &Store,
    printing: Printing<'_>,
    actor: &Actor,
    licence: Uuid,
) -> Result<Bytes, Error> {
    let row = register::query::by_id(store.reader(), licence)
        .await?
        .ok_or(Error::NotFound)?;
    register::query::viewing(store, actor, &row).await?;
    if let Some(bytes) = kept(store, licence).await? {
        return Ok(bytes);
    }
    let view = register::query::view(store, &row).await?;
    let page = carrier_page(&view, printing.template, printing.site)?;
    let typesetter = printing.typesetter;
    // Printing takes a while; other requests must not wait for it.
    let printed = tokio::task::spawn_blocking(move || typesetter.pdf(&page))
        .await
        .map_err(|_| StoreError::Unavailable("the typesetter broke off"))?;
    let pdf = match printed {
        Ok(pdf) => Bytes::from(pdf),
        Err(error) => {
            if let PressError::MissingGlyph { characters } = &error {
                let characters: String = characters.iter().collect();
                let document = format!("{} {}", view.name, view.identifier);
                report_missing_characters(store, actor.signer(), &document, &characters).await?;
            }
            return Err(error.into());
        }
    };
    let blob = store.blobs().put(&pdf).await?;
    let sm3 = sm3_hex(&pdf);
    let (mine, actor) = (blob.clone(), actor.clone());
    let first = store
        .write(actor.signer(), move |tx| {
            let (blob, sm3) = (blob.clone(), sm3.clone());
            async move { attach_carrier(&tx, licence, &blob, &sm3).await }
        })
        .await?;
    if first == mine {
        return Ok(pdf);
    }
    // Somebody printed it at the same moment, for another address; theirs is the one that is known.
    kept(store, licence).await?.ok_or(Error::Conflict)
}

/// The PDF that was kept, compared with its hash.
async fn kept(store: &Store, licence: Uuid) -> Result<Option<Bytes>, Error> {
    let Some(row) = query::pdf_of(store.reader(), licence).await? else {
        return Ok(None);
    };
    let bytes = store.blobs().get(&BlobId::from_stored(&row.blob)?).await?;
    if !constant_time_eq(sm3_hex(&bytes), &row.sm3) {
        return Err(StoreError::Corrupt(format!(
            "the page of licence {licence} is not the one that was kept"
        ))
        .into());
    }
    Ok(Some(bytes))
}
