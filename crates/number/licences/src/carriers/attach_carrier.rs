//! Keeps the file that carries a licence.

use tongban_store::{AuditEntry, BlobId, Tx};
use uuid::Uuid;

use super::{query, row};
use crate::{Error, register};

/// Keeps the first PDF of a licence: where two were printed at once, the first wins, and both callers get its name.
/// `sm3` is the digest of the file in hexadecimal. Who may see the licence was judged by whoever printed it.
pub async fn attach_carrier(tx: &Tx, licence: Uuid, blob: &BlobId, sm3: &str) -> Result<BlobId, Error> {
    register::query::by_id(tx.connection(), licence)
        .await?
        .ok_or(Error::NotFound)?;
    if row::insert_first(tx, licence, blob, sm3).await? {
        tx.audit(
            AuditEntry::new("licence.print")
                .on("licence", licence)
                .with("sm3", sm3),
        )
        .await?;
        return Ok(blob.clone());
    }
    let kept = query::pdf_of(tx.connection(), licence)
        .await?
        .ok_or(Error::Conflict)?;
    Ok(BlobId::from_stored(&kept.blob)?)
}
