//! What a client may ask for of a person, and how well the person is known. Pure.

use tongban_access::Assurance;

/// What a person may let a client have. Everything else that a client is registered for is a word between machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// That it is they who sign in, under a name that only this client's sector knows.
    OpenId,
    /// The name, and whether it is a person or a firm.
    Profile,
    /// Citizen number or unified social credit code.
    Number,
    /// The mobile number.
    Phone,
    /// For whom the person may act, and acting for them.
    Mandates,
    /// All of it while the person is not there.
    OfflineAccess,
}

impl Scope {
    pub const ALL: [Self; 6] = [
        Self::OpenId,
        Self::Profile,
        Self::Number,
        Self::Phone,
        Self::Mandates,
        Self::OfflineAccess,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Number => "number",
            Self::Phone => "phone",
            Self::Mandates => "mandates",
            Self::OfflineAccess => "offline_access",
        }
    }

    /// The scope of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// How well the person must be known for it: what is told of a person is told of somebody who was checked.
    pub(crate) fn needs(self) -> Assurance {
        match self {
            Self::Profile | Self::Number | Self::Phone | Self::Mandates => Assurance::RealName,
            Self::OpenId | Self::OfflineAccess => Assurance::Registered,
        }
    }
}

/// The words of a list that are apart by spaces, each once, in order.
pub(crate) fn words(list: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for word in list.split(' ').filter(|word| !word.is_empty()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Whether every word of one list stands in another.
pub(crate) fn covers(held: &str, asked: &str) -> bool {
    let held = words(held);
    words(asked).iter().all(|word| held.contains(word))
}

/// Both lists as one.
pub(crate) fn joined(one: &str, other: &str) -> String {
    words(&format!("{one} {other}")).join(" ")
}

/// Whether a list has the word of a scope.
pub(crate) fn has(list: &str, scope: Scope) -> bool {
    words(list).contains(&scope.as_str())
}

/// Before the number of a level of assurance in `acr` and `acr_values`.
const LEVEL: &str = "urn:tongban:acr:";

/// What a token says of how well its person is known.
pub fn acr(level: Assurance) -> String {
    format!("{LEVEL}{}", level.number())
}

/// The level of a word of `acr_values`; `None` for words of others.
pub(crate) fn level_of(acr: &str) -> Option<Assurance> {
    Assurance::from_number(acr.strip_prefix(LEVEL)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_words() {
        assert_eq!(words("openid  profile openid "), ["openid", "profile"]);
        assert!(covers("openid profile", "profile"));
        assert!(!covers("openid profile", "openid phone"));
        assert!(!covers("openid profile_picture", "profile"), "whole words only");
        assert_eq!(joined("openid profile", "phone openid"), "openid profile phone");
        assert_eq!(level_of("urn:tongban:acr:3"), Some(Assurance::InPerson));
        for foreign in [
            "urn:tongban:acr:4",
            "urn:tongban:acr:",
            "3",
            "urn:mace:incommon:iap:silver",
        ] {
            assert_eq!(level_of(foreign), None, "{foreign}");
        }
    }
}
