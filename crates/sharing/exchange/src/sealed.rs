//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::{FieldWord, SealedColumn, SealedKind};

use crate::{reads::NONCE_FIELD, resources::SECRET_FIELD};

/// The columns that hold sealed values.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    SealedColumn {
        table: "exchange_resources",
        id: "code",
        column: "secret_sealed",
        kind: SealedKind::Sealed(FieldWord::One(SECRET_FIELD)),
    },
    SealedColumn::sealed("exchange_reads", "nonce_sealed", NONCE_FIELD),
    SealedColumn {
        table: "exchange_reads",
        id: "id",
        column: "subject_blind",
        kind: SealedKind::BlindOfAnother,
    },
];
