//! What an account is, and what may be written into one. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::{Assurance, PartyKind, Post};
use tongban_codes::{CitizenNumber, Phone, Uscc};
use tongban_store::Store;
use uuid::Uuid;

use crate::{Error, error::refused};

/// Longest name of a person or a firm, in characters.
const LONGEST_NAME: usize = 100;

/// What kind of account signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// 自然人: signs in with citizen number or phone.
    Person,
    /// 法人: signs in with the unified social credit code.
    Enterprise,
    /// 工作人员: signs in with a login name.
    Staff,
}

impl AccountKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Enterprise => "enterprise",
            Self::Staff => "staff",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Person, Self::Enterprise, Self::Staff]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }

    /// The kind of party, for those who apply; staff apply for nothing.
    pub fn party(self) -> Option<PartyKind> {
        match self {
            Self::Person => Some(PartyKind::Person),
            Self::Enterprise => Some(PartyKind::Enterprise),
            Self::Staff => None,
        }
    }
}

impl From<PartyKind> for AccountKind {
    fn from(kind: PartyKind) -> Self {
        match kind {
            PartyKind::Person => Self::Person,
            PartyKind::Enterprise => Self::Enterprise,
        }
    }
}

/// An account as pages show it: number and phone are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    pub id: Uuid,
    pub kind: AccountKind,
    /// Name of the person or the firm.
    pub name: String,
    /// Citizen number or unified social credit code, masked; none for staff.
    pub masked_number: Option<String>,
    pub masked_phone: Option<String>,
    /// Login name of staff.
    pub login: Option<String>,
    /// Posts of staff in their order; empty for parties.
    pub posts: Vec<Post>,
    /// Whether the account can sign in by password at all.
    pub has_password: bool,
    pub created_at: DateTime<Utc>,
    /// How well the holder was ever checked.
    pub assurance: Assurance,
    /// When name and number were checked.
    pub checked_at: Option<DateTime<Utc>>,
}

/// A post of a member of staff, with its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldPost {
    /// The row of the post: it stays as long as the post does.
    pub id: Uuid,
    /// The account that holds it.
    pub holder: Uuid,
    pub holder_name: String,
    pub post: Post,
}

/// Who found that name and number are the holder's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckedBy {
    /// The register agreed with what was typed.
    Register,
    /// An office entered it, or the platform did.
    Office,
    /// A platform of others that an operator lets vouch for it.
    Platform,
}

impl CheckedBy {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Office => "office",
            Self::Platform => "platform",
        }
    }
}

/// The one who applies, with number and phone in clear. Only for use cases that need them: never into a log, an event,
/// a job or a list. `Debug` leaves them out, and there is no serde on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    pub account: Uuid,
    pub kind: PartyKind,
    pub name: String,
    /// Citizen number or unified social credit code, in clear.
    pub number: String,
    /// Mainland mobile number, in clear.
    pub phone: Option<String>,
}

impl std::fmt::Debug for Party {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Party")
            .field("account", &self.account)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// The word under which numbers of this kind are blinded, everywhere in the platform.
pub(crate) fn number_field(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => "citizen",
        PartyKind::Enterprise => "uscc",
    }
}

/// The blind index that stands for a person or firm in the log, in licences and in cases. `number` in its strict form.
pub fn subject_blind(store: &Store, kind: PartyKind, number: &str) -> String {
    store.blind(number_field(kind), number)
}

/// As [`subject_blind`], under the current and the retiring keys: look-ups try all of them.
pub fn subject_blinds(store: &Store, kind: PartyKind, number: &str) -> Vec<String> {
    store.blinds(number_field(kind), number)
}

/// Brings a number into its strict form. Refuses with the code of the form's rule, such as `citizen.check_digit`.
pub(crate) fn check_number(kind: PartyKind, number: &str) -> Result<String, Error> {
    Ok(match kind {
        PartyKind::Person => CitizenNumber::parse_lenient(number)?.as_str().to_owned(),
        PartyKind::Enterprise => Uscc::parse_lenient(number)?.as_str().to_owned(),
    })
}

/// Brings a phone into its strict form. Refuses with the code of the form's rule, such as `phone.length`.
pub(crate) fn check_phone(phone: &str) -> Result<String, Error> {
    Ok(Phone::parse_lenient(phone)?.as_str().to_owned())
}

/// Whether a text holds a citizen number or a mobile number: it does not belong where texts rest as they are.
pub fn names_somebody(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .any(|run| CitizenNumber::parse_lenient(run).is_ok() || Phone::parse_lenient(run).is_ok())
}

