//! How a case came, how its result leaves, and where its values come from. Pure.

use serde::{Deserialize, Serialize};

/// How the applicant came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 网上
    Online,
    /// 窗口
    Window,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Window => "window",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "online" => Some(Self::Online),
            "window" => Some(Self::Window),
            _ => None,
        }
    }
}

/// How the result reaches the applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The electronic result is enough.
    #[default]
    Electronic,
    /// 窗口领取
    PickUp,
    /// 邮寄
    Post,
}

impl Delivery {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Electronic => "electronic",
            Self::PickUp => "pick_up",
            Self::Post => "post",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "electronic" => Some(Self::Electronic),
            "pick_up" => Some(Self::PickUp),
            "post" => Some(Self::Post),
            _ => None,
        }
    }
}

/// Where a value or a material came from, as the page says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub kind: OriginKind,
    /// In words: the register, the licence.
    pub label: String,
    /// The read of the exchange or the licence it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<uuid::Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The kinds of origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// The applicant typed or uploaded it.
    You,
    /// The account that applies.
    Account,
    /// A department's register, through the exchange.
    Resource,
    /// A licence that the applicant holds.
    Licence,
    /// The source did not answer; the applicant fills it by hand.
    Waiting,
}
