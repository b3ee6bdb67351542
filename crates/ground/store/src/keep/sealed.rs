//! Which columns hold sealed values. Each room declares its own; the binary collects them.

/// The word that a value is sealed or blinded under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldWord {
    /// Always the same.
    One(&'static str),
    /// By what another column of the row says; the last word where none fits.
    By {
        column: &'static str,
        words: &'static [(&'static str, &'static str)],
        otherwise: &'static str,
    },
}

impl FieldWord {
    /// `citizen` or `uscc`, by a column that holds the kind of party.
    pub const fn of_party(column: &'static str) -> Self {
        Self::By {
            column,
            words: &[("enterprise", "uscc")],
            otherwise: "citizen",
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedKind {
    /// A value of `seal`.
    Sealed(FieldWord),
    /// A value of `blind`, made again from a sealed column of the same row.
    Blind {
        word: FieldWord,
        from: &'static str,
        from_word: FieldWord,
    },
    /// A value of `blind` about somebody whose number rests in another table: found through the `Blind` columns there.
    BlindOfAnother,
    /// JSON text with sealed members, by name and word.
    Members(&'static [(&'static str, &'static str)]),
}

/// One column that re-sealing goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    pub table: &'static str,
    /// The primary key, one column.
    pub id: &'static str,
    pub column: &'static str,
    pub kind: SealedKind,
}

impl SealedColumn {
    pub const fn sealed(table: &'static str, column: &'static str, word: &'static str) -> Self {
        Self {
            table,
            id: "id",
            column,
            kind: SealedKind::Sealed(FieldWord::One(word)),
        }
    }
}
