//! Case number (办件编号): the number a person reads out on the phone.
//!
//! 21 digits: 6 of region, 8 of civil date, 6 of serial (counted per region and day, from 1), 1 check digit. The check is ISO 7064
//! MOD 11,10: pure digits in, a pure digit out (MOD 11-2 would need an X), and every single wrong digit and nearly every swap of
//! neighbours is noticed. `Display` groups the digits: `519901-20261122-000123-4`.
//!
//! The number says nothing secret and opens nothing: looking up progress by it asks for a second fact as well.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::{CodeError, RegionCode, check_digit, text};

const LENGTH: usize = 21;

/// The widest serial that six digits hold.
pub const MAX_SERIAL: u32 = 999_999;

/// A valid case number. Serde reads and writes the bare digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    digits: String,
    date: NaiveDate,
    serial: u32,
}

text::text_traits!(CaseNumber);
text::text_serde!(CaseNumber);

impl CaseNumber {
    /// Makes the number of the `serial`-th case that a region takes on a civil day.
    ///
    /// # Errors
    /// `case.serial` outside 1–999999, `case.date` outside the years 1–9999.
    pub fn build(region: &RegionCode, date: NaiveDate, serial: u32) -> Result<Self, CodeError> {
        if serial == 0 || serial > MAX_SERIAL {
            return Err(CodeError::CaseSerial);
        }
        if !(1..=9999).contains(&date.year()) {
            return Err(CodeError::CaseDate);
        }
        let body = format!(
            "{}{:04}{:02}{:02}{serial:06}",
            region.short(),
            date.year(),
            date.month(),
            date.day()
        );
        let check = check_digit::mod_11_10(&body).ok_or(CodeError::CaseCharacter { position: 1 })?;
        Ok(Self {
            digits: format!("{body}{check}"),
            date,
            serial,
        })
    }

    /// Judges the number, bare or in groups: spaces, hyphens and full-width digits are forgiven, because people copy it by hand.
    ///
    /// # Errors
    /// `case.length`, `case.character`, `case.region`, `case.date`, `case.serial`, `case.check_digit`, in this order.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let digits = text::tidy(input);
        let found = digits.chars().count();
        if found != LENGTH {
            return Err(CodeError::CaseLength { found });
        }
        if let Some(position) = text::first_bad(&digits, |_, c| c.is_ascii_digit()) {
            return Err(CodeError::CaseCharacter { position });
        }
        if digits.starts_with('0') {
            return Err(CodeError::CaseRegion);
        }
        let number = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or(0);
        let year = i32::try_from(number(6, 10)).unwrap_or(0);
        let date = NaiveDate::from_ymd_opt(year, number(10, 12), number(12, 14))
            .filter(|_| year > 0)
            .ok_or(CodeError::CaseDate)?;
        let serial = number(14, 20);
        if serial == 0 {
            return Err(CodeError::CaseSerial);
        }
        if check_digit::mod_11_10(&digits[..LENGTH - 1]) != digits.chars().last() {
            return Err(CodeError::CaseCheckDigit);
        }
        Ok(Self { digits, date, serial })
    }

    /// The 21 bare digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The six digits of the region.
    #[must_use]
    pub fn region_prefix(&self) -> &str {
        &self.digits[..6]
    }

    /// The civil day on which the case was taken.
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// The serial within region and day.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.serial
    }
}

impl fmt::Display for CaseNumber {
    /// In groups: `519901-20261122-000123-4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = &self.digits;
        write!(f, "{}-{}-{}-{}", &d[..6], &d[6..14], &d[14..20], &d[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> CaseNumber {
        let region = RegionCode::parse("519901100000").unwrap();
        CaseNumber::build(&region, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(), 123).unwrap()
    }

    #[test]
    fn builds_groups_and_reads_back() {
        let number = example();
        assert_eq!(&number.as_str()[..20], "51990120261122000123");
        assert_eq!(
            number.to_string(),
            format!("519901-20261122-000123-{}", &number.as_str()[20..])
        );
        assert_eq!((number.region_prefix(), number.serial()), ("519901", 123));
        for text in [
            number.as_str().to_owned(),
            number.to_string(),
            number.to_string().replace('-', " "),
        ] {
            assert_eq!(CaseNumber::parse(&text).unwrap(), number);
        }
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(json, format!("\"{}\"", number.as_str()));
        assert_eq!(serde_json::from_str::<CaseNumber>(&json).unwrap(), number);
    }

    #[test]
    fn refuses_with_the_reason() {
        let good = example().as_str().to_owned();
        let wrong_check = (good.as_bytes()[20] - b'0' + 1) % 10;
        for (text, code) in [
            ("5199012026112200012".to_owned(), "case.length"),
            (good.replace('9', "A"), "case.character"),
            (format!("0{}", &good[1..]), "case.region"),
            (good.replace("20261122", "20261131"), "case.date"),
            (good.replace("000123", "000000"), "case.serial"),
            (format!("{}{wrong_check}", &good[..20]), "case.check_digit"),
        ] {
            assert_eq!(CaseNumber::parse(&text).unwrap_err().code(), code, "{text}");
        }
        let region = RegionCode::parse("519901000000").unwrap();
        let date = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for serial in [0, MAX_SERIAL + 1] {
            assert_eq!(
                CaseNumber::build(&region, date, serial).unwrap_err(),
                CodeError::CaseSerial
            );
        }
    }
}
