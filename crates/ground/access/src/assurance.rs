//! How sure the platform is of who acts.

use serde::{Deserialize, Serialize};

/// The three levels of assurance (身份认证等级), the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// 一级, 注册: a phone was shown to be theirs, no more.
    Registered,
    /// 二级, 实名: name and number agree with the register, or an office entered them.
    #[default]
    RealName,
    /// 三级, 实人: within the last hour, in this session, the person was recognised: at a window, by a passkey that was
    /// bound at one, or by a face check.
    InPerson,
}

impl Assurance {
    pub const ALL: [Self; 3] = [Self::Registered, Self::RealName, Self::InPerson];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::RealName => "real_name",
            Self::InPerson => "in_person",
        }
    }

    /// The level of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// The level of what a list says: its number or its word.
    pub fn from_text(text: &str) -> Option<Self> {
        match text.trim().parse() {
            Ok(number) => Self::from_number(number),
            Err(_) => Self::from_word(text.trim()),
        }
    }

    /// 1, 2 or 3.
    pub fn number(self) -> u8 {
        match self {
            Self::Registered => 1,
            Self::RealName => 2,
            Self::InPerson => 3,
        }
    }

    /// The level of a number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|level| i64::from(level.number()) == number)
    }
}
