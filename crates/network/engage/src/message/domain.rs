//! Kinds of message. The sentence of a kind is a text of the pages, `message-` and its word.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_cases::CaseSummary;
use tongban_licences::LicenceStatus;
use tongban_procedure::State;
use uuid::Uuid;

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    Submitted,
    SupplementAsked,
    /// The term of a supplement ends soon.
    SupplementDue,
    Lapsed,
    Accepted,
    NotAccepted,
    /// 特别程序: the clock stands still.
    SpecialStarted,
    SpecialEnded,
    LimitExtended,
    Granted,
    Refused,
    /// The paper result was handed over.
    Delivered,
    Withdrawn,
    /// The licence that the decision led to is there.
    LicenceIssued,
    /// Asks to rate, some days after the decision, where nobody has rated yet.
    RatingAsked,
    /// A draft that nobody touches will be erased.
    DraftExpiring,
    LicenceSuspended,
    LicenceRestored,
    LicenceRevoked,
    LicenceCancelled,
    /// A new edition stands in its place.
    LicenceReplaced,
    /// Somebody wants the holder to act for them.
    MandateOffered,
    MandateAccepted,
    MandateRefused,
    MandateRevoked,
    MandateGivenUp,
    /// A window recorded that somebody acts for the holder.
    MandateRecorded,
    /// The register names somebody as the legal representative of the firm.
    MandateRepresented,
    /// A window ended it.
    MandateEnded,
    /// The register names another representative.
    MandateLapsed,
    MandateEnding,
}

