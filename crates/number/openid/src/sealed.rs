//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::SealedColumn;

use crate::keys::SECRET_FIELD;

/// The columns that hold sealed values.
pub const SEALED_COLUMNS: &[SealedColumn] =
    &[SealedColumn::sealed("openid_keys", "secret_sealed", SECRET_FIELD)];
