//! Citizen number (公民身份号码, GB 11643) and the numbers that share its form.
//!
//! | first characters | who | kind |
//! |---|---|---|
//! | a province, 11–71 | resident identity card | [`CitizenNumberKind::Resident`] |
//! | 810000, 820000, 830000 | residence permit for Hong Kong, Macao, Taiwan residents | `HongKong`, `Macao`, `Taiwan` |
//! | 9 | permanent-resident card for foreigners, form of 2023 | `ForeignPermanentResident` |
//!
//! Form: 6 characters of region, 8 of birth date, 3 of sequence (odd for men), 1 check character (MOD 11-2).
//! The layout of the 2023 card (9, two digits of the place of application, three of the country, birth date,
//! sequence, check) is inferred from cards seen, not read in the standard; only the parts it shares with
//! the citizen number are judged.
//!
//! **Lower-case x.** Strict [`CitizenNumber::parse`] refuses it (`citizen.lower_case`), so that stored numbers have one
//! form. [`CitizenNumber::parse_lenient`] is for what people type and makes it a capital X.
//!
//! **Privacy.** `Debug` and `Display` print the masked form. The full text comes only from [`CitizenNumber::as_str`];
//! it belongs into a sealed column or onto a page that the person may see. There is no serde implementation on purpose:
//! a struct that derives `Serialize` cannot carry the number into a log, an event or a job by accident.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{CodeError, check_digit, text};

/// Length of the number in characters.
const LENGTH: usize = 18;

/// Province codes of GB/T 2260.
const PROVINCES: [&str; 32] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
];

/// A valid citizen number. See the module for its rules and for how it is kept private.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenNumber {
    text: String,
    birth: NaiveDate,
}

/// Which card the number stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CitizenNumberKind {
    /// 居民身份证
    Resident,
    /// 港澳居民居住证, Hong Kong (810000)
    HongKong,
    /// 港澳居民居住证, Macao (820000)
    Macao,
    /// 台湾居民居住证 (830000)
    Taiwan,
    /// 外国人永久居留身份证, form of 2023
    ForeignPermanentResident,
}

/// Sex as the sequence number tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男, odd sequence
    Male,
    /// 女, even sequence
    Female,
}

impl Sex {
    /// 男 or 女.
    #[must_use]
    pub fn chinese_name(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }

    /// Code of GB/T 2261.1: 1 or 2.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
        }
    }
}

