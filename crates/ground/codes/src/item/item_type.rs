//! Types of items (事项类型), GB/T 39046 table A.1.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::CodeError;

/// Type of an item. Serde reads and writes the two digits (and reads one digit too). Codes 11–19 and 21 on are left to localities by the
/// standard; an importer maps them to one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemType {
    /// 00 行政权力, not said which
    AdministrativePower,
    /// 01 行政许可: the only type to which the limits of 行政许可法 apply
    Permit,
    /// 02 行政处罚
    Punishment,
    /// 03 行政强制
    Coercion,
    /// 04 行政征收
    Levy,
    /// 05 行政给付
    Payment,
    /// 06 行政检查
    Inspection,
    /// 07 行政确认
    Confirmation,
    /// 08 行政奖励
    Reward,
    /// 09 行政裁决
    Adjudication,
    /// 10 其他行政权力
    OtherPower,
    /// 20 公共服务
    PublicService,
}

impl ItemType {
    /// All types in the order of their codes.
    pub const ALL: [Self; 12] = [
        Self::AdministrativePower,
        Self::Permit,
        Self::Punishment,
        Self::Coercion,
        Self::Levy,
        Self::Payment,
        Self::Inspection,
        Self::Confirmation,
        Self::Reward,
        Self::Adjudication,
        Self::OtherPower,
        Self::PublicService,
    ];

    /// Reads `1`, `01`, `10`, `20` and so on.
    ///
    /// # Errors
    /// `item.type_unknown`.
    pub fn from_code(code: &str) -> Result<Self, CodeError> {
        let code = code.trim();
        Self::ALL
            .into_iter()
            .find(|item_type| item_type.code() == code || item_type.code().strip_prefix('0') == Some(code))
            .ok_or(CodeError::ItemTypeUnknown)
    }

    /// The two digits.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AdministrativePower => "00",
            Self::Permit => "01",
            Self::Punishment => "02",
            Self::Coercion => "03",
            Self::Levy => "04",
            Self::Payment => "05",
            Self::Inspection => "06",
            Self::Confirmation => "07",
            Self::Reward => "08",
            Self::Adjudication => "09",
            Self::OtherPower => "10",
            Self::PublicService => "20",
        }
    }

    /// The name of the standard.
    #[must_use]
    pub fn chinese_name(self) -> &'static str {
        match self {
            Self::AdministrativePower => "行政权力",
            Self::Permit => "行政许可",
            Self::Punishment => "行政处罚",
            Self::Coercion => "行政强制",
            Self::Levy => "行政征收",
            Self::Payment => "行政给付",
            Self::Inspection => "行政检查",
            Self::Confirmation => "行政确认",
            Self::Reward => "行政奖励",
            Self::Adjudication => "行政裁决",
            Self::OtherPower => "其他行政权力",
            Self::PublicService => "公共服务",
        }
    }

    /// Is it one that a person applies for (依申请六类 and public services)?
    #[must_use]
    pub fn on_application(self) -> bool {
        matches!(
            self,
            Self::Permit
                | Self::Payment
                | Self::Confirmation
                | Self::Reward
                | Self::Adjudication
                | Self::OtherPower
                | Self::PublicService
        )
    }
}

impl Serialize for ItemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for ItemType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_and_two_digits() {
        for (code, item_type) in [
            ("1", ItemType::Permit),
            ("01", ItemType::Permit),
            ("0", ItemType::AdministrativePower),
            ("00", ItemType::AdministrativePower),
            ("9", ItemType::Adjudication),
            ("10", ItemType::OtherPower),
            ("20", ItemType::PublicService),
        ] {
            assert_eq!(ItemType::from_code(code).unwrap(), item_type);
        }
        for code in ["", "11", "001", "2 0", "21", "许可"] {
            assert_eq!(
                ItemType::from_code(code).unwrap_err(),
                CodeError::ItemTypeUnknown,
                "{code}"
            );
        }
    }

    #[test]
    fn every_code_reads_back() {
        for item_type in ItemType::ALL {
            assert_eq!(ItemType::from_code(item_type.code()).unwrap(), item_type);
            let json = serde_json::to_string(&item_type).unwrap();
            assert_eq!(serde_json::from_str::<ItemType>(&json).unwrap(), item_type);
        }
        assert_eq!(
            ItemType::ALL
                .into_iter()
                .filter(|item_type| item_type.on_application())
                .count(),
            7
        );
    }
}
