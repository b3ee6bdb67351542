//! What somebody types to say who they are. Pure but for the keyed hash.

use tongban_access::PartyKind;
use tongban_codes::{CitizenNumber, Phone, Uscc};
use tongban_store::Store;

use super::{AccountKind, domain};
use crate::{Error, error::refused};

/// A name to sign in with, in its strict form.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SignInName {
    /// Citizen number or unified social credit code.
    Number(PartyKind, String),
    /// The phone of a person.
    Phone(String),
    /// The login name of a member of staff.
    Login(String),
}

impl SignInName {
    /// Reads what was typed. Refusals: `identity.person_name_format`, `identity.enterprise_name_format`, `identity.login_format`.
    pub(crate) fn parse(kind: AccountKind, typed: &str) -> Result<Self, Error> {
        match kind {
            AccountKind::Person => {
                if let Ok(phone) = Phone::parse_lenient(typed) {
                    return Ok(Self::Phone(phone.as_str().to_owned()));
                }
                let number = CitizenNumber::parse_lenient(typed)
                    .map_err(|_| refused("identity.person_name_format", []))?;
                Ok(Self::Number(PartyKind::Person, number.as_str().to_owned()))
            }
            AccountKind::Enterprise => {
                let code =
                    Uscc::parse_lenient(typed).map_err(|_| refused("identity.enterprise_name_format", []))?;
                Ok(Self::Number(PartyKind::Enterprise, code.as_str().to_owned()))
            }
            AccountKind::Staff => Ok(Self::Login(domain::check_login(typed)?)),
        }
    }

    /// What stands for this name in counters, whether an account has it or not: nobody can tell the name from it.
    pub(crate) fn key(&self, store: &Store) -> String {
        let (word, text) = match self {
            Self::Number(PartyKind::Person, number) => ("citizen", number),
            Self::Number(PartyKind::Enterprise, code) => ("uscc", code),
            Self::Phone(phone) => ("phone", phone),
            Self::Login(login) => ("login", login),
        };
        store.keys().token_hash(&format!("sign-in|{word}|{text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        for (kind, typed, name) in [
            (
                AccountKind::Person,
                "100 1234 5678",
                SignInName::Phone("10012345678".to_owned()),
            ),
            (
                AccountKind::Person,
                "11010519491231002x",
                SignInName::Number(PartyKind::Person, "11010519491231002X".to_owned()),
            ),
            (AccountKind::Staff, "Clerk", SignInName::Login("clerk".to_owned())),
        ] {
            assert!(SignInName::parse(kind, typed).unwrap() == name, "{typed}");
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        for (kind, typed, code) in [
            (
                AccountKind::Person,
                "110105194912310021",
                "identity.person_name_format",
            ),
            (AccountKind::Person, "", "identity.person_name_format"),
            (
                AccountKind::Enterprise,
                "11010519491231002X",
                "identity.enterprise_name_format",
            ),
            (AccountKind::Staff, "a", "identity.login_format"),
        ] {
            let refusal = SignInName::parse(kind, typed).err();
            assert!(
                matches!(refusal, Some(Error::Refused(refusal)) if refusal.code == code),
                "{typed}"
            );
        }
    }
}
