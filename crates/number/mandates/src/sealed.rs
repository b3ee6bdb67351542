//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::{FieldWord, SealedColumn, SealedKind};

use crate::{mandate::row::AGENT_FIELD, representation::row::CODE_FIELD};

/// The columns that hold sealed values.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    SealedColumn::sealed("mandates", "agent_sealed", AGENT_FIELD),
    SealedColumn::sealed("representation_checks", "code_sealed", CODE_FIELD),
    SealedColumn {
        table: "mandates",
        id: "id",
        column: "agent_blind",
        kind: SealedKind::Blind {
            word: FieldWord::One("citizen"),
            from: "agent_sealed",
            from_word: FieldWord::One(AGENT_FIELD),
        },
    },
];
