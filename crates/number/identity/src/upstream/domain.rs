//! What follows from whom a platform names. Pure.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::provider::UpstreamPerson;
use crate::{accounts::same_name, sessions::Way};

/// How long a person may take over each half: at the platform, and over the question whether to link.
pub(super) const LIVE: Duration = Duration::minutes(10);
/// How far the clocks of two platforms may stand apart.
const CLOCKS: Duration = Duration::seconds(60);

/// The secrets of one request; they rest sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Secrets {
    pub nonce: String,
    pub verifier: String,
    /// Whether the platform was to ask the person anew.
    pub anew: bool,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The browser is at the platform.
    Asked,
    /// It is back; the platform is being asked whom it names.
    Taken,
    /// The person is asked whether to link.
    Links,
    /// The person is asked whether to open an account.
    Opens,
}

impl Stage {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Taken => "taken",
            Self::Links => "links",
            Self::Opens => "opens",
        }
    }
}

/// How a session counts that a platform opened: as one in which the person showed something of their own, or as no more than a
/// browser that was signed in elsewhere already.
pub(super) fn way(person: &UpstreamPerson, asked_at: DateTime<Utc>) -> Way {
    match person.authenticated_at {
        Some(at) if at + CLOCKS >= asked_at => Way::UpstreamAnew,
        _ => Way::Upstream,
    }
}

/// The account of a number that a platform vouches for.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub account: Uuid,
    pub name: String,
    /// Without one it was opened for somebody whom others act for, or its phone was lost: a window knows more.
    pub has_phone: bool,
    /// Somebody else of the same platform is linked with it.
    pub has_link: bool,
}

/// What is known when the browser is back.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The account with which this person of the platform is linked.
    pub linked: Option<Uuid>,
    /// The platform vouches for another number than that account's: its word for the person passed to somebody else.
    pub another: bool,
    /// The account whose session asked for a link.
    pub links_to: Option<Uuid>,
    /// Name and number, where the platform vouches and tells them.
    pub vouched: Option<String>,
    /// Whose the number is.
    pub owner: Option<Owner>,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    SignIn(Uuid),
    /// Link with the account of the number, then sign in.
    Join(Uuid),
    /// Ask the person, once they have signed in by a way of their own.
    Links,
    Opens,
    Refuse(&'static str),
}

pub(super) fn decide(known: &Known) -> Next {
    match (known.links_to, known.linked) {
        (Some(own), Some(linked)) if own == linked => return Next::Refuse("identity.upstream_linked"),
        (Some(_), Some(_)) => return Next::Refuse("identity.upstream_taken"),
        (Some(_), None) => return Next::Links,
        (None, Some(_)) if known.another => return Next::Refuse("identity.upstream_other_person"),
        (None, Some(linked)) => return Next::SignIn(linked),
        (None, None) => {}
    }
    match (&known.vouched, &known.owner) {
        (None, _) => Next::Links,
        (Some(_), None) => Next::Opens,
        (Some(name), Some(owner)) if !same_name(name, &owner.name) => {
            Next::Refuse("identity.upstream_name_differs")
        }
        (Some(_), Some(owner)) if owner.has_link => Next::Refuse("identity.upstream_has_one"),
        (Some(_), Some(owner)) if !owner.has_phone => Next::Refuse("identity.number_at_window"),
        (Some(_), Some(owner)) => Next::Join(owner.account),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn owner() -> Owner {
        Owner {
            account: Uuid::from_u128(7),
            name: "王小明".to_owned(),
            has_phone: true,
            has_link: false,
        }
    }

    #[test]
    fn whom_a_platform_names_is_signed_in_asked_or_refused() {
        let (own, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let known = Known::default;
        let vouched = |name: &str, owner: Option<Owner>| Known {
            vouched: Some(name.to_owned()),
            owner,
            ..Known::default()
        };
        let asks = |linked| Known {
            links_to: Some(own),
            linked,
            ..vouched("王小明", Some(owner()))
        };
        for (known, next) in [
            (known(), Next::Links),
            (
                Known {
                    linked: Some(other),
                    ..known()
                },
                Next::SignIn(other),
            ),
            // a link that the person made goes before the platform's word
            (
                Known {
                    linked: Some(other),
                    ..vouched("王小明", Some(owner()))
                },
                Next::SignIn(other),
            ),
            (
                Known {
                    linked: Some(other),
                    another: true,
                    ..vouched("王小明", None)
                },
                Next::Refuse("identity.upstream_other_person"),
            ),
            (vouched("王小明", None), Next::Opens),
            (vouched("王 小明", Some(owner())), Next::Join(owner().account)),
            (
                vouched("王大明", Some(owner())),
                Next::Refuse("identity.upstream_name_differs"),
            ),
            (
                vouched(
                    "王小明",
                    Some(Owner {
                        has_link: true,
                        ..owner()
                    }),
                ),
                Next::Refuse("identity.upstream_has_one"),
            ),
            (
                vouched(
                    "王小明",
                    Some(Owner {
                        has_phone: false,
                        ..owner()
                    }),
                ),
                Next::Refuse("identity.number_at_window"),
            ),
            // who asked for a link is asked about the link, and lands in no other account
            (asks(None), Next::Links),
            (asks(Some(own)), Next::Refuse("identity.upstream_linked")),
            (asks(Some(other)), Next::Refuse("identity.upstream_taken")),
        ] {
            assert_eq!(decide(&known), next, "{known:?}");
        }
    }

    #[test]
    fn being_signed_in_elsewhere_is_no_proof_of_now() {
        let asked = Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap();
        let person = |authenticated_at| UpstreamPerson {
            issuer: "https://id.example".to_owned(),
            subject: "1".to_owned(),
            name: None,
            number: None,
            phone: None,
            authenticated_at,
        };
        for (at, expected) in [
            (None, Way::Upstream),
            (Some(asked - Duration::seconds(61)), Way::Upstream),
            (Some(asked - Duration::seconds(60)), Way::UpstreamAnew),
            (Some(asked + Duration::seconds(30)), Way::UpstreamAnew),
        ] {
            assert_eq!(way(&person(at), asked), expected, "{at:?}");
        }
    }
}
