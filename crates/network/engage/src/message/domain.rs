//! Kinds of message. The sentence of a kind is a text of the pages, `message-` and its word.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_cases::State;
use uuid::Uuid;

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    Submitted,
    SupplementAsked,
    Accepted,
    NotAccepted,
    Granted,
    Refused,
    Withdrawn,
}

impl MessageKind {
    pub const ALL: [Self; 7] = [
        Self::Submitted,
        Self::SupplementAsked,
        Self::Accepted,
        Self::NotAccepted,
        Self::Granted,
        Self::Refused,
        Self::Withdrawn,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::SupplementAsked => "supplement_asked",
            Self::Accepted => "accepted",
            Self::NotAccepted => "not_accepted",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The message about a decision: the state of the case says how it went.
    pub(crate) fn of_decision(state: State) -> Option<Self> {
        match state {
            State::Granted => Some(Self::Granted),
            State::Refused => Some(Self::Refused),
            _ => None,
        }
    }

    /// The text of the short message: what happened, and where to look. No name, no number of a person.
    pub(crate) fn short_message(self, item: &str, link: &str) -> String {
        let what = match self {
            Self::Submitted => "您的申请已提交",
            Self::SupplementAsked => "您的申请需要补正材料",
            Self::Accepted => "您的申请已受理",
            Self::NotAccepted => "您的申请不予受理",
            Self::Granted => "您的申请已办结，请对本次服务作出评价",
            Self::Refused => "您的申请已作出不予决定",
            Self::Withdrawn => "您的申请已撤回",
        };
        format!("【通办】{what}：{item}。详情 {link}")
    }
}

/// A message as the page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    pub id: Uuid,
    pub kind: MessageKind,
    /// What the sentence needs: `item`, `number`, `department`, `until` …
    pub args: BTreeMap<String, String>,
    /// A path of this site.
    pub link: String,
    pub at: DateTime<Utc>,
    pub read: bool,
}
