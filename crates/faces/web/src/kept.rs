//! What was typed into a form survives a session that ended under it.
//!
//! A posted form of a page that needs a sign-in, and comes without a live session, is answered with the sign-in page at once.
//! What was posted travels through that page and the next ones in a hidden field, sealed; the server remembers nothing.
//! Once the person has signed in, a page shows what would be sent and where to, and one button sends it. Nothing is sent
//! without that click.
//!
//! A form is kept only when it brought a valid pair of token and cookie, so it came from a page of ours. The sealed value is
//! good in this browser alone (it names its form cookie), for [`GOOD_FOR`], and where the token of the form says whose
//! page it stood on, for that account alone. Forms with a password in them are never kept.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use axum::response::{IntoResponse as _, Response};

use crate::{
    csrf::{self, Pairs},
    flash::{Flash, Tone},
    kit::{Kit, Surroundings},
    local_path::LocalPath,
    pages::{Area, Page},
    session::Visitor,
    sign_in_page::never_stored,
    {Sentence, WebError},
};

/// The hidden field that carries the sealed form through the sign-in.
pub const FIELD: &str = "kept";
/// A hidden field that a script adds: the id of the field where the person was, to come back to.
const AT: &str = "_at";
/// Longest form that is kept: bytes of its names and values.
const LONGEST: usize = 256 * 1024;
/// How long the sealed value is good for, in minutes. One sign-in takes less.
const GOOD_FOR: i64 = 60;
/// Fields that the page fills and nobody types.
const OF_THE_PAGE: [&str; 3] = ["version", "then", "confirmed"];
/// What the seal is bound to.
const SEALED_AS: &str = "kept_form";

/// What became of a form that was posted without a session.
#[derive(Debug)]
pub(crate) enum Posted {
    /// It can be kept.
    Form(Pairs),
    /// It is longer than what is carried along.
    TooLong,
    /// It holds a password.
    Secret,
}

impl Posted {
    pub fn of(pairs: Pairs) -> Self {
        if pairs.0.iter().any(|(name, _)| is_secret(name)) {
            return Self::Secret;
        }
        let length: usize = pairs.0.iter().map(|(name, value)| name.len() + value.len()).sum();
        if length > LONGEST {
            Self::TooLong
        } else {
            Self::Form(pairs)
        }
    }
}