impl CitizenNumber {
    /// Judges the exact form: 17 digits and a digit or capital X, a region, a real birth date, the check character.
    ///
    /// # Errors
    /// `citizen.length`, `citizen.character`, `citizen.lower_case`, `citizen.region`, `citizen.birth_date`,
    /// `citizen.check_digit`, in this order.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let found = input.chars().count();
        if found != LENGTH {
            return Err(CodeError::CitizenLength { found });
        }
        let digit_or_check =
            |index: usize, c: char| c.is_ascii_digit() || (index == LENGTH - 1 && matches!(c, 'X' | 'x'));
        if let Some(position) = text::first_bad(input, digit_or_check) {
            return Err(CodeError::CitizenCharacter { position });
        }
        if input.ends_with('x') {
            return Err(CodeError::CitizenLowerCase);
        }
        if kind_of(input).is_none() {
            return Err(CodeError::CitizenRegion);
        }
        let birth = birth_of(&input[6..14]).ok_or(CodeError::CitizenBirthDate)?;
        if check_digit::mod_11_2(&input[..LENGTH - 1]) != input.chars().last() {
            return Err(CodeError::CitizenCheckDigit);
        }
        Ok(Self {
            text: input.to_owned(),
            birth,
        })
    }

    /// Judges what a person typed: spaces, hyphens and full-width characters are forgiven and `x` becomes `X`.
    ///
    /// # Errors
    /// As [`CitizenNumber::parse`], never `citizen.lower_case`.
    pub fn parse_lenient(input: &str) -> Result<Self, CodeError> {
        Self::parse(&text::tidy(input))
    }

    /// Makes a valid number for tests and demonstrations from six digits of region, a birth date and a sequence.
    /// Use a region that is not assigned (such as 519900), so that the number can belong to nobody.
    ///
    /// # Errors
    /// `citizen.sequence` above 999, `citizen.region`, `citizen.birth_date` outside the years 1800–9999, or
    /// `citizen.character` when the prefix is not six digits.
    pub fn generate(region_prefix: &str, birth: NaiveDate, sequence: u16) -> Result<Self, CodeError> {
        if sequence > 999 {
            return Err(CodeError::CitizenSequence);
        }
        let body = format!(
            "{region_prefix}{:04}{:02}{:02}{sequence:03}",
            birth.year(),
            birth.month(),
            birth.day()
        );
        let check = check_digit::mod_11_2(&body).ok_or(CodeError::CitizenCharacter { position: 1 })?;
        Self::parse(&format!("{body}{check}"))
    }

    /// The full number. Only for sealed storage, matching, and pages the person may see.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which card the number stands on.
    #[must_use]
    pub fn kind(&self) -> CitizenNumberKind {
        kind_of(&self.text).unwrap_or(CitizenNumberKind::Resident)
    }

    /// Date of birth.
    #[must_use]
    pub fn birth_date(&self) -> NaiveDate {
        self.birth
    }

    /// Sex: the 17th character is odd for men.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.text.as_bytes()[16] % 2 == 1 {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// The first six characters: the region of first registration (for the foreigners' card: 9, place, country).
    #[must_use]
    pub fn region_prefix(&self) -> &str {
        &self.text[..6]
    }

    /// Full years of life (周岁) on a civil day; `None` before birth. A year is complete on the birthday itself; who was
    /// born on 29 February completes it on 1 March of common years.
    #[must_use]
    pub fn age_on(&self, date: NaiveDate) -> Option<u32> {
        date.years_since(self.birth)
    }

    /// For lists: first four and last four characters, `5199**********002X`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}{}{}", &self.text[..4], "*".repeat(10), &self.text[14..])
    }

    /// For pages that anyone can open: first and last character only, `5****************X`. Use this wherever
    /// the last four characters serve as a second fact.
    #[must_use]
    pub fn masked_tightly(&self) -> String {
        format!("{}{}{}", &self.text[..1], "*".repeat(16), &self.text[17..])
    }

    /// The last four characters: the second fact that is asked beside a case number.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.text[14..]
    }
}

/// The kind that the first characters tell, or `None` when they are no region. The text is ASCII.
fn kind_of(text: &str) -> Option<CitizenNumberKind> {
    match &text[..6] {
        "810000" => Some(CitizenNumberKind::HongKong),
        "820000" => Some(CitizenNumberKind::Macao),
        "830000" => Some(CitizenNumberKind::Taiwan),
        prefix if prefix.starts_with('9') => Some(CitizenNumberKind::ForeignPermanentResident),
        prefix if PROVINCES.contains(&&prefix[..2]) => Some(CitizenNumberKind::Resident),
        _ => None,
    }
}

/// Reads `yyyymmdd`; years before 1800 are taken as mistakes.
fn birth_of(digits: &str) -> Option<NaiveDate> {
    let number: u32 = digits.parse().ok()?;
    let year = i32::try_from(number / 10_000).ok().filter(|year| *year >= 1800)?;
    NaiveDate::from_ymd_opt(year, number / 100 % 100, number % 100)
}

impl fmt::Display for CitizenNumber {
    /// The masked form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for CitizenNumber {
    /// The masked form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenNumber({})", self.masked())
    }
}

impl std::str::FromStr for CitizenNumber {
    type Err = CodeError;