/// A name without spaces around it. Refusals: `identity.name_missing`, `identity.name_too_long`.
pub(crate) fn check_display_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(refused("identity.name_missing", []));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(refused(
            "identity.name_too_long",
            [("limit", LONGEST_NAME.to_string())],
        ));
    }
    Ok(name.to_owned())
}

/// A login name in lower case: 3 to 32 letters, digits, dots, hyphens, underscores; it begins with a letter.
/// Refusal: `identity.login_format`.
pub(crate) fn check_login(login: &str) -> Result<String, Error> {
    let login = login.trim().to_ascii_lowercase();
    let sound = (3..=32).contains(&login.len())
        && login.starts_with(|first: char| first.is_ascii_lowercase())
        && login
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
    if sound {
        Ok(login)
    } else {
        Err(refused("identity.login_format", []))
    }
}

/// The posts of a member of staff: at least one, none twice. Refusals: `identity.no_post`, `identity.post_twice`.
pub(crate) fn check_posts(posts: &[Post]) -> Result<(), Error> {
    if posts.is_empty() {
        return Err(refused("identity.no_post", []));
    }
    let twice = posts.iter().enumerate().any(|(index, post)| {
        posts
            .iter()
            .take(index)
            .any(|other| other.organisation == post.organisation && other.role == post.role)
    });
    if twice {
        Err(refused("identity.post_twice", []))
    } else {
        Ok(())
    }
}

/// A stored phone for lists.
pub(crate) fn mask_phone(phone: &str) -> String {
    Phone::parse(phone).map_or_else(|_| "****".to_owned(), |phone| phone.masked())
}

#[cfg(test)]
mod tests {
    use tongban_access::Role;
    use tongban_codes::RegionCode;

    use super::*;

    fn code(error: Error) -> &'static str {
        match error {
            Error::Refused(refusal) => refusal.code,
            other => unreachable!("{other}"),
        }
    }

    #[test]
    fn login_names() {
        for (typed, kept) in [
            ("Clerk.01", "clerk.01"),
            (" zhang-wei ", "zhang-wei"),
            ("a_b", "a_b"),
        ] {
            assert_eq!(check_login(typed).unwrap(), kept);
        }
        for typed in ["", "ab", "1abc", "张伟abc", "a b c", &"a".repeat(33)] {
            assert_eq!(
                code(check_login(typed).unwrap_err()),
                "identity.login_format",
                "{typed}"
            );
        }
    }

    #[test]
    fn display_names() {
        assert_eq!(check_display_name(" 王小明 ").unwrap(), "王小明");
        for (typed, refusal) in [
            (String::new(), "identity.name_missing"),
            ("  ".to_owned(), "identity.name_missing"),
            ("a\nb".to_owned(), "identity.name_missing"),
            ("长".repeat(101), "identity.name_too_long"),
        ] {
            assert_eq!(code(check_display_name(&typed).unwrap_err()), refusal);
        }
    }

    #[test]
    fn posts_are_there_and_none_twice() {
        let post = |organisation: u128, role| Post {
            organisation: Uuid::from_u128(organisation),
            organisation_name: "示范市市场监督管理局".to_owned(),
            region: RegionCode::parse("519900000000").unwrap(),
            role,
        };
        check_posts(&[
            post(1, Role::Clerk),
            post(1, Role::Approver),
            post(2, Role::Clerk),
        ])
        .unwrap();
        assert_eq!(code(check_posts(&[]).unwrap_err()), "identity.no_post");
        assert_eq!(
            code(check_posts(&[post(1, Role::Clerk), post(1, Role::Clerk)]).unwrap_err()),
            "identity.post_twice"
        );
    }

    #[test]
    fn numbers_take_their_strict_form_and_are_masked() {
        let number = check_number(PartyKind::Person, "110105 19491231 002x").unwrap();
        assert_eq!(number, "11010519491231002X");
        assert_eq!(PartyKind::Person.mask_number(&number), "1101**********002X");
        assert_eq!(
            code(check_number(PartyKind::Person, "110105194912310021").unwrap_err()),
            "citizen.check_digit"
        );
        assert_eq!(
            code(check_number(PartyKind::Enterprise, "123").unwrap_err()),
            "uscc.length"
        );
        assert_eq!(PartyKind::Enterprise.mask_number("spoilt"), "****");
        assert_eq!(check_phone("+86 100 1234 5678").unwrap(), "10012345678");
        assert_eq!(mask_phone("10012345678"), "100****5678");
    }
}
