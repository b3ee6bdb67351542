//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::{FieldWord, SealedColumn, SealedKind};

use crate::case::save::{ADDRESS, CITIZEN, FACT, FORM, PHONE, PROGRESS};

/// What a number is sealed and blinded under: [`number_field`](crate::case::save::number_field) as data.
const NUMBER: FieldWord = FieldWord::of_party("party_kind");

/// The columns that hold sealed values.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    SealedColumn {
        table: "cases",
        id: "id",
        column: "applicant_sealed",
        kind: SealedKind::Sealed(NUMBER),
    },
    SealedColumn {
        table: "cases",
        id: "id",
        column: "applicant_blind",
        kind: SealedKind::Blind {
            word: NUMBER,
            from: "applicant_sealed",
            from_word: NUMBER,
        },
    },
    SealedColumn::sealed("cases", "agent_sealed", CITIZEN),
    SealedColumn::sealed("cases", "phone_sealed", PHONE),
    SealedColumn::sealed("cases", "form_sealed", FORM),
    SealedColumn::sealed("cases", "delivery_sealed", ADDRESS),
    SealedColumn::sealed("cases", "progress_sealed", PROGRESS),
    SealedColumn::sealed("case_filed_forms", "form_sealed", FORM),
    SealedColumn::sealed("case_facts", "facts_sealed", FACT),
];
