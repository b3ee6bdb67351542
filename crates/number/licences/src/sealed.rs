//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::{FieldWord, SealedColumn, SealedKind};

use crate::register::row::{CODE, FIELDS, NUMBER, RECORD};

/// The columns that hold sealed values.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    SealedColumn::sealed("licences", "holder_number_sealed", NUMBER),
    SealedColumn::sealed("licences", "fields_sealed", FIELDS),
    SealedColumn::sealed("licences", "record_sealed", RECORD),
    SealedColumn::sealed("licences", "verify_code_sealed", CODE),
    SealedColumn {
        table: "licences",
        id: "id",
        column: "holder_blind",
        kind: SealedKind::Blind {
            word: FieldWord::of_party("holder_kind"),
            from: "holder_number_sealed",
            from_word: FieldWord::One(NUMBER),
        },
    },
];
