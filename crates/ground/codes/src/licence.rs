//! Electronic licence codes: the type code and the identifier of GB/T 36904.
//!
//! Identifier = `1.2.156.3005.2` . type code . issuer . serial . version . check. The type code is the unified social credit code of
//! the authority that *defines* the licence and three digits; the issuer is the issuing body's code; the serial is the licence number
//! without separators (or a unique text of the issuer's); the version starts at 001. The check is ISO 7064 MOD 37,36 over type,
//! issuer, serial and version with the dots dropped; the root is not included.
//!
//! The serial of some licences *is* a citizen number (an identity card). Then the identifier is personal data like the number itself:
//! keep it sealed and show [`LicenceIdentifier::masked`].

use std::fmt;

use crate::{CodeError, Uscc, check_digit, text};

/// The root of all licence identifiers.
pub const ROOT: &str = "1.2.156.3005.2";

/// The longest serial we take; 7 to 32 characters are usual.
const MAX_SERIAL: usize = 64;

/// Type of a licence: 18 characters of its authority and 3 digits. Serde reads and writes the 21 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenceTypeCode(String);

text::text_traits!(LicenceTypeCode);
text::text_serde!(LicenceTypeCode);

impl LicenceTypeCode {
    /// Makes the code of an authority's `number`-th licence type (1–999).
    ///
    /// # Errors
    /// `licence.type`.
    pub fn new(authority: &Uscc, number: u16) -> Result<Self, CodeError> {
        if !(1..=999).contains(&number) {
            return Err(CodeError::LicenceType);
        }
        Self::parse(&format!("{}{number:03}", authority.as_str()))
    }

    /// Judges the form. The authority's own check character is not judged, so that a licence with a mistyped one can still be looked up; see
    /// [`LicenceTypeCode::authority`].
    ///
    /// # Errors
    /// `licence.type`.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let fits = input.len() == 21
            && input
                .bytes()
                .take(18)
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            && input.bytes().skip(18).all(|b| b.is_ascii_digit());
        if fits {
            Ok(Self(input.to_owned()))
        } else {
            Err(CodeError::LicenceType)
        }
    }

    /// The 21 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The authority that defines the licence, when its code is valid.
    #[must_use]
    pub fn authority(&self) -> Option<Uscc> {
        Uscc::parse(&self.0[..18]).ok()
    }

    /// The three digits.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.0[18..]
    }
}

impl fmt::Display for LicenceTypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A valid licence identifier. Serde reads and writes the whole text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenceIdentifier {
    text: String,
    type_code: LicenceTypeCode,
    issuer: String,
    serial: String,
    version: u16,
}

text::text_traits!(LicenceIdentifier);
text::text_serde!(LicenceIdentifier);

impl LicenceIdentifier {
    /// Makes the identifier from its parts. See [`LicenceIdentifier::serial_of`] for the serial; versions start at 1.
    ///
    /// # Errors
    /// `licence.serial`, `licence.version`.
    pub fn build(
        type_code: &LicenceTypeCode,
        issuer: &Uscc,
        serial: &str,
        version: u16,
    ) -> Result<Self, CodeError> {
        Self::assemble(
            type_code.clone(),
            issuer.as_str().to_owned(),
            serial.to_owned(),
            version,
        )
    }

    /// Judges the exact form, the check character last.
    ///
    /// # Errors
    /// `licence.prefix`, `licence.parts`, `licence.type`, `licence.issuer`, `licence.version`, `licence.serial`,
    /// `licence.check_character`, in this order.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let rest = input
            .strip_prefix(ROOT)
            .and_then(|rest| rest.strip_prefix('.'))
            .ok_or(CodeError::LicencePrefix)?;
        let parts: Vec<&str> = rest.split('.').collect();
        let [type_code, issuer, serial, version, check] = parts[..] else {
            return Err(CodeError::LicenceParts { found: parts.len() });
        };
        let type_code = LicenceTypeCode::parse(type_code)?;
        if issuer.len() != 18 || !is_plain(issuer) {
            return Err(CodeError::LicenceIssuer);
        }
        if version.len() != 3 || !version.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CodeError::LicenceVersion);
        }
        let number = version.parse().map_err(|_| CodeError::LicenceVersion)?;
        let identifier = Self::assemble(type_code, issuer.to_owned(), serial.to_owned(), number)?;
        if !identifier.text.ends_with(&format!(".{check}")) {
            return Err(CodeError::LicenceCheckCharacter);
        }
        Ok(identifier)
    }

    fn assemble(
        type_code: LicenceTypeCode,
        issuer: String,
        serial: String,
        version: u16,
    ) -> Result<Self, CodeError> {
        if serial.is_empty() || serial.len() > MAX_SERIAL || !is_plain(&serial) {
            return Err(CodeError::LicenceSerial);
        }
        if !(1..=999).contains(&version) {
            return Err(CodeError::LicenceVersion);
        }
        let check = check_digit::mod_37_36(&format!("{type_code}{issuer}{serial}{version:03}"))
            .ok_or(CodeError::LicenceSerial)?;
        let text = format!("{ROOT}.{type_code}.{issuer}.{serial}.{version:03}.{check}");
        Ok(Self {
            text,
            type_code,
            issuer,
            serial,
            version,
        })
    }

    /// The serial that a printed licence number gives: its letters (as capitals) and digits, everything else dropped.
    #[must_use]
    pub fn serial_of(licence_number: &str) -> String {
        text::tidy(licence_number)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect()
    }

    /// The identifier of the next version of the same licence.
    ///
    /// # Errors
    /// `licence.version` after 999.
    pub fn next_version(&self) -> Result<Self, CodeError> {
        Self::assemble(
            self.type_code.clone(),
            self.issuer.clone(),
            self.serial.clone(),
            self.version + 1,
        )
    }

    /// The whole identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The type of the licence.
    #[must_use]
    pub fn type_code(&self) -> &LicenceTypeCode {
        &self.type_code
    }

    /// The 18 characters of the issuing body, as written.
    #[must_use]
    pub fn issuer_text(&self) -> &str {
        &self.issuer
    }

    /// The issuing body, when its code is valid.
    #[must_use]
    pub fn issuer(&self) -> Option<Uscc> {
        Uscc::parse(&self.issuer).ok()
    }

    /// The serial.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The version, from 1.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// The check character.
    #[must_use]
    pub fn check(&self) -> char {
        self.text.chars().last().unwrap_or('0')
    }

    /// With all but the last four characters of the serial hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = self.serial.len().min(4);
        let hidden = self.serial.len() - shown;
        let serial = format!("{}{}", "*".repeat(hidden), &self.serial[hidden..]);
        format!(
            "{ROOT}.{}.{}.{serial}.{:03}.{}",
            self.type_code,
            self.issuer,
            self.version,
            self.check()
        )
    }
}

