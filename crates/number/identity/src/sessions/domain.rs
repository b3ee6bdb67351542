//! What a session is and how long it lives. Pure.

use chrono::{DateTime, Duration, Utc};
use tongban_access::Actor;
use uuid::Uuid;

use crate::{Account, AccountKind};

/// No session is older than this.
const LONGEST: Duration = Duration::hours(24);
/// A desk that is left alone closes early.
const IDLE_STAFF: Duration = Duration::minutes(30);
const IDLE_PARTY: Duration = Duration::hours(12);
/// How often a session is marked as seen: rarer than requests, so that reading a page is not a write.
const SEEN_EVERY: Duration = Duration::minutes(3);

/// How long somebody counts as recognised (实人) after a look at them.
pub(crate) const RECOGNISED_FOR: Duration = Duration::hours(1);

/// How the platform recognised the person in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recognition {
    /// A face check by a provider.
    Face,
    /// A member of staff at a window, who held the person against a document.
    Window,
    /// A passkey that was bound at a window.
    Passkey,
}

impl Recognition {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Face => "face",
            Self::Window => "window",
            Self::Passkey => "passkey",
        }
    }

    /// The way of a stored word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Face, Self::Window, Self::Passkey]
            .into_iter()
            .find(|way| way.as_str() == word)
    }
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Password,
    /// One-time code.
    Code,
    /// The answer of a device.
    Passkey,
    /// The yes of a phone that was signed in.
    Scan,
    /// One click, in the demo only.
    Demo,
}

impl Way {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Passkey => "passkey",
            Self::Scan => "scan",
            Self::Demo => "demo",
        }
    }

    /// The way of a stored word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Password, Self::Code, Self::Passkey, Self::Scan, Self::Demo]
            .into_iter()
            .find(|way| way.as_str() == word)
    }
}

/// A live session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    pub account: Account,
    /// Who acts, for the use cases: the party, or the member of staff on the chosen post.
    pub actor: Actor,
    /// A secret of this session, for the tokens of its forms.
    pub csrf_seed: String,
    pub way: Way,
    pub opened_at: DateTime<Utc>,
    /// When it ends if nothing happens.
    pub expires: DateTime<Utc>,
    /// Until when the person counts as recognised (level 3), if they do.
    pub recognised_until: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Session")
            .field("id", &self.id)
            .field("actor", &self.actor)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// When a session ends at the latest that is opened now.
pub(crate) fn ends_at(opened_at: DateTime<Utc>) -> DateTime<Utc> {
    opened_at + LONGEST
}

/// When a session ends if nothing happens.
pub(crate) fn expires(kind: AccountKind, seen_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> DateTime<Utc> {
    let idle = if kind == AccountKind::Staff {
        IDLE_STAFF
    } else {
        IDLE_PARTY
    };
    std::cmp::min(seen_at + idle, ends_at)
}

/// Whether it is time to mark a session as seen.
pub(crate) fn is_seen_anew(seen_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= seen_at + SEEN_EVERY
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn a_session_ends_by_rest_and_by_age() {
        let opened = Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap();
        let end = ends_at(opened);
        assert_eq!(end - opened, Duration::hours(24));
        for (kind, seen_after, expires_after) in [
            (AccountKind::Staff, Duration::zero(), Duration::minutes(30)),
            (
                AccountKind::Staff,
                Duration::hours(8),
                Duration::minutes(8 * 60 + 30),
            ),
            (AccountKind::Person, Duration::zero(), Duration::hours(12)),
            (AccountKind::Enterprise, Duration::hours(11), Duration::hours(23)),
            (AccountKind::Person, Duration::hours(20), Duration::hours(24)),
            (
                AccountKind::Staff,
                Duration::minutes(24 * 60 - 1),
                Duration::hours(24),
            ),
        ] {
            assert_eq!(
                expires(kind, opened + seen_after, end) - opened,
                expires_after,
                "{kind:?} {seen_after}"
            );
        }
    }

    #[test]
    fn a_session_is_marked_every_three_minutes() {
        let seen = Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap();
        assert!(!is_seen_anew(seen, seen + Duration::seconds(179)));
        assert!(is_seen_anew(seen, seen + Duration::minutes(3)));
    }
}
