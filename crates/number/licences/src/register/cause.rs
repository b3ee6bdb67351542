//! Why the issuing organ does something to a licence: a closed list, so that causes can be counted. The reason in words stands beside
//! it. Pure.

use serde::{Deserialize, Serialize};

use super::domain::StatusChange;
use crate::{Error, error::refused};

/// A cause. 行政处罚法 knows 暂扣 and 吊销, 行政许可法 knows 撤销 and 注销.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusCause {
    /// 行政处罚：暂扣许可证件
    PenaltySuspension,
    /// 法律、法规规定的其他暂扣情形
    OtherSuspension,
    /// 暂扣期满
    SuspensionOver,
    /// 暂扣决定被撤销或者变更
    SuspensionLifted,
    /// 行政处罚：吊销许可证件
    PenaltyRevocation,
    /// 以欺骗、贿赂等不正当手段取得，撤销
    ObtainedByFraud,
    /// 许可作出不合法，撤销
    UnlawfullyGranted,
    /// 有效期届满未延续，注销
    NotRenewed,
    /// 公民死亡或者丧失行为能力，注销
    HolderIncapable,
    /// 法人或者其他组织终止，注销
    HolderDissolved,
    /// 许可被撤回，注销
    PermitWithdrawn,
    /// 不可抗力致使无法实施，注销
    Impossible,
    /// 持有人申请注销
    HolderAsked,
    /// 法律、法规规定的其他注销情形
    OtherCancellation,
    /// 变更
    ParticularsChanged,
    /// 更正错误
    Correction,
    /// 延续、换发
    Renewal,
    /// 遗失、损毁补发
    Lost,
}

impl StatusCause {
    pub const ALL: [Self; 18] = [
        Self::PenaltySuspension,
        Self::OtherSuspension,
        Self::SuspensionOver,
        Self::SuspensionLifted,
        Self::PenaltyRevocation,
        Self::ObtainedByFraud,
        Self::UnlawfullyGranted,
        Self::NotRenewed,
        Self::HolderIncapable,
        Self::HolderDissolved,
        Self::PermitWithdrawn,
        Self::Impossible,
        Self::HolderAsked,
        Self::OtherCancellation,
        Self::ParticularsChanged,
        Self::Correction,
        Self::Renewal,
        Self::Lost,
    ];

    /// The stable word, as forms post it and rows keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PenaltySuspension => "penalty_suspension",
            Self::OtherSuspension => "other_suspension",
            Self::SuspensionOver => "suspension_over",
            Self::SuspensionLifted => "suspension_lifted",
            Self::PenaltyRevocation => "penalty_revocation",
            Self::ObtainedByFraud => "obtained_by_fraud",
            Self::UnlawfullyGranted => "unlawfully_granted",
            Self::NotRenewed => "not_renewed",
            Self::HolderIncapable => "holder_incapable",
            Self::HolderDissolved => "holder_dissolved",
            Self::PermitWithdrawn => "permit_withdrawn",
            Self::Impossible => "impossible",
            Self::HolderAsked => "holder_asked",
            Self::OtherCancellation => "other_cancellation",
            Self::ParticularsChanged => "particulars_changed",
            Self::Correction => "correction",
            Self::Renewal => "renewal",
            Self::Lost => "lost",
        }
    }

    /// The cause of a stored or posted word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }

    /// The change that it is a cause of; `None` is a new edition.
    pub fn change(self) -> Option<StatusChange> {
        match self {
            Self::PenaltySuspension | Self::OtherSuspension => Some(StatusChange::Suspend),
            Self::SuspensionOver | Self::SuspensionLifted => Some(StatusChange::Restore),
            Self::PenaltyRevocation | Self::ObtainedByFraud | Self::UnlawfullyGranted => {
                Some(StatusChange::Revoke)
            }
            Self::NotRenewed
            | Self::HolderIncapable
            | Self::HolderDissolved
            | Self::PermitWithdrawn
            | Self::Impossible
            | Self::HolderAsked
            | Self::OtherCancellation => Some(StatusChange::Cancel),
            Self::ParticularsChanged | Self::Correction | Self::Renewal | Self::Lost => None,
        }
    }

    /// The causes of a change, or of a new edition, in the order of a list.
    pub fn of(change: Option<StatusChange>) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |cause| cause.change() == change)
    }

    /// The cause that was posted for a change, or for a new edition. Refusal: `licence.cause_missing`.
    pub(crate) fn check(word: &str, change: Option<StatusChange>) -> Result<Self, Error> {
        Self::from_word(word)
            .filter(|cause| cause.change() == change)
            .ok_or_else(|| refused("licence.cause_missing", []))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_has_causes_of_its_own() {
        let changes = StatusChange::ALL.into_iter().map(Some).chain([None]);
        let counts: Vec<_> = changes.map(|change| StatusCause::of(change).count()).collect();
        assert_eq!(counts, [2, 2, 3, 7, 4]);
        for cause in StatusCause::ALL {
            assert_eq!(StatusCause::from_word(cause.as_str()), Some(cause));
            assert_eq!(StatusCause::check(cause.as_str(), cause.change()).unwrap(), cause);
        }
        assert!(StatusCause::check("renewal", Some(StatusChange::Revoke)).is_err());
        assert!(StatusCause::check("", None).is_err());
    }
}
