//! Forms are read only when they came from our own page.
//!
//! Two independent checks. The hidden field `_csrf` must be bound, by a keyed hash, to the cookie `tb_csrf` that the page
//! was served with (double submit; anonymous visitors too). And the browser's own word about where the request started
//! (`Sec-Fetch-Site`, `Origin`) must not name another site. The token carries a fresh number each time, so that
//! compression cannot be used to guess it.

use axum::{
    body::Body,
    extract::{FromRef, FromRequest, FromRequestParts, RawForm, Request},
    http::{HeaderMap, Method, header},
};
use serde::{Deserialize, de::DeserializeOwned};
use tongban_access::Actor;
use tongban_crypto::constant_time_eq;

use crate::{
    cookies,
    errors::WebError,
    kept::Posted,
    kit::{Kit, Settings, Surroundings},
    session::Visitor,
};

/// The name of the hidden field.
pub const FIELD: &str = "_csrf";

/// A token for a page: a fresh number, whose page it is, and the keyed hash of both together with the cookie.
pub(crate) fn token(surroundings: &dyn Surroundings, cookie: &str, actor: &Actor) -> String {
    let mut fresh = surroundings.random_code();
    fresh.truncate(16);
    if let Some(account) = account_tag(surroundings, cookie, actor) {
        fresh.push('~');
        fresh.push_str(&account);
    }
    let hash = bind(surroundings, cookie, &fresh);
    format!("{fresh}.{hash}")
}

/// A word for an account that means something in this browser alone; nothing for nobody.
pub(crate) fn account_tag(surroundings: &dyn Surroundings, cookie: &str, actor: &Actor) -> Option<String> {
    let account = actor.account()?;
    let mut tag = surroundings.keyed_hash(&format!("form-account|{cookie}|{account}"));
    tag.truncate(22);
    Some(tag)
}

/// Whose page a token says it was made for. Believe it of a checked token only.
fn account_of(token: &str) -> Option<String> {
    let (fresh, _hash) = token.rsplit_once('.')?;
    fresh.split_once('~').map(|(_, account)| account.to_owned())
}

fn bind(surroundings: &dyn Surroundings, cookie: &str, fresh: &str) -> String {
    surroundings.keyed_hash(&format!("form|{cookie}|{fresh}"))
}

/// Whether the token was made for this cookie.
fn belongs(surroundings: &dyn Surroundings, cookie: &str, token: &str) -> bool {
    token.rsplit_once('.').is_some_and(|(fresh, hash)| {
        !cookie.is_empty() && constant_time_eq(bind(surroundings, cookie, fresh), hash)
    })
}

/// Checks the token of a posted form.
pub(crate) fn check(kit: &Kit, headers: &HeaderMap, token: Option<&str>) -> Result<(), WebError> {
    // the cookie as the browser sent it: one that this answer will only now set cannot have been on the page
    let cookie = cookies::read(headers, cookies::CSRF).unwrap_or_default();
    let ours = started_here(headers, &kit.settings)
        && token.is_some_and(|token| belongs(kit.surroundings.as_ref(), &cookie, token));
    if ours {
        Ok(())
    } else {
        Err(WebError::foreign_form())
    }
}

/// What may be posted from a page of whoever one was before: it says who one is, or that one goes.
const OF_ANYBODY: [&str; 4] = ["/my/acting/", "/sign-out", "/sign-in", "/demo/"];

/// Refuses a form that stood on the page of another account than the one that acts now: in another tab somebody signed in or began to act for somebody
/// else, or a mandate has ended. Where nobody is signed in any more, the form waits for the sign-in.
pub(crate) fn own_page(
    kit: &Kit,
    visitor: &Visitor,
    path: &str,
    token: Option<&str>,
) -> Result<(), WebError> {
    let Some(stood_for) = token.and_then(account_of) else {
        return Ok(());
    };
    if visitor.signed_in().is_none() || OF_ANYBODY.iter().any(|place| path.starts_with(place)) {
        return Ok(());
    }
    if account_tag(kit.surroundings.as_ref(), visitor.csrf_cookie(), visitor.actor()).as_deref()
        == Some(stood_for.as_str())
    {
        Ok(())
    } else {
        Err(WebError::page_of_another())
    }
}

