//! Mainland mobile number: 11 digits that begin with 1.
//!
//! The second digit is not judged: operators open new segments, and numbers that begin with 10 (which nobody has) serve
//! as safe test data. `Debug` and `Display` print the masked form, and there is no serde implementation, for the reasons given in
//! [`crate::citizen`].

use std::fmt;

use crate::{CodeError, text};

const LENGTH: usize = 11;

/// A well-formed mobile number. The full text comes only from [`Phone::as_str`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Judges the exact form.
    ///
    /// # Errors
    /// `phone.length`, `phone.character`, `phone.prefix`, in this order.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let found = input.chars().count();
        if found != LENGTH {
            return Err(CodeError::PhoneLength { found });
        }
        if let Some(position) = text::first_bad(input, |_, c| c.is_ascii_digit()) {
            return Err(CodeError::PhoneCharacter { position });
        }
        if !input.starts_with('1') {
            return Err(CodeError::PhonePrefix);
        }
        Ok(Self(input.to_owned()))
    }

    /// Judges what a person typed: spaces, hyphens, full-width digits and a leading +86 or 0086 are forgiven.
    ///
    /// # Errors
    /// As [`Phone::parse`].
    pub fn parse_lenient(input: &str) -> Result<Self, CodeError> {
        let tidy = text::tidy(input);
        Self::parse(
            tidy.strip_prefix("+86")
                .or_else(|| tidy.strip_prefix("0086"))
                .unwrap_or(&tidy),
        )
    }

    /// The full number. Only for sealed storage, matching, sending, and pages the person may see.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For lists: `138****5678`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..3], &self.0[7..])
    }

    /// The last four digits.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[7..]
    }
}

impl fmt::Display for Phone {
    /// The masked form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Phone {
    /// The masked form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl std::str::FromStr for Phone {
    type Err = CodeError;

    fn from_str(input: &str) -> Result<Self, CodeError> {
        Self::parse(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_masks() {
        let phone = Phone::parse("10012345678").unwrap();
        assert_eq!(
            (phone.masked().as_str(), phone.last_four()),
            ("100****5678", "5678")
        );
        assert_eq!(
            (format!("{phone}"), format!("{phone:?}")),
            ("100****5678".to_owned(), "Phone(100****5678)".to_owned())
        );
        for text in [
            "+86 100-1234-5678",
            "0086 10012345678",
            "１００ １２３４ ５６７８",
        ] {
            assert_eq!(Phone::parse_lenient(text).unwrap(), phone);
        }
    }

    #[test]
    fn refuses_with_the_reason() {
        for (text, code) in [
            ("1001234567", "phone.length"),
            ("+8610012345678", "phone.length"),
            ("1001234567a", "phone.character"),
            ("20012345678", "phone.prefix"),
        ] {
            assert_eq!(Phone::parse(text).unwrap_err().code(), code, "{text}");
        }
    }
}
