//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::{FieldWord, SealedColumn, SealedKind};

use crate::factors::SECRET_FIELD;

/// The columns that hold sealed values.
pub const SEALED_COLUMNS: &[SealedColumn] = &[of_factors("secret_sealed"), of_factors("pending_sealed")];

const fn of_factors(column: &'static str) -> SealedColumn {
    SealedColumn {
        table: "staff_factors",
        id: "account",
        column,
        kind: SealedKind::Sealed(FieldWord::One(SECRET_FIELD)),
    }
}
