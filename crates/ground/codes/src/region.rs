//! Region code (行政区划代码): 12 digits, five levels.
//!
//! GB/T 2260 gives 2 digits of province, 2 of city, 2 of county; GB/T 10114 adds 3 of township and 3 of village. What is
//! not used is zero, so the last segment that is not zero tells the level: `511602001001` is a village, `511602000000` a county.
//! A city without counties (东莞 441900000000) has townships directly below it (`441900003000`); their parent is the
//! city, because a parent is made by clearing the last segment that is not zero.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CodeError, text};

const LENGTH: usize = 12;

/// Where each level's digits end.
const ENDS: [(RegionLevel, usize, usize); 5] = [
    (RegionLevel::Village, 9, 12),
    (RegionLevel::Township, 6, 9),
    (RegionLevel::County, 4, 6),
    (RegionLevel::City, 2, 4),
    (RegionLevel::Province, 0, 2),
];

/// A well-formed region code (that the region exists is the directory's knowledge). Serde reads and writes the 12 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(String);

text::text_traits!(RegionCode);
text::text_serde!(RegionCode);

/// The five levels, from the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 省、自治区、直辖市
    Province,
    /// 市、州
    City,
    /// 县、区、县级市
    County,
    /// 乡、镇、街道
    Township,
    /// 村、社区
    Village,
}

impl RegionLevel {
    /// `province`, `city`, `county`, `township`, `village`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }

    /// The word officials use: 省级, 市级, 县级, 乡级, 村级.
    #[must_use]
    pub fn chinese_name(self) -> &'static str {
        match self {
            Self::Province => "省级",
            Self::City => "市级",
            Self::County => "县级",
            Self::Township => "乡级",
            Self::Village => "村级",
        }
    }

    /// The code of 行使层级 in GB/T 39046 (2 province … 6 village; 1 is the state).
    #[must_use]
    pub fn use_level(self) -> &'static str {
        match self {
            Self::Province => "2",
            Self::City => "3",
            Self::County => "4",
            Self::Township => "5",
            Self::Village => "6",
        }
    }
}

impl RegionCode {
    /// Judges the exact form: 12 digits that begin with a province (10–99).
    ///
    /// # Errors
    /// `region.length`, `region.character`, `region.province`, in this order.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let found = input.chars().count();
        if found != LENGTH {
            return Err(CodeError::RegionLength { found });
        }
        if let Some(position) = text::first_bad(input, |_, c| c.is_ascii_digit()) {
            return Err(CodeError::RegionCharacter { position });
        }
        if input.starts_with('0') {
            return Err(CodeError::RegionProvince);
        }
        Ok(Self(input.to_owned()))
    }

    /// Also takes the short forms of 2, 4, 6 and 9 digits and fills them up with zeros.
    ///
    /// # Errors
    /// As [`RegionCode::parse`].
    pub fn parse_lenient(input: &str) -> Result<Self, CodeError> {
        let tidy = text::tidy(input);
        match tidy.len() {
            2 | 4 | 6 | 9 => Self::parse(&format!("{tidy:0<LENGTH$}")),
            _ => Self::parse(&tidy),
        }
    }

    /// The 12 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first six digits: the code of GB/T 2260.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..6]
    }

    /// The level: the last segment that is not zero.
    #[must_use]
    pub fn level(&self) -> RegionLevel {
        self.segment().0
    }

    /// The region one level up that this code can name; `None` for a province.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (level, start, _) = self.segment();
        (level != RegionLevel::Province).then(|| Self(format!("{:0<LENGTH$}", &self.0[..start])))
    }

    /// Parent, grandparent, …, province. Empty for a province.
    #[must_use]
    pub fn ancestors(&self) -> Vec<Self> {
        std::iter::successors(self.parent(), Self::parent).collect()
    }

    /// This region, then its ancestors: the regions whose matters apply here.
    #[must_use]
    pub fn self_and_ancestors(&self) -> Vec<Self> {
        std::iter::successors(Some(self.clone()), Self::parent).collect()
    }

    /// Is the other region this one or inside it?
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        let (_, _, end) = self.segment();
        other.0[..end] == self.0[..end]
    }

    /// The digits that all descendants share (2, 4, 6, 9 or 12 of them): for look-ups by prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0[..self.segment().2]
    }

    /// Level, start and end of the last segment that is not zero. A province is never zero, so one is always found.
    fn segment(&self) -> (RegionLevel, usize, usize) {
        let filled = |(_, start, end): &(RegionLevel, usize, usize)| {
            self.0[*start..*end].bytes().any(|digit| digit != b'0')
        };
        ENDS.into_iter()
            .find(filled)
            .unwrap_or((RegionLevel::Province, 0, 2))
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn knows_level_parent_and_short_form() {
        for (text, level, parent) in [
            ("510000000000", RegionLevel::Province, None),
            ("519900000000", RegionLevel::City, Some("510000000000")),
            ("519901000000", RegionLevel::County, Some("519900000000")),
            ("519901100000", RegionLevel::Township, Some("519901000000")),
            ("519901100201", RegionLevel::Village, Some("519901100000")),
            // Townships of a city without counties, and a village directly below a county.
            ("441900003000", RegionLevel::Township, Some("441900000000")),
            ("519901000201", RegionLevel::Village, Some("519901000000")),
        ] {
            let code = region(text);
            assert_eq!(code.level(), level, "{text}");
            assert_eq!(code.parent().as_ref().map(RegionCode::as_str), parent, "{text}");
        }
        assert_eq!(region("519901100201").short(), "519901");
        assert_eq!(region("441900003000").prefix(), "441900003");
    }

    #[test]
    fn lists_ancestors_from_near_to_far() {
        let names: Vec<String> = region("519901100201")
            .ancestors()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            names,
            ["519901100000", "519901000000", "519900000000", "510000000000"]
        );
        assert!(region("510000000000").ancestors().is_empty());
        assert_eq!(region("519900000000").self_and_ancestors().len(), 2);
    }

    #[test]
    fn contains_itself_and_descendants_only() {
        let city = region("519900000000");
        for (text, inside) in [
            ("519900000000", true),
            ("519901100201", true),
            ("510000000000", false),
            ("519800000000", false),
            ("529900000000", false),
        ] {
            assert_eq!(city.contains(&region(text)), inside, "{text}");
        }
        assert!(region("441900000000").contains(&region("441900003000")));
    }

    #[test]
    fn refuses_with_the_reason_and_fills_short_forms() {
        for (text, code) in [
            ("511602", "region.length"),
            ("51160200000A", "region.character"),
            ("000000000000", "region.province"),
            ("", "region.length"),
        ] {
            assert_eq!(RegionCode::parse(text).unwrap_err().code(), code, "{text}");
        }
        for (text, full) in [
            ("51", "510000000000"),
            ("5199", "519900000000"),
            ("519901", "519901000000"),
            (" 519901100", "519901100000"),
        ] {
            assert_eq!(RegionCode::parse_lenient(text).unwrap().as_str(), full);
        }
        assert_eq!(
            RegionCode::parse_lenient("51990").unwrap_err(),
            CodeError::RegionLength { found: 5 }
        );
    }
}
