//! Lets go of the file of an upload that nobody has imported.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tongban_store::{AuditEntry, Event, Tx};
use uuid::Uuid;

use super::query;
use crate::Error;

/// Days for which the file of an upload is kept while nobody imports it.
pub const UPLOAD_KEPT_DAYS: i64 = 7;

/// When an upload that arrived then is let go of, if nobody has imported it.
pub(super) fn kept_until(received_at: DateTime<Utc>) -> DateTime<Utc> {
    received_at + TimeDelta::days(UPLOAD_KEPT_DAYS)
}

/// The file of an upload is not needed any more. The room that knows all who hold files erases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadExpired {
    pub upload: Uuid,
    /// The name of the file: a keyed digest.
    pub file: String,
}

impl Event for UploadExpired {
    const TOPIC: &'static str = "import.upload_expired";
}

/// Lets go of one upload; false where it was imported or let go of meanwhile, so that it may run again. Its dry run and its report stay.
pub(crate) async fn expire_upload(tx: &Tx, upload: Uuid) -> Result<bool, Error> {
    let Some(file) = query::mark_erased(tx, upload).await? else {
        return Ok(false);
    };
    tx.audit(AuditEntry::new("import.erase_upload").on("import_upload", upload))
        .await?;
    tx.emit(&UploadExpired { upload, file }).await?;
    Ok(true)
}
