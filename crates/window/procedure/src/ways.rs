//! How a case came, and how its result leaves.

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
