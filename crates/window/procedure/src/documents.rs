//! The kinds of document (standards: list of 文书 by moment).

use serde::{Deserialize, Serialize};

/// One kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 材料接收凭证
    Receipt,
    /// 补正材料接收凭证
    SupplementReceipt,
    /// 申请材料补正告知书
    SupplementNotice,
    /// 受理通知书 (行政许可法 32: dated and written)
    Acceptance,
    /// 不予受理通知书
    NonAcceptance,
    /// 特别程序告知书 (行政许可法 45: the applicant is told in writing how long it takes)
    SpecialNotice,
    /// 延长期限告知书 (行政许可法 42: the reasons are told)
    ExtensionNotice,
    /// 终结告知书: nobody answered the supplement in its term
    Lapse,
    /// 视为准予延续通知书: nobody decided on a renewal before the licence ended (行政许可法 50)
    RenewalBySilence,
    /// 准予决定书
    Grant,
    /// 不予决定书 (行政许可法 38: reasons and remedies)
    Refusal,
    /// 送达回证
    DeliveryReceipt,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Receipt,
        Self::SupplementNotice,
        Self::SupplementReceipt,
        Self::Acceptance,
        Self::NonAcceptance,
        Self::SpecialNotice,
        Self::ExtensionNotice,
        Self::Lapse,
        Self::RenewalBySilence,
        Self::Grant,
        Self::Refusal,
        Self::DeliveryReceipt,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::SupplementNotice => "supplement_notice",
            Self::SupplementReceipt => "supplement_receipt",
            Self::Acceptance => "acceptance",
            Self::NonAcceptance => "non_acceptance",
            Self::SpecialNotice => "special_notice",
            Self::ExtensionNotice => "extension_notice",
            Self::Lapse => "lapse",
            Self::RenewalBySilence => "renewal_by_silence",
            Self::Grant => "grant",
            Self::Refusal => "refusal",
            Self::DeliveryReceipt => "delivery_receipt",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The title of the document. A permit's decision is called so by the law; other matters have a plainer name.
    pub fn title(self, permit: bool) -> &'static str {
        match (self, permit) {
            (Self::Receipt, _) => "申请材料接收凭证",
            (Self::SupplementNotice, _) => "申请材料补正告知书",
            (Self::SupplementReceipt, _) => "补正材料接收凭证",
            (Self::Acceptance, true) => "行政许可申请受理通知书",
            (Self::Acceptance, false) => "申请受理通知书",
            (Self::NonAcceptance, true) => "行政许可申请不予受理通知书",
            (Self::NonAcceptance, false) => "申请不予受理通知书",
            (Self::SpecialNotice, true) => "行政许可特别程序告知书",
            (Self::SpecialNotice, false) => "特别程序告知书",
            (Self::ExtensionNotice, true) => "行政许可决定延期告知书",
            (Self::ExtensionNotice, false) => "办理期限延长告知书",
            (Self::Lapse, true) => "行政许可申请终结告知书",
            (Self::Lapse, false) => "申请终结告知书",
            (Self::RenewalBySilence, _) => "视为准予延续行政许可通知书",
            (Self::DeliveryReceipt, _) => "送达回证",
            (Self::Grant, true) => "准予行政许可决定书",
            (Self::Grant, false) => "办理结果通知书",
            (Self::Refusal, true) => "不予行政许可决定书",
            (Self::Refusal, false) => "不予办理决定书",
        }
    }

    /// The word in the document number: 受〔2026〕7号.
    pub fn series(self) -> &'static str {
        match self {
            Self::Receipt => "收",
            Self::SupplementNotice => "补",
            Self::SupplementReceipt => "补收",
            Self::Acceptance => "受",
            Self::NonAcceptance => "不受",
            Self::SpecialNotice => "特",
            Self::ExtensionNotice => "延",
            Self::Lapse => "终",
            Self::RenewalBySilence => "视延",
            Self::Grant => "准",
            Self::Refusal => "不准",
            Self::DeliveryReceipt => "送",
        }
    }
}