    fn from_str(input: &str) -> Result<Self, CodeError> {
        Self::parse(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn reads_the_examples_printed_in_the_standard() {
        let woman = CitizenNumber::parse("11010519491231002X").unwrap();
        assert_eq!(
            (woman.birth_date(), woman.sex()),
            (date(1949, 12, 31), Sex::Female)
        );
        assert_eq!((woman.region_prefix(), woman.last_four()), ("110105", "002X"));
        let man = CitizenNumber::parse("440524188001010014").unwrap();
        assert_eq!((man.birth_date(), man.sex()), (date(1880, 1, 1), Sex::Male));
        assert_eq!(man.kind(), CitizenNumberKind::Resident);
    }

    #[test]
    fn reads_residence_permits_and_the_permanent_resident_card() {
        for (text, kind) in [
            ("810000199001010019", CitizenNumberKind::HongKong),
            ("820000199001010010", CitizenNumberKind::Macao),
            ("830000199001010012", CitizenNumberKind::Taiwan),
        ] {
            assert_eq!(CitizenNumber::parse(text).unwrap().kind(), kind);
        }
        let card = CitizenNumber::generate("911840", date(1988, 2, 29), 6).unwrap();
        assert_eq!(card.kind(), CitizenNumberKind::ForeignPermanentResident);
        assert_eq!((card.birth_date(), card.sex()), (date(1988, 2, 29), Sex::Female));
    }

    #[test]
    fn refuses_with_the_reason() {
        for (text, code) in [
            ("", "citizen.length"),
            ("1101051949123100X", "citizen.length"),
            ("110105491231002", "citizen.length"),
            ("1101051949123100２X", "citizen.character"),
            ("X10105194912310021", "citizen.character"),
            ("11010519491231002x", "citizen.lower_case"),
            ("000105194912310021", "citizen.region"),
            ("810100199001010015", "citizen.region"),
            ("11010519491331002X", "citizen.birth_date"),
            ("11010519490230002X", "citizen.birth_date"),
            ("11010517490101002X", "citizen.birth_date"),
            ("110105194912310021", "citizen.check_digit"),
        ] {
            assert_eq!(CitizenNumber::parse(text).unwrap_err().code(), code, "{text}");
        }
    }

    #[test]
    fn lenient_forgives_typing_and_gives_the_one_form() {
        for text in [
            "11010519491231002x",
            " 110105 19491231 002X",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105-19491231-002x",
        ] {
            assert_eq!(
                CitizenNumber::parse_lenient(text).unwrap().as_str(),
                "11010519491231002X"
            );
        }
        assert_eq!(
            CitizenNumber::parse_lenient("110105194912310021").unwrap_err(),
            CodeError::CitizenCheckDigit
        );
    }

    #[test]
    fn never_prints_itself() {
        let number = CitizenNumber::generate("519900", date(1990, 3, 7), 123).unwrap();
        assert_eq!(number.masked(), format!("5199**********{}", number.last_four()));
        assert_eq!(number.masked_tightly().len(), 18);
        for printed in [
            format!("{number}"),
            format!("{number:?}"),
            format!("{:?}", Some(&number)),
            number.masked_tightly(),
        ] {
            assert!(!printed.contains("19900307"), "{printed}");
        }
    }

    #[test]
    fn counts_full_years() {
        let leapling = CitizenNumber::generate("519900", date(2004, 2, 29), 1).unwrap();
        for (on, age) in [
            (date(2004, 2, 28), None),
            (date(2004, 2, 29), Some(0)),
            (date(2022, 2, 28), Some(17)),
            (date(2022, 3, 1), Some(18)),
            (date(2024, 2, 29), Some(20)),
        ] {
            assert_eq!(leapling.age_on(on), age, "{on}");
        }
    }

    #[test]
    fn generates_only_what_it_would_accept() {
        assert_eq!(
            CitizenNumber::generate("519900", date(1990, 1, 1), 1000).unwrap_err(),
            CodeError::CitizenSequence
        );
        assert_eq!(
            CitizenNumber::generate("51990", date(1990, 1, 1), 1).unwrap_err(),
            CodeError::CitizenLength { found: 17 }
        );
        assert_eq!(
            CitizenNumber::generate("5199中0", date(1990, 1, 1), 1)
                .unwrap_err()
                .code(),
            "citizen.character"
        );
        assert_eq!(
            CitizenNumber::generate("009900", date(1990, 1, 1), 1).unwrap_err(),
            CodeError::CitizenRegion
        );
    }
}
