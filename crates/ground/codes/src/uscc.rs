//! Unified social credit code (统一社会信用代码, GB 32100): 18 characters.
//!
//! 1 registering department, 1 class, 6 digits of region, 9 of organisation code (GB 11714), 1 check character
//! (MOD 31 over an alphabet without I, O, S, V, Z). The code is public, so `Display` prints it whole; lists of agents and
//! the like may use [`Uscc::masked`].

use std::fmt;

use crate::{CodeError, OrganisationCode, check_digit, text};

const LENGTH: usize = 18;

/// A valid unified social credit code. Serde reads and writes the 18 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

text::text_traits!(Uscc);
text::text_serde!(Uscc);

impl Uscc {
    /// Judges the exact form: alphabet, six digits of region, check character. The organisation code inside is not judged
    /// again (see [`Uscc::organisation_code`]).
    ///
    /// # Errors
    /// `uscc.length`, `uscc.character`, `uscc.department`, `uscc.check_digit`, in this order.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let found = input.chars().count();
        if found != LENGTH {
            return Err(CodeError::UsccLength { found });
        }
        let allowed = |index: usize, c: char| {
            if (2..8).contains(&index) {
                c.is_ascii_digit()
            } else {
                check_digit::USCC_ALPHABET.contains(c)
            }
        };
        if let Some(position) = text::first_bad(input, allowed) {
            return Err(CodeError::UsccCharacter { position });
        }
        // No department has the number 0; eighteen zeros would otherwise pass the check.
        if input.starts_with('0') {
            return Err(CodeError::UsccDepartment);
        }
        if check_digit::mod_31(&input[..LENGTH - 1]) != input.chars().last() {
            return Err(CodeError::UsccCheckDigit);
        }
        Ok(Self(input.to_owned()))
    }

    /// Judges what a person typed: spaces, hyphens, full-width and lower-case characters are forgiven.
    ///
    /// # Errors
    /// As [`Uscc::parse`].
    pub fn parse_lenient(input: &str) -> Result<Self, CodeError> {
        Self::parse(&text::tidy(input))
    }

    /// Makes a code from its parts and computes the check character. Department and class e.g. `'9','1'` (enterprise),
    /// `'1','1'` (government organ), `'9','2'` (individual business).
    ///
    /// # Errors
    /// As [`Uscc::parse`].
    pub fn generate(
        department: char,
        class: char,
        region_prefix: &str,
        organisation: &OrganisationCode,
    ) -> Result<Self, CodeError> {
        let body = format!("{department}{class}{region_prefix}{}", organisation.as_str());
        let found = body.chars().count() + 1;
        if found != LENGTH {
            return Err(CodeError::UsccLength { found });
        }
        let outside = |position| CodeError::UsccCharacter { position };
        if let Some(position) = text::first_bad(&body, |_, c| check_digit::USCC_ALPHABET.contains(c)) {
            return Err(outside(position));
        }
        let check = check_digit::mod_31(&body).ok_or(outside(1))?;
        Self::parse(&format!("{body}{check}"))
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The six digits of the registering region.
    #[must_use]
    pub fn region_prefix(&self) -> &str {
        &self.0[2..8]
    }

    /// The organisation code inside, when its own check character holds (it does in every code we have seen).
    #[must_use]
    pub fn organisation_code(&self) -> Option<OrganisationCode> {
        OrganisationCode::parse(&self.0[8..17]).ok()
    }

    /// Is this an organ, institution or body that the state set up (department 1: 机构编制)?
    #[must_use]
    pub fn is_state_body(&self) -> bool {
        self.0.starts_with('1')
    }

    /// First four and last four characters, `9151**********579G`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}{}{}", &self.0[..4], "*".repeat(10), &self.0[14..])
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One example printed in GB 32100, and codes of public bodies.
    const VALID: [&str; 7] = [
        "91350100M000100Y43",
        "11511301008778183N",
        "11370800MB28559184",
        "91330102MA28NBU477",
        "1151130100877801XA",
        "115113010833722043",
        "12511301MB1297707Y",
    ];

    #[test]
    fn reads_known_codes_and_the_organisation_code_inside() {
        for text in VALID {
            assert_eq!(Uscc::parse(text).unwrap().as_str(), text);
        }
        let code = Uscc::parse("11511301008778183N").unwrap();
        assert_eq!(code.organisation_code().unwrap().as_str(), "008778183");
        assert_eq!((code.region_prefix(), code.is_state_body()), ("511301", true));
        assert_eq!(code.masked(), "1151**********183N");
    }

    #[test]
    fn refuses_with_the_reason() {
        for (text, code) in [
            ("4444444444", "uscc.length"),
            ("1151130000877869M", "uscc.length"),
            ("91350100M000100I43", "uscc.character"),
            ("9135A100M000100Y43", "uscc.character"),
            ("11511301452259996u", "uscc.character"),
            ("000000000000000000", "uscc.department"),
            ("91350100M000100Y44", "uscc.check_digit"),
            ("444444444444444444", "uscc.check_digit"),
        ] {
            assert_eq!(Uscc::parse(text).unwrap_err().code(), code, "{text}");
        }
        assert_eq!(
            Uscc::parse_lenient("11511301452259996u").unwrap().as_str(),
            "11511301452259996U"
        );
    }

    #[test]
    fn generates_from_parts() {
        let organisation = OrganisationCode::generate("MA11G157").unwrap();
        let code = Uscc::generate('9', '1', "519901", &organisation).unwrap();
        assert_eq!(Uscc::parse(code.as_str()).unwrap(), code);
        assert_eq!(code.organisation_code(), Some(organisation.clone()));
        assert_eq!(
            Uscc::generate('I', '1', "519901", &organisation)
                .unwrap_err()
                .code(),
            "uscc.character"
        );
        assert_eq!(
            Uscc::generate('9', '1', "51990", &organisation)
                .unwrap_err()
                .code(),
            "uscc.length"
        );
    }

    #[test]
    fn serde_judges_again() {
        let code: Uscc = serde_json::from_str("\"91350100M000100Y43\"").unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"91350100M000100Y43\"");
        let error = serde_json::from_str::<Uscc>("\"91350100M000100Y44\"")
            .unwrap_err()
            .to_string();
        assert!(!error.contains("91350100"), "{error}");
    }
}