impl fmt::Display for LicenceIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Only digits and capitals?
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Identifiers that are in use, from four regions, all versions and lengths of serial.
    const LIVE: [&str; 6] = [
        "1.2.156.3005.2.11100000000013338W011.11110000000021135M.20230329701.003.Y",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
        "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
        "1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
    ];

    #[test]
    fn reads_live_identifiers_and_rebuilds_them() {
        for text in LIVE {
            let identifier = LicenceIdentifier::parse(text).unwrap();
            assert_eq!(identifier.as_str(), text);
            if let Some(issuer) = identifier.issuer() {
                let again = LicenceIdentifier::build(
                    identifier.type_code(),
                    &issuer,
                    identifier.serial(),
                    identifier.version(),
                )
                .unwrap();
                assert_eq!(again, identifier);
            }
        }
        assert_eq!(
            LicenceIdentifier::parse(LIVE[4])
                .unwrap()
                .next_version()
                .unwrap()
                .as_str(),
            LIVE[5]
        );
        let identifier = LicenceIdentifier::parse(LIVE[2]).unwrap();
        assert_eq!(
            (
                identifier.version(),
                identifier.check(),
                identifier.type_code().number()
            ),
            (1, 'F', "032")
        );
        assert_eq!(
            identifier.masked(),
            "1.2.156.3005.2.11100000000013338W032.11220000013544541J.***0599.001.F"
        );
    }

    #[test]
    fn refuses_with_the_reason() {
        let type_code = "11100000000013338W011";
        let issuer = "11430000006122244L";
        for (text, code) in [
            ("".to_owned(), "licence.prefix"),
            (
                format!("1.2.156.3005.6.{type_code}.{issuer}.1.001.0"),
                "licence.prefix",
            ),
            (format!("{ROOT}.{type_code}.{issuer}.1.001"), "licence.parts"),
            (format!("{ROOT}.{type_code}A.{issuer}.1.001.0"), "licence.type"),
            (format!("{ROOT}.{type_code}.{issuer}0.1.001.0"), "licence.issuer"),
            (format!("{ROOT}.{type_code}.{issuer}.1.1.0"), "licence.version"),
            (format!("{ROOT}.{type_code}.{issuer}.1.000.0"), "licence.version"),
            (format!("{ROOT}.{type_code}.{issuer}..001.0"), "licence.serial"),
            (format!("{ROOT}.{type_code}.{issuer}.ab1.001.0"), "licence.serial"),
            (LIVE[4].replace(".U", ".V"), "licence.check_character"),
            (LIVE[4].replace(".U", "."), "licence.check_character"),
            (LIVE[4].replace("403", "404"), "licence.check_character"),
        ] {
            assert_eq!(
                LicenceIdentifier::parse(&text).unwrap_err().code(),
                code,
                "{text}"
            );
        }
    }

    #[test]
    fn makes_type_codes_and_serials() {
        let authority = Uscc::parse("11511301008778183N").unwrap();
        let code = LicenceTypeCode::new(&authority, 7).unwrap();
        assert_eq!(code.as_str(), "11511301008778183N007");
        assert_eq!(code.authority(), Some(authority.clone()));
        assert_eq!(
            LicenceTypeCode::new(&authority, 0).unwrap_err(),
            CodeError::LicenceType
        );
        // An authority whose check character is wrong does not stop the code from being read.
        assert_eq!(
            LicenceTypeCode::parse("11100000000013338A059")
                .unwrap()
                .authority(),
            None
        );
        assert_eq!(
            LicenceIdentifier::serial_of("示安证〔2026〕第00-12a号"),
            "20260012A"
        );
    }
}
