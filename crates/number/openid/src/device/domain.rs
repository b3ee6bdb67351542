//! The code that a person types, and how a device stands. Pure.

use chrono::Duration;

/// How long a device waits.
pub(super) const WAITS: Duration = Duration::minutes(10);
/// How often it may ask at first, in seconds.
pub(super) const INTERVAL: i32 = 5;
/// What is added for one that asks too often (RFC 8628 §3.5).
pub(crate) const INTERVAL_STEP: i32 = 5;
/// Letters that nobody takes for another, and that make no words.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// How a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Waits,
    Approved,
    Refused,
}

impl Standing {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Waits, Self::Approved, Self::Refused]
            .into_iter()
            .find(|standing| standing.as_str() == word)
    }
}

/// Eight letters of a random text: 2³⁴ of them, good for ten minutes.
pub(super) fn user_code(random: &str) -> String {
    tongban_crypto::sm3(random)
        .iter()
        .take(8)
        .map(|byte| char::from(LETTERS[usize::from(byte % 20)]))
        .collect()
}

/// As it is shown: in two halves.
pub(super) fn shown(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((one, two)) => format!("{one}-{two}"),
        None => code.to_owned(),
    }
}

/// What was typed, as it is compared: capital letters without anything between.
pub(super) fn typed(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .take(20)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = user_code("random");
        assert_eq!(code.len(), 8);
        assert!(code.bytes().all(|letter| LETTERS.contains(&letter)), "{code}");
        for text in [
            shown(&code),
            shown(&code).to_lowercase(),
            format!(" {code} "),
            shown(&code).replace('-', " "),
        ] {
            assert_eq!(typed(&text), code, "{text}");
        }
    }
}
