//! Money: whole fen in a signed 64-bit integer. No floating point anywhere.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::CodeError;

/// An amount in fen (1 yuan = 100 fen). `Display` gives `¥12.34`; serde reads and writes the text `"12.34"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(pub i64);

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Reads yuan with at most two decimals: `12`, `12.3`, `12.34`, `-0.50`. No thousands separators, no currency sign.
    ///
    /// # Errors
    /// `money.format`, `money.range`.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let (negative, digits) = match input.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, input),
        };
        let (yuan, decimals) = match digits.split_once('.') {
            Some((yuan, decimals)) if matches!(decimals.len(), 1 | 2) => (yuan, decimals),
            Some(_) => return Err(CodeError::MoneyFormat),
            None => (digits, ""),
        };
        if yuan.is_empty() || !yuan.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(CodeError::MoneyFormat);
        }
        let yuan: i64 = yuan.parse().map_err(|_| CodeError::MoneyRange)?;
        let part: i64 = format!("{decimals:0<2}")
            .parse()
            .map_err(|_| CodeError::MoneyFormat)?;
        let fen = yuan
            .checked_mul(100)
            .and_then(|fen| fen.checked_add(part))
            .ok_or(CodeError::MoneyRange)?;
        Ok(Self(if negative { -fen } else { fen }))
    }

    /// From whole yuan; `None` when it does not fit.
    #[must_use]
    pub fn from_yuan(yuan: i64) -> Option<Self> {
        yuan.checked_mul(100).map(Self)
    }

    /// The number of fen.
    #[must_use]
    pub fn fen(self) -> i64 {
        self.0
    }

    /// Is it nothing?
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Yuan with two decimals and no sign of currency, `12.34`: the form that [`Fen::parse`] reads.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let size = self.0.unsigned_abs();
        format!(
            "{}{}.{:02}",
            if self.0 < 0 { "-" } else { "" },
            size / 100,
            size % 100
        )
    }

    /// Sum, or `None` when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Difference, or `None` when it does not fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// So many times as much, or `None` when it does not fit.
    #[must_use]
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        self.0.checked_mul(times).map(Self)
    }

    /// Sum of many amounts, or `None` when it does not fit.
    #[must_use]
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}¥{}", self.to_decimal().trim_start_matches('-'))
    }
}

impl std::str::FromStr for Fen {
    type Err = CodeError;

    fn from_str(input: &str) -> Result<Self, CodeError> {
        Self::parse(input)
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_decimal())
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, fen, printed) in [
            ("12.34", 1234, "¥12.34"),
            ("12.3", 1230, "¥12.30"),
            ("12", 1200, "¥12.00"),
            ("0.05", 5, "¥0.05"),
            ("-0.50", -50, "-¥0.50"),
            ("92233720368547758.07", i64::MAX, "¥92233720368547758.07"),
        ] {
            let amount = Fen::parse(text).unwrap();
            assert_eq!((amount.0, amount.to_string().as_str()), (fen, printed));
            assert_eq!(Fen::parse(&amount.to_decimal()).unwrap(), amount);
        }
        assert_eq!(Fen(i64::MIN).to_string(), "-¥92233720368547758.08");
    }

    #[test]
    fn refuses_with_the_reason() {
        for text in [
            "", "-", ".5", "1.", "1.234", "1,000", "¥1", "+1", "1e3", "１", "--1", "1.中",
        ] {
            assert_eq!(Fen::parse(text).unwrap_err(), CodeError::MoneyFormat, "{text}");
        }
        for text in ["92233720368547758.08", "99999999999999999999"] {
            assert_eq!(Fen::parse(text).unwrap_err(), CodeError::MoneyRange, "{text}");
        }
    }

    #[test]
    fn counts_without_wrapping() {
        assert_eq!(Fen::checked_sum([Fen(1), Fen(2), Fen(-4)]), Some(Fen(-1)));
        assert_eq!(Fen(i64::MAX).checked_add(Fen(1)), None);
        assert_eq!(Fen(i64::MIN).checked_sub(Fen(1)), None);
        assert_eq!(Fen(500).checked_mul(3), Some(Fen(1500)));
        assert_eq!(Fen::from_yuan(i64::MAX), None);
        assert_eq!(serde_json::to_string(&Fen(1234)).unwrap(), "\"12.34\"");
        assert_eq!(serde_json::from_str::<Fen>("\"12.34\"").unwrap(), Fen(1234));
    }
}
