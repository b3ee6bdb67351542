//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::{SealedColumn, SealedKind};

use crate::sms::{PHONE_FIELD, TEXT_FIELD};

/// The columns that hold sealed values. A message that waits carries its number and its text in the job.
pub const SEALED_COLUMNS: &[SealedColumn] = &[SealedColumn {
    table: "jobs",
    id: "id",
    column: "payload",
    kind: SealedKind::Members(&[("phone", PHONE_FIELD), ("text", TEXT_FIELD)]),
}];
