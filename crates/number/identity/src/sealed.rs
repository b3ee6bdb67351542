//! Where this room keeps sealed values, for re-sealing after a key was rotated.

use tongban_store::keep::{FieldWord, SealedColumn, SealedKind};

use crate::{
    accounts::row::{NUMBER_FIELD, PHONE_BLIND, PHONE_FIELD},
    face::row::REFERENCE_FIELD,
    upstream::row::{PERSON_FIELD, SECRETS_FIELD, SUBJECT_BLIND, SUBJECT_FIELD},
};

/// The columns that hold sealed values.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    SealedColumn::sealed("accounts", "number_sealed", NUMBER_FIELD),
    SealedColumn::sealed("accounts", "phone_sealed", PHONE_FIELD),
    SealedColumn::sealed("real_name_checks", "number_sealed", NUMBER_FIELD),
    SealedColumn::sealed("face_checks", "reference_sealed", REFERENCE_FIELD),
    // the word under which the faces seal a form that waits
    SealedColumn::sealed("face_checks", "kept", "kept_form"),
    SealedColumn::sealed("upstream_links", "subject_sealed", SUBJECT_FIELD),
    SealedColumn::sealed("upstream_ceremonies", "secrets_sealed", SECRETS_FIELD),
    SealedColumn::sealed("upstream_ceremonies", "person_sealed", PERSON_FIELD),
    SealedColumn::sealed("upstream_ceremonies", "kept", "kept_form"),
    SealedColumn {
        table: "upstream_links",
        id: "id",
        column: "subject_blind",
        kind: SealedKind::Blind {
            word: FieldWord::One(SUBJECT_BLIND),
            from: "subject_sealed",
            from_word: FieldWord::One(SUBJECT_FIELD),
        },
    },
    SealedColumn {
        table: "accounts",
        id: "id",
        column: "number_blind",
        kind: SealedKind::Blind {
            word: FieldWord::of_party("kind"),
            from: "number_sealed",
            from_word: FieldWord::One(NUMBER_FIELD),
        },
    },
    SealedColumn {
        table: "accounts",
        id: "id",
        column: "phone_blind",
        kind: SealedKind::Blind {
            word: FieldWord::One(PHONE_BLIND),
            from: "phone_sealed",
            from_word: FieldWord::One(PHONE_FIELD),
        },
    },
];