/// The header that carries the token where there is no form: requests of a script to the API.
pub const HEADER: &str = "x-csrf-token";

/// Checks a request to the API that changes something. A program that names its session by `Authorization: Bearer …`
/// passes; a browser, whose cookie travels by itself, must say that a page of this site started the request
/// (`Sec-Fetch-Site: same-origin`) or bring the token of a page in the header [`HEADER`].
pub fn check_program(
    kit: &Kit,
    visitor: &Visitor,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), WebError> {
    if !changes_something(method) || visitor.by_bearer() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site") == Some("same-origin") && started_here(headers, &kit.settings) {
        return Ok(());
    }
    check(kit, headers, text(HEADER))
}

/// Whether a request that changes something was, by the browser's word, started by a page of ours. Programs send neither header.
pub(crate) fn started_here(headers: &HeaderMap, settings: &Settings) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("unreadable"))
    };
    if text(header::HeaderName::from_static("sec-fetch-site"))
        .is_some_and(|site| !matches!(site, "same-origin" | "none"))
    {
        return false;
    }
    let Some(origin) = text(header::ORIGIN) else {
        return true;
    };
    let host = text(header::HOST).unwrap_or_default();
    let same_host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"))
        .is_some_and(|origin| !host.is_empty() && origin == host);
    same_host
        || settings
            .origins
            .iter()
            .any(|known| known.trim_end_matches('/') == origin)
}

/// Whether a method may change something.
pub(crate) fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A posted form (`application/x-www-form-urlencoded`) that came from our own page.
///
/// Use [`Pairs`] as `T` for forms that are made from a JSON Schema.
#[derive(Debug)]
pub struct Form<T>(pub T);

/// The pairs of a form as they were posted, in order, names repeated, without the token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<(String, String)>")]
pub struct Pairs(pub Vec<(String, String)>);

impl From<Vec<(String, String)>> for Pairs {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().filter(|(name, _)| name != FIELD).collect())
    }
}

impl Pairs {
    /// The last value of a name: a hidden default stands before its checkbox.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl<T, S> FromRequest<S> for Form<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    Kit: FromRef<S>,
{
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kit = Kit::from_ref(state);
        let (mut parts, body) = request.into_parts();
        if !changes_something(&parts.method) {
            return Err(WebError::method_not_allowed());
        }
        // asked for its side effect: a route outside the layers is a fault, not a form to be trusted
        let visitor = Visitor::from_request_parts(&mut parts, state).await?;
        let headers = parts.headers.clone();
        let method = parts.method.clone();
        let place = parts.uri.path().to_owned();
        let RawForm(bytes) = RawForm::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|rejection| {
                WebError::from_status(axum::response::IntoResponse::into_response(rejection).status())
            })?;

        let pairs: Vec<(String, String)> = deserialize(&method, &headers, bytes.clone()).await?;
        let token = pairs
            .iter()
            .find(|(name, _)| name == FIELD)
            .map(|(_, value)| value.as_str());
        check(&kit, &headers, token)?;
        own_page(&kit, &visitor, &place, token)?;
        // the handler may find that a session is needed and has ended, or that the visitor is not known well enough
        let account = token.and_then(account_of);
        visitor.keep_posted(Posted::of(Pairs::from(pairs)), account);
        deserialize(&method, &headers, bytes).await.map(Self)
    }
}

async fn deserialize<T: DeserializeOwned>(
    method: &Method,
    headers: &HeaderMap,
    bytes: bytes::Bytes,
) -> Result<T, WebError> {
    let mut request = Request::new(Body::from(bytes));
    *request.method_mut() = method.clone();
    *request.headers_mut() = headers.clone();
    let form = axum_extra::extract::Form::<T>::from_request(request, &())
        .await
        .map_err(|rejection| WebError::bad_input(rejection.to_string()))?;
    Ok(form.0)
}
