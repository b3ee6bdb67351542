//! Organisation code (全国组织机构代码, GB 11714): 8 digits or capitals and a check character, printed with a hyphen
//! before it (`D2143569-X`). It lives on as characters 9–17 of the unified social credit code.

use std::fmt;

use crate::{CodeError, check_digit, text};

const LENGTH: usize = 9;

/// A valid organisation code, kept without the hyphen. `Display` prints the hyphen, serde the nine characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationCode(String);

text::text_traits!(OrganisationCode);
text::text_serde!(OrganisationCode);

impl OrganisationCode {
    /// Judges nine characters, with or without the printed hyphen before the last.
    ///
    /// # Errors
    /// `organisation.length`, `organisation.character`, `organisation.check_digit`, in this order.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let bare = match input.split_once('-') {
            Some((body, check)) if body.chars().count() == LENGTH - 1 => format!("{body}{check}"),
            _ => input.to_owned(),
        };
        let found = bare.chars().count();
        if found != LENGTH {
            return Err(CodeError::OrganisationLength { found });
        }
        if let Some(position) = text::first_bad(&bare, |_, c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
            return Err(CodeError::OrganisationCharacter { position });
        }
        if check_digit::mod_11_organisation(&bare[..LENGTH - 1]) != bare.chars().last() {
            return Err(CodeError::OrganisationCheckDigit);
        }
        Ok(Self(bare))
    }

    /// Judges what a person typed: spaces, hyphens, full-width and lower-case characters are forgiven.
    ///
    /// # Errors
    /// As [`OrganisationCode::parse`].
    pub fn parse_lenient(input: &str) -> Result<Self, CodeError> {
        Self::parse(&text::tidy(input))
    }

    /// Makes a code from its first eight characters.
    ///
    /// # Errors
    /// `organisation.length` or `organisation.character`.
    pub fn generate(body: &str) -> Result<Self, CodeError> {
        let found = body.chars().count() + 1;
        if found != LENGTH {
            return Err(CodeError::OrganisationLength { found });
        }
        let check =
            check_digit::mod_11_organisation(body).ok_or_else(|| CodeError::OrganisationCharacter {
                position: text::first_bad(body, |_, c| c.is_ascii_digit() || c.is_ascii_uppercase())
                    .unwrap_or(1),
            })?;
        Self::parse(&format!("{body}{check}"))
    }

    /// The nine characters without the hyphen.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// First two characters and the check character, `D2******X`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}{}{}", &self.0[..2], "*".repeat(6), &self.0[8..])
    }
}

impl fmt::Display for OrganisationCode {
    /// The printed form, `D2143569-X`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", &self.0[..8], &self.0[8..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_printed_and_bare_forms() {
        for (text, bare) in [
            ("D2143569-X", "D2143569X"),
            ("76726532-X", "76726532X"),
            ("008778183", "008778183"),
            ("MB2855918", "MB2855918"),
            ("MA28NBU47", "MA28NBU47"),
        ] {
            let code = OrganisationCode::parse(text).unwrap();
            assert_eq!(code.as_str(), bare);
            let printed = code.to_string();
            assert_eq!(OrganisationCode::parse(&printed).unwrap(), code);
        }
        assert_eq!(
            OrganisationCode::parse("D2143569X").unwrap().to_string(),
            "D2143569-X"
        );
        assert_eq!(
            OrganisationCode::parse("D2143569X").unwrap().masked(),
            "D2******X"
        );
    }

    #[test]
    fn refuses_with_the_reason() {
        for (text, code) in [
            ("D214356-9X", "organisation.length"),
            ("0087790701", "organisation.length"),
            ("d2143569X", "organisation.character"),
            ("D2143569-1", "organisation.check_digit"),
            ("D21435中9X", "organisation.character"),
        ] {
            assert_eq!(OrganisationCode::parse(text).unwrap_err().code(), code, "{text}");
        }
        assert_eq!(
            OrganisationCode::parse_lenient(" d2143569－x").unwrap().as_str(),
            "D2143569X"
        );
    }

    #[test]
    fn generates_the_check_character() {
        assert_eq!(
            OrganisationCode::generate("D2143569").unwrap().as_str(),
            "D2143569X"
        );
        assert_eq!(
            OrganisationCode::generate("D214").unwrap_err().code(),
            "organisation.length"
        );
        assert_eq!(
            OrganisationCode::generate("D21中3569").unwrap_err(),
            CodeError::OrganisationCharacter { position: 4 }
        );
    }
}
