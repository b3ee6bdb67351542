//! Why a text is not the code it claims to be.

/// Declares the error type: one line per refusal with its stable code and its English sentence.
macro_rules! code_errors {
    ($( $variant:ident $( { $($field:ident : $type:ty),+ } )? = $code:literal, $message:literal; )+) => {
        /// A refused code. [`CodeError::code`] is stable and names the sentence a page shows;
        /// `Display` is plain English for logs and tools. Neither ever contains the refused value.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        #[non_exhaustive]
        pub enum CodeError {
            $(
                #[doc = concat!("`", $code, "`: ", $message, ".")]
                #[error($message)]
                $variant $( { $(
                    #[doc = concat!("The ", stringify!($field), " (characters are counted from 1).")]
                    $field: $type
                ),+ } )?,
            )+
        }

        impl CodeError {
            /// Every stable code, so that a test can ask whether each has a sentence in each language.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The stable code, e.g. `citizen.check_digit`.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $code, )+ }
            }

            /// The arguments of the sentence, e.g. `[("found", "17")]`.
            #[must_use]
            pub fn args(&self) -> Vec<(&'static str, String)> {
                match self { $(
                    Self::$variant $( { $($field),+ } )? => vec![ $( $( (stringify!($field), $field.to_string()) ),+ )? ],
                )+ }
            }
        }
    };
}

code_errors! {
    CitizenLength { found: usize } = "citizen.length", "a citizen number has 18 characters, this has {found}";
    CitizenCharacter { position: usize } = "citizen.character", "character {position} of the citizen number is not allowed there";
    CitizenLowerCase = "citizen.lower_case", "the last character of a citizen number is a capital X";
    CitizenRegion = "citizen.region", "the citizen number does not begin with a known region";
    CitizenBirthDate = "citizen.birth_date", "the citizen number holds a birth date that does not exist";
    CitizenSequence = "citizen.sequence", "the sequence of a citizen number is at most 999";
    CitizenCheckDigit = "citizen.check_digit", "the last character of the citizen number does not match the others";

    UsccLength { found: usize } = "uscc.length", "a unified social credit code has 18 characters, this has {found}";
    UsccCharacter { position: usize } = "uscc.character", "character {position} of the unified social credit code is not allowed there";
    UsccDepartment = "uscc.department", "a unified social credit code does not begin with 0";
    UsccCheckDigit = "uscc.check_digit", "the last character of the unified social credit code does not match the others";

    OrganisationLength { found: usize } = "organisation.length", "an organisation code has 9 characters, this has {found}";
    OrganisationCharacter { position: usize } = "organisation.character", "character {position} of the organisation code is not allowed there";
    OrganisationCheckDigit = "organisation.check_digit", "the last character of the organisation code does not match the others";

    RegionLength { found: usize } = "region.length", "a region code has 12 digits, this has {found} characters";
    RegionCharacter { position: usize } = "region.character", "character {position} of the region code is not a digit";
    RegionProvince = "region.province", "the region code does not begin with a province";

    ItemEmpty = "item.empty", "the item code is empty";
    ItemTooLong { found: usize } = "item.too_long", "an item code has at most 128 characters, this has {found}";
    ItemCharacter { position: usize } = "item.character", "character {position} of the item code cannot be printed";
    ItemTypeUnknown = "item.type_unknown", "the item type is not one of the national list";

    LicencePrefix = "licence.prefix", "a licence identifier begins with 1.2.156.3005.2";
    LicenceParts { found: usize } = "licence.parts", "a licence identifier has 5 parts after its prefix, this has {found}";
    LicenceType = "licence.type", "a licence type code is the 18 characters of its authority and 3 digits";
    LicenceIssuer = "licence.issuer", "the issuer of a licence is named by 18 characters";
    LicenceSerial = "licence.serial", "the serial of a licence is 1 to 64 digits and capital letters";
    LicenceVersion = "licence.version", "the version of a licence is a number from 001 to 999";
    LicenceCheckCharacter = "licence.check_character", "the last character of the licence identifier does not match the others";

    CaseLength { found: usize } = "case.length", "a case number has 21 digits, this has {found} characters";
    CaseCharacter { position: usize } = "case.character", "character {position} of the case number is not a digit";
    CaseRegion = "case.region", "the case number does not begin with a region";
    CaseDate = "case.date", "the case number holds a date that does not exist";
    CaseSerial = "case.serial", "the serial of a case number is 1 to 999999";
    CaseCheckDigit = "case.check_digit", "the last digit of the case number does not match the others";

    MoneyFormat = "money.format", "an amount is written like 12.34, with at most two decimals";
    MoneyRange = "money.range", "the amount is too large";

    PhoneLength { found: usize } = "phone.length", "a mobile number has 11 digits, this has {found} characters";
    PhoneCharacter { position: usize } = "phone.character", "character {position} of the mobile number is not a digit";
    PhonePrefix = "phone.prefix", "a mobile number begins with 1";

    LimitUnitUnknown = "limit.unit_unknown", "the unit of the limit is not known";
}

#[cfg(test)]
mod tests {
    use super::CodeError;

    #[test]
    fn codes_are_distinct_and_lower_case() {
        let mut seen = std::collections::BTreeSet::new();
        for code in CodeError::CODES {
            assert!(seen.insert(code), "{code} is used twice");
            assert!(
                code.contains('.')
                    && code
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c == '.' || c == '_'),
                "{code}"
            );
        }
    }

    #[test]
    fn an_error_gives_code_arguments_and_sentence() {
        let error = CodeError::CitizenLength { found: 17 };
        assert_eq!(error.code(), "citizen.length");
        assert_eq!(error.args(), vec![("found", "17".to_owned())]);
        assert_eq!(
            error.to_string(),
            "a citizen number has 18 characters, this has 17"
        );
        assert!(CodeError::CitizenCheckDigit.args().is_empty());
    }
}