impl MessageKind {
    pub const ALL: [Self; 31] = [
        Self::Submitted,
        Self::SupplementAsked,
        Self::SupplementDue,
        Self::Lapsed,
        Self::Accepted,
        Self::NotAccepted,
        Self::SpecialStarted,
        Self::SpecialEnded,
        Self::LimitExtended,
        Self::Granted,
        Self::Refused,
        Self::Delivered,
        Self::Withdrawn,
        Self::LicenceIssued,
        Self::RatingAsked,
        Self::DraftExpiring,
        Self::LicenceSuspended,
        Self::LicenceRestored,
        Self::LicenceRevoked,
        Self::LicenceCancelled,
        Self::LicenceReplaced,
        Self::MandateOffered,
        Self::MandateAccepted,
        Self::MandateRefused,
        Self::MandateRevoked,
        Self::MandateGivenUp,
        Self::MandateRecorded,
        Self::MandateRepresented,
        Self::MandateEnded,
        Self::MandateLapsed,
        Self::MandateEnding,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::SupplementAsked => "supplement_asked",
            Self::SupplementDue => "supplement_due",
            Self::Lapsed => "lapsed",
            Self::Delivered => "delivered",
            Self::Accepted => "accepted",
            Self::NotAccepted => "not_accepted",
            Self::SpecialStarted => "special_started",
            Self::SpecialEnded => "special_ended",
            Self::LimitExtended => "limit_extended",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::LicenceIssued => "licence_issued",
            Self::RatingAsked => "rating_asked",
            Self::DraftExpiring => "draft_expiring",
            Self::LicenceSuspended => "licence_suspended",
            Self::LicenceRestored => "licence_restored",
            Self::LicenceRevoked => "licence_revoked",
            Self::LicenceCancelled => "licence_cancelled",
            Self::LicenceReplaced => "licence_replaced",
            Self::MandateOffered => "mandate_offered",
            Self::MandateAccepted => "mandate_accepted",
            Self::MandateRefused => "mandate_refused",
            Self::MandateRevoked => "mandate_revoked",
            Self::MandateGivenUp => "mandate_given_up",
            Self::MandateRecorded => "mandate_recorded",
            Self::MandateRepresented => "mandate_represented",
            Self::MandateEnded => "mandate_ended",
            Self::MandateLapsed => "mandate_lapsed",
            Self::MandateEnding => "mandate_ending",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The messages about a decision: the state of the case says how it went.
    pub(crate) fn of_decision(case: &CaseSummary) -> Vec<Self> {
        match case.state {
            State::Granted if case.licence.is_some() => vec![Self::Granted, Self::LicenceIssued],
            State::Granted => vec![Self::Granted],
            State::Refused => vec![Self::Refused],
            _ => Vec::new(),
        }
    }

    /// Where somebody with an account looks.
    pub(crate) fn own_link(self, case: &CaseSummary) -> String {
        match (self, case.licence) {
            (Self::LicenceIssued, Some(licence)) => format!("/my/licences/{licence}"),
            (Self::RatingAsked, _) => format!("/my/cases/{}#rating", case.id),
            (Self::DraftExpiring, _) => format!("/my/cases/{}/form", case.id),
            _ => format!("/my/cases/{}", case.id),
        }
    }

    /// Where somebody without an account looks: the page of the case's link, which shows no licence and no draft.
    pub(crate) fn open_link(self, code: &str) -> Option<String> {
        match self {
            Self::LicenceIssued | Self::DraftExpiring => None,
            Self::RatingAsked => Some(format!("/progress/{code}#rating")),
            _ => Some(format!("/progress/{code}")),
        }
    }

    /// The message about a licence that stands in another way than before.
    pub(crate) fn of_licence(status: LicenceStatus) -> Self {
        match status {
            LicenceStatus::Valid => Self::LicenceRestored,
            LicenceStatus::Suspended => Self::LicenceSuspended,
            LicenceStatus::Revoked => Self::LicenceRevoked,
            LicenceStatus::Replaced => Self::LicenceReplaced,
            LicenceStatus::Cancelled => Self::LicenceCancelled,
        }
    }

    /// The text of the short message: what happened, and where to look. No name, no number of a person.
    pub(crate) fn short_message(self, item: &str, link: &str) -> String {
        let what = match self {
            Self::Submitted => "您的申请已提交",
            Self::SupplementAsked => "您的申请需要补正材料",
            Self::SupplementDue => "您的申请补正期限快到了，请尽快补正",
            Self::Lapsed => "您的申请逾期未补正，已终结",
            Self::Delivered => "您的办理结果已送达",
            Self::Accepted => "您的申请已受理",
            Self::NotAccepted => "您的申请不予受理",
            Self::SpecialStarted => "您的申请进入特别程序，办理期限暂停计算",
            Self::SpecialEnded => "您的申请特别程序已结束，办理期限恢复计算",
            Self::LimitExtended => "您的申请办理期限已延长",
            Self::Granted => "您的申请已办好",
            Self::Refused => "您的申请已作出不予决定",
            Self::Withdrawn => "您的申请已撤回",
            Self::LicenceIssued => "您的电子证照已颁发",
            Self::RatingAsked => "请对这次服务作出评价",
            Self::DraftExpiring => "您的申请草稿很久没有动，即将删除",
            Self::LicenceSuspended => "您的证照已被暂扣",
            Self::LicenceRestored => "您的证照已恢复使用",
            Self::LicenceRevoked => "您的证照已被撤销或者吊销",
            Self::LicenceCancelled => "您的证照已注销",
            Self::LicenceReplaced => "您的证照已换发新版",
            Self::MandateOffered => "有人请您代为办事，请确认",
            Self::MandateAccepted => "代办人已接受您的授权",
            Self::MandateRefused => "代办人没有接受您的授权",
            Self::MandateRevoked => "您的代办授权已被收回",
            Self::MandateGivenUp => "代办人已放弃您的授权",
            Self::MandateRecorded => "窗口已登记代办授权",
            Self::MandateRepresented => "登记机关登记的法定代表人已经可以代单位办事",
            Self::MandateEnded => "代办授权已在窗口终止",
            Self::MandateLapsed => "登记机关的法定代表人已变更，您不再代表该单位",
            Self::MandateEnding => "代办授权快到期了",
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
