//! The cookies of the faces: names, how they are written and read.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::CookieJar;

/// The session token. Opaque; the session store knows what it means.
pub const SESSION: &str = "tb_session";
/// The value that form tokens are bound to.
pub const CSRF: &str = "tb_csrf";
/// `zh-CN` or `en`.
pub const LANGUAGE: &str = "tb_language";
/// `on` while elder mode is chosen.
pub const ELDER: &str = "tb_elder";
/// `yes` after somebody signed out in this browser, until somebody signs in: a platform of others then asks whoever comes for their word anew.
pub const SIGNED_OUT: &str = "tb_signed_out";
/// One signed sentence for the next page.
pub const FLASH: &str = "tb_flash";

/// How long a preference is kept: a year, in seconds.
pub(crate) const A_YEAR: u64 = 365 * 24 * 3600;

/// The value of a cookie of this request.
pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(name)
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| !value.is_empty())
}

/// A `Set-Cookie` value: for the whole site, out of reach of scripts, not sent along with requests that other sites start.
///
/// `max_age` in seconds; without it the cookie ends with the browser session. `None` is returned for a value that is no cookie value.
pub fn set(name: &str, value: &str, max_age: Option<u64>, secure: bool) -> Option<HeaderValue> {
    if !value
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\'))
    {
        return None;
    }
    let age = max_age
        .map(|seconds| format!("; Max-Age={seconds}"))
        .unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"
    ))
    .ok()
}

/// A `Set-Cookie` value that removes a cookie.
pub fn remove(name: &str, secure: bool) -> Option<HeaderValue> {
    set(name, "", Some(0), secure)
}

/// Adds a `Set-Cookie` header beside the ones already there.
pub fn add(headers: &mut HeaderMap, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// `Set-Cookie` for a fresh session; the identity room chose the token. It ends with the browser, the server ends it earlier.
pub fn session(token: &str, secure: bool) -> Option<HeaderValue> {
    set(SESSION, token, None, secure)
}