/// Fields of passwords are named so; a test reads all templates for it.
fn is_secret(name: &str) -> bool {
    name.contains("password")
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Inside {
    /// Where the form is sent to.
    action: String,
    /// The page it stood on.
    back: String,
    pairs: Vec<(String, String)>,
    /// Whose page it was, as the token of the form says; nothing where nobody was signed in on it.
    account: Option<String>,
    /// The form cookie of the browser, hashed.
    browser: String,
    at: DateTime<Utc>,
}

/// A form that waits for its sender to sign in.
pub struct KeptForm {
    inside: Inside,
    sealed: String,
}

/// Which browser it is, without its cookie.
fn browser(surroundings: &dyn Surroundings, cookie: &str) -> String {
    surroundings.keyed_hash(&format!("kept-form|{cookie}"))
}

impl KeptForm {
    /// Seals what this request posted. `account` is what its token says of whose page it was.
    pub(crate) fn seal(
        kit: &Kit,
        visitor: &Visitor,
        pairs: &Pairs,
        account: Option<String>,
    ) -> Result<Self, WebError> {
        let at = pairs.get(AT).filter(|id| {
            !id.is_empty()
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        });
        let action = match at {
            Some(id) => format!("{}#{id}", visitor.path()),
            None => visitor.path().to_string(),
        };
        let inside = Inside {
            action,
            back: visitor.back().to_string(),
            pairs: pairs.0.iter().filter(|(name, _)| name != AT).cloned().collect(),
            account,
            browser: browser(kit.surroundings.as_ref(), visitor.csrf_cookie()),
            at: kit.surroundings.now(),
        };
        let plain = serde_json::to_string(&inside).map_err(WebError::internal)?;
        let sealed = kit.surroundings.seal(SEALED_AS, &plain)?;
        Ok(Self { inside, sealed })
    }

    /// The form in the hidden field of a sign-in page. Nothing when there is none, or it is not good here and now.
    pub fn open(kit: &Kit, visitor: &Visitor, sealed: &str) -> Option<Self> {
        let plain = kit.surroundings.unseal(SEALED_AS, sealed)?;
        let inside: Inside = serde_json::from_str(&plain).ok()?;
        let age = kit.surroundings.now() - inside.at;
        let good = age >= Duration::zero()
            && age <= Duration::minutes(GOOD_FOR)
            && inside.browser == browser(kit.surroundings.as_ref(), visitor.csrf_cookie());
        good.then(|| Self {
            inside,
            sealed: sealed.to_owned(),
        })
    }

    /// The sealed value, for the hidden field.
    pub fn sealed(&self) -> &str {
        &self.sealed
    }

    /// The page on which the form stood.
    pub fn back(&self) -> LocalPath {
        LocalPath::parse_or_home(&self.inside.back)
    }

    /// Whether whoever is signed in may send it: the account on whose page it stood, where that is known.
    pub fn belongs_to(&self, kit: &Kit, visitor: &Visitor) -> bool {
        let Some(session) = visitor.signed_in() else {
            return false;
        };
        self.inside.account.is_none()
            || self.inside.account
                == csrf::account_tag(kit.surroundings.as_ref(), visitor.csrf_cookie(), &session.actor)
    }

    /// The page that shows what is kept, and sends it when its button is pressed.
    pub fn page(&self, kit: &Kit, visitor: &Visitor) -> Result<Page, WebError> {
        let address = self.inside.action.split('#').next().unwrap_or_default();
        let known = self.inside.account.is_some();
        let shown = |(name, value): &(String, String)| {
            // who wrote it knows it again; who may not have written it sees everything by its name
            if name.starts_with('_') || known && OF_THE_PAGE.contains(&name.as_str()) {
                return None;
            }
            let key = format!("kept-field-{name}");
            let label = if kit.pages.texts().has(visitor.locale(), &key) {
                Sentence::key(key)
            } else if known {
                Sentence::key("kept-field-any")
            } else {
                Sentence::plain(name.clone())
            };
            // a choice is told in the words of its page
            let chosen = format!("kept-value-{name}-{value}");
            let value = if kit.pages.texts().has(visitor.locale(), &chosen) {
                Sentence::key(chosen)
            } else {
                Sentence::plain(value.clone())
            };
            Some(Field { label, value })
        };
        let data = KeptPage {
            action: &self.inside.action,
            address,
            back: &self.inside.back,
            pairs: &self.inside.pairs,
            fields: self.inside.pairs.iter().filter_map(shown).collect(),
            known,
        };
        kit.pages
            .render(&visitor.page(area(address)), "errors/kept.html", &data)
    }
}

/// On to where somebody wanted to go who was asked for more: to the form that waits, or to the page.
pub fn go_on(
    kit: &Kit,
    visitor: &Visitor,
    target: &LocalPath,
    kept: Option<&str>,
    done: Flash,
) -> Result<Response, WebError> {
    let Some(sealed) = kept.filter(|sealed| !sealed.is_empty()) else {
        return Ok(done.redirect(target));
    };
    match KeptForm::open(kit, visitor, sealed) {
        Some(form) if form.belongs_to(kit, visitor) => {
            let mut response = form.page(kit, visitor)?.into_response();
            never_stored(&mut response);
            Ok(response)
        }
        _ => Ok(Flash::new(kit, Tone::Warning, &Sentence::key("kept-lost")).redirect(target)),
    }
}

/// Whose frame the page of an address has.
pub(crate) fn area(path: &str) -> Area {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path == "/desk" || path.starts_with("/desk/") || path == "/cockpit" {
        Area::Desk
    } else {
        Area::Portal
    }
}

/// The data of `errors/kept.html`.
#[derive(Serialize)]
struct KeptPage<'a> {
    action: &'a str,
    address: &'a str,
    back: &'a str,
    pairs: &'a [(String, String)],
    fields: Vec<Field>,
    /// Whether the page that the form stood on was this account's for certain.
    known: bool,
}

#[derive(Serialize)]
struct Field {
    label: Sentence,
    value: Sentence,
}
