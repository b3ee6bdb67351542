//! What a session is and how long it lives. Pure.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
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
const RECOGNISED_FOR: Duration = Duration::hours(1);
/// How long the second factor of a member of staff counts in a session: a working day. A desk that is left alone closes long before.
const SECOND_FACTOR_FOR: Duration = Duration::hours(12);

/// How the platform recognised whoever holds a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recognition {
    /// A face check by a provider.
    Face,
    /// A member of staff at a window, who held the person against a document.
    Window,
    /// A passkey: of a person, one that was bound at a window; of staff, each.
    Passkey,
    /// Staff: a one-time password of a device (RFC 6238).
    Totp,
    /// Staff: a code that an operator handed over.
    StaffCode,
}

/// What a member of staff showed beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// A one-time password of a device (RFC 6238).
    Totp,
    /// A code that an operator handed over.
    StaffCode,
}

impl From<SecondFactor> for Recognition {
    fn from(factor: SecondFactor) -> Self {
        match factor {
            SecondFactor::Totp => Self::Totp,
            SecondFactor::StaffCode => Self::StaffCode,
        }
    }
}

impl Recognition {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Face => "face",
            Self::Window => "window",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::StaffCode => "staff_code",
        }
    }

    /// The way of a stored word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [
            Self::Face,
            Self::Window,
            Self::Passkey,
            Self::Totp,
            Self::StaffCode,
        ]
        .into_iter()
        .find(|way| way.as_str() == word)
    }

    /// How long it counts.
    pub(crate) fn counts_for(self, kind: AccountKind) -> Duration {
        match self {
            Self::Passkey if kind == AccountKind::Staff => SECOND_FACTOR_FOR,
            Self::Totp | Self::StaffCode => SECOND_FACTOR_FOR,
            Self::Face | Self::Window | Self::Passkey => RECOGNISED_FOR,
        }
    }

    /// Whether it is a second factor of staff. A look at a person is none.
    pub(crate) fn is_second_factor(self) -> bool {
        matches!(self, Self::Passkey | Self::Totp | Self::StaffCode)
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
    /// A platform of others, where the person was signed in already.
    Upstream,
    /// A platform of others, which asked the person anew.
    UpstreamAnew,
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
            Self::Upstream => "upstream",
            Self::UpstreamAnew => "upstream_anew",
            Self::Demo => "demo",
        }
    }

    /// The way of a stored word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [
            Self::Password,
            Self::Code,
            Self::Passkey,
            Self::Scan,
            Self::Upstream,
            Self::UpstreamAnew,
            Self::Demo,
        ]
        .into_iter()
        .find(|way| way.as_str() == word)
    }
}

/// The browser that signs in.
#[derive(Clone, Default)]
pub struct Browser {
    /// The token that it held before, if any; its session ends. A new one is made in any case: what a browser brings along
    /// never becomes a session.
    pub token: Option<String>,
    /// What it is, in a few words (see [`device_words`]); empty where it does not say.
    pub device: String,
}

/// System and browser by what a browser calls itself: `Windows · Chrome`. Empty for what nobody knows.
pub fn device_words(agent: &str) -> String {
    let find = |marks: &[(&str, &'static str)]| {
        marks
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let system = find(&[
        ("HarmonyOS", "HarmonyOS"),
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let browser = find(&[
        ("MicroMessenger", "微信"),
        ("AlipayClient", "支付宝"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    [system, browser]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// One open session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionView {
    pub id: Uuid,
    /// Empty where the browser did not say.
    pub device: String,
    /// `password`, `code`, `passkey`, `scan`, `upstream`, `upstream_anew`, `demo`.
    pub way: String,
    pub opened_at: DateTime<Utc>,
    /// To within three minutes.
    pub seen_at: DateTime<Utc>,
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
    /// Until when the person counts as recognised (level 3), if they do; of staff, until when their second factor counts.
    pub recognised_until: Option<DateTime<Utc>>,
    /// The row of a post that is none of the account's own: lent by a colleague, if that still holds. The room of staff knows.
    pub lent_post: Option<Uuid>,
    /// The mandate under which it was set to act for somebody else. Whether that still holds, the room of mandates knows.
    pub acting: Option<Uuid>,
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
    fn devices_are_told_in_a_few_words() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0",
                "Windows · Edge",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.44",
                "iPhone · 微信",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
                "Android · Chrome",
            ),
            ("curl/8.0", ""),
            ("", ""),
        ] {
            assert_eq!(device_words(agent), words, "{agent}");
        }
    }

    #[test]
    fn a_session_is_marked_every_three_minutes() {
        let seen = Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap();
        assert!(!is_seen_anew(seen, seen + Duration::seconds(179)));
        assert!(is_seen_anew(seen, seen + Duration::minutes(3)));
    }
}
