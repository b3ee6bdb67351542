//! Acting for somebody else.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Thing;

/// As what somebody acts for a person or a firm (代理, Civil Code art. 161 ff.).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateKind {
    /// 法定代表人: found in the register of enterprises.
    Representative,
    /// 管理员: appoints agents for the firm.
    Administrator,
    /// 经办人: handles matters for the firm.
    Agent,
    /// 亲友代办: somebody whom a person trusts.
    Family,
    /// 监护人: of a minor, or of an adult who cannot act alone.
    Guardian,
}

impl MandateKind {
    pub const ALL: [Self; 5] = [
        Self::Representative,
        Self::Administrator,
        Self::Agent,
        Self::Family,
        Self::Guardian,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Representative => "representative",
            Self::Administrator => "administrator",
            Self::Agent => "agent",
            Self::Family => "family",
            Self::Guardian => "guardian",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a mandate is for. Both empty: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateScope {
    /// Matters, by the item that all its versions share.
    pub items: Vec<Uuid>,
    /// Departments: all their matters.
    pub organisations: Vec<Uuid>,
}

impl MandateScope {
    pub fn is_everything(&self) -> bool {
        self.items.is_empty() && self.organisations.is_empty()
    }

    /// Whether a thing lies within.
    pub fn holds(&self, thing: &Thing) -> bool {
        self.is_everything()
            || thing.item.is_some_and(|item| self.items.contains(&item))
            || thing
                .organisation
                .is_some_and(|organisation| self.organisations.contains(&organisation))
    }
}

/// By what somebody acts for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    pub mandate: Uuid,
    /// The account of the one who acts.
    pub agent: Uuid,
    pub kind: MandateKind,
    pub scope: MandateScope,
}
