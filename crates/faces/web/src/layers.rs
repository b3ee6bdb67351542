//! What every request passes, from the outside in.
//!
//! ```text
//! identify    request id, span, one log line with the route (never the path or the query: they carry names and codes)
//! compress    gzip
//! visit       session, language, form cookie; on the way out security headers, flash, and refusals told as a page or JSON
//! timeout     a request that takes too long is given up
//! panics      become the page that says sorry
//! body limit  routes that take files raise it for themselves
//! ```

use std::{any::Any, time::Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
};
use tongban_access::Assurance;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{self, CorsLayer},
    timeout::TimeoutLayer,
};
use tracing::Instrument as _;

use crate::{
    assurance_page::AssurancePage,
    cookies,
    csrf::{self, Pairs},
    errors::{Told, WebError},
    flash::{self, Flash, Tone},
    kept::{self, KeptForm, Posted},
    kit::Kit,
    local_path::LocalPath,
    pages::{Area, Locale, PageContext},
    second_factor_page::SecondFactorPage,
    sentence::Sentence,
    session::{Visitor, VisitorPieces, referring_page},
    sign_in_page::SignInPage,
};

/// The id of a request in its extensions.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Where other sites may post with a browser of ours: the answer is the same request by its address, and nothing is done.
const OPEN_POSTS: [&str; 2] = ["/openid/authorize", "/openid/logout"];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Only our own files, nothing inline; nobody may frame us; forms go nowhere else.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The same policy for a page whose form leads to one other place.
fn policy_with_forms_to(origin: &str) -> String {
    POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"))
}

/// Wraps a router, its state already given, into all layers. Routes merged afterwards (such as `/healthz`) stay outside.
pub fn layers(router: Router, kit: &Kit) -> Router {
    router
        .fallback(async || WebError::not_found())
        .method_not_allowed_fallback(async || WebError::method_not_allowed())
        .layer(DefaultBodyLimit::max(kit.settings.body_limit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            kit.settings.request_time(),
        ))
        .layer(from_fn_with_state(kit.clone(), visit))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(kit.clone(), identify))
}

/// Lets pages of any origin call a route from a script, without cookies.
pub fn any_origin() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(cors::Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("dpop"),
        ])
        .expose_headers([header::WWW_AUTHENTICATE])
}

/// Lets the form of this page lead to one other origin: a browser follows a form to no place that the page does not name.
pub fn allow_form_to(response: &mut Response, origin: &str) -> Result<(), WebError> {
    let policy = HeaderValue::from_str(&policy_with_forms_to(origin)).map_err(WebError::internal)?;
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(())
}

/// Lets one route take larger bodies than the rest: `post(upload).layer(body_limit(20 * 1024 * 1024))`.
pub fn body_limit(bytes: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(bytes)
}

/// A short id that a person can read out to the hotline: ten letters and digits without the ones that look alike.
fn request_id(kit: &Kit) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    tongban_crypto::sm3(kit.surroundings.random_code())
        .iter()
        .take(10)
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

async fn identify(State(kit): State<Kit>, mut request: Request, next: Next) -> Response {
    let id = request_id(&kit);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request.id = id, http.method = %method, http.route = route);
    let metrics = kit.metrics.clone();
    async move {
        let started = Instant::now();
        let mut response = next.run(request).await;
        let took = started.elapsed();
        if let Some(metrics) = metrics {
            metrics.answered(&method, &route, response.status(), took);
        }
        tracing::info!(
            http.status = response.status().as_u16(),
            request.milliseconds = took.as_millis(),
            "answered"
        );
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
    .instrument(span)
    .await
}

fn panicked(reason: Box<dyn Any + Send + 'static>) -> Response {
    let words = reason
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| reason.downcast_ref::<&str>().map(|words| (*words).to_owned()))
        .unwrap_or_else(|| "no reason given".to_owned());
    WebError::internal(format!("a handler panicked: {words}")).into_response()
}

/// Loads the visitor, lets the handler answer, and finishes the answer.
async fn visit(State(kit): State<Kit>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let wants_json = wants_json(&path, request.headers());
    if path.starts_with("/static/") {
        let id = request
            .extensions()
            .get::<RequestId>()
            .map(|id| id.0.clone())
            .unwrap_or_default();
        let response = next.run(request).await;
        let mut response = match waiting_error(&response) {
            Some(told) => told.json(kit.pages.texts(), Locale::Chinese, &id),
            None => response,
        };
        secure(response.headers_mut(), &kit);
        return response;
    }

    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let changes = csrf::changes_something(request.method());
    let address = LocalPath::parse_or_home(
        request
            .uri()
            .path_and_query()
            .map_or("/", |address| address.as_str()),
    );
    let bearer = bearer(&path, request.headers());
    let by_bearer = bearer.is_some();
    let with_files = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let pieces = read_visitor(&kit, request.headers(), bearer, id, address, changes).await;
    let new_cookie = cookies::read(request.headers(), cookies::CSRF).is_none();
    let had_flash = cookies::read(request.headers(), cookies::FLASH).is_some();
    let (visitor, trouble) = match pieces {
        Ok(pieces) => (Visitor::new(kit.clone(), pieces), None),
        Err((pieces, error)) => (Visitor::new(kit.clone(), pieces), Some(error)),
    };
    let foreign = changes
        && !OPEN_POSTS.contains(&path.as_str())
        && !by_bearer
        && carries_our_cookies(request.headers())
        && !csrf::started_here(request.headers(), &kit.settings);
    request.extensions_mut().insert(visitor.clone());

    let response = match (trouble, foreign) {
        (Some(error), _) => error.into_response(),
        (None, true) => WebError::foreign_form().into_response(),
        (None, false) => next.run(request).await,
    };
    let mut response = match waiting_error(&response) {
        Some(told) => tell(&kit, &visitor, &path, wants_json, with_files, &told),
        None => response,
    };

    let signed_in = visitor.signed_in().is_some();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    secure(headers, &kit);
    if is_page {
        if new_cookie {
            cookies::add(
                headers,
                cookies::set(cookies::CSRF, visitor.csrf_cookie(), None, kit.settings.secure),
            );
        }
        if had_flash {
            cookies::add(headers, cookies::remove(cookies::FLASH, kit.settings.secure));
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // a shared computer in a hall must not show the last person's pages
        let caching = if signed_in {
            "no-store"
        } else {
            "private, no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    }
    response
}

/// Reads session, language, elder mode and the rest. When the source of sessions fails, the pieces come without a session beside the error.
async fn read_visitor(
    kit: &Kit,
    headers: &HeaderMap,
    bearer: Option<String>,
    request_id: String,
    path: LocalPath,
    changes: bool,
) -> Result<VisitorPieces, (VisitorPieces, WebError)> {
    let by_bearer = bearer.is_some();
    let (signed_in, trouble) = match bearer.or_else(|| cookies::read(headers, cookies::SESSION)) {
        None => (None, None),
        Some(token) => match kit.sessions.load(&token).await {
            Ok(signed_in) => (signed_in, None),
            Err(error) => (None, Some(error)),
        },
    };
    let back = if changes {
        referring_page(headers).unwrap_or_else(|| LocalPath::parse_or_home("/"))
    } else {
        path.clone()
    };
    let pieces = VisitorPieces {
        signed_in,
        locale: cookies::read(headers, cookies::LANGUAGE)
            .and_then(|tag| Locale::from_tag(&tag))
            .unwrap_or_default(),
        elder: cookies::read(headers, cookies::ELDER).is_some_and(|value| value == "on"),
        path,
        back,
        request_id,
        csrf_cookie: cookies::read(headers, cookies::CSRF).unwrap_or_else(|| kit.surroundings.random_code()),
        by_bearer,
        flash: flash::read(headers, kit.surroundings.as_ref()),
    };
    match trouble {
        None => Ok(pieces),
        Some(error) => Err((pieces, error)),
    }
}

/// The token of a program: `Authorization: Bearer …`. Only the API takes it, and it goes before a cookie.
fn bearer(path: &str, headers: &HeaderMap) -> Option<String> {
    if !path.starts_with("/api/") {
        return None;
    }
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

fn carries_our_cookies(headers: &HeaderMap) -> bool {
    cookies::read(headers, cookies::SESSION).is_some() || cookies::read(headers, cookies::CSRF).is_some()
}

/// Programs and our own script want JSON; people want a page.
fn wants_json(path: &str, headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    path.starts_with("/api/")
        || path.starts_with("/.well-known/")
        || (accept.contains("json") && !accept.contains("text/html"))
}

/// The error that a handler, axum or a layer left in an answer.
fn waiting_error(response: &Response) -> Option<Told> {
    if let Some(told) = response.extensions().get::<Told>() {
        return Some(told.clone());
    }
    // axum's own rejections are English sentences without a type that people could use
    let status = response.status();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes);
    let bare = kind.is_none_or(|kind| kind.starts_with(b"text/plain"));
    ((status.is_client_error() || status.is_server_error()) && bare)
        .then(|| Told::from(WebError::from_status(status)))
}

fn tell(
    kit: &Kit,
    visitor: &Visitor,
    path: &str,
    wants_json: bool,
    with_files: bool,
    told: &Told,
) -> Response {
    told.log(visitor.request_id());
    if wants_json {
        return told.json(kit.pages.texts(), visitor.locale(), visitor.request_id());
    }
    if let Some(address) = told.sign_in_address() {
        let warned = |key: &str| {
            let flash = Flash::new(kit, Tone::Warning, &Sentence::key(key));
            (flash, Redirect::to(&address)).into_response()
        };
        return match visitor.posted() {
            None if with_files => warned("kept-not-files"),
            None => Redirect::to(&address).into_response(),
            Some((Posted::TooLong, _)) => warned("kept-not-long"),
            Some((Posted::Secret, _)) => warned("kept-not-password"),
            Some((Posted::Form(pairs), account)) => match ended(kit, visitor, path, pairs, account.clone()) {
                Ok(response) => response,
                Err(error) => {
                    Told::from(error).log(visitor.request_id());
                    warned("kept-not")
                }
            },
        };
    }
    if let Some(needed) = told.assurance() {
        match unsure(kit, visitor, needed, with_files) {
            Ok(response) => return response,
            Err(error) => Told::from(error).log(visitor.request_id()),
        }
    }
    if told.second_factor() {
        match unproven(kit, visitor, with_files) {
            Ok(response) => return response,
            Err(error) => Told::from(error).log(visitor.request_id()),
        }
    }
    let context: PageContext = visitor.page(kept::area(path));
    let mut response = match kit
        .pages
        .render(&context, "errors/problem.html", &told.page(kit.pages.texts()))
    {
        Ok(page) => page.with_status(told.status()).into_response(),
        Err(error) => {
            Told::from(error).log(visitor.request_id());
            told.json(kit.pages.texts(), visitor.locale(), visitor.request_id())
        }
    };
    told.add_headers(&mut response);
    response
}

/// The session ended under a form: the sign-in, with what was posted sealed into it.
fn ended(
    kit: &Kit,
    visitor: &Visitor,
    path: &str,
    pairs: &Pairs,
    account: Option<String>,
) -> Result<Response, WebError> {
    let kept = KeptForm::seal(kit, visitor, pairs, account)?;
    let page = SignInPage {
        kind: if kept::area(path) == Area::Desk {
            "staff"
        } else {
            "person"
        },
        way: "password",
        back: kept.back(),
        name: String::new(),
        error: None,
        locked: false,
        kept: Some(kept.sealed().to_owned()),
    };
    let mut response = page.show(kit, visitor)?;
    // nothing was done
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Ok(response)
}

/// The way to a page that asks for more of the visitor, where no form waits: with a word on what could not be kept.
fn asked_for_more(kit: &Kit, visitor: &Visitor, address: &str, with_files: bool) -> Response {
    let lost = match visitor.posted() {
        None if with_files => Some("assurance-kept-not-files"),
        Some(_) => Some("assurance-kept-not"),
        None => None,
    };
    let to = Redirect::to(address);
    match lost {
        Some(key) => (Flash::new(kit, Tone::Warning, &Sentence::key(key)), to).into_response(),
        None => to.into_response(),
    }
}

/// A member of staff must show a second factor: the page that asks for it, with what was posted sealed into it.
fn unproven(kit: &Kit, visitor: &Visitor, with_files: bool) -> Result<Response, WebError> {
    let Some((Posted::Form(pairs), account)) = visitor.posted() else {
        let address = format!("/desk/second-factor?back={}", visitor.back().encoded());
        return Ok(asked_for_more(kit, visitor, &address, with_files));
    };
    let kept = KeptForm::seal(kit, visitor, pairs, account.clone())?;
    let page = SecondFactorPage {
        back: kept.back(),
        kept: Some(kept.sealed().to_owned()),
        error: None,
    };
    let mut response = page.show(kit, visitor, Vec::new())?;
    // nothing was done
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}

/// The visitor must be known better: the ways to that, with what was posted sealed into the page.
fn unsure(kit: &Kit, visitor: &Visitor, needed: Assurance, with_files: bool) -> Result<Response, WebError> {
    let Some((Posted::Form(pairs), account)) = visitor.posted() else {
        let level = needed.number();
        let address = format!("/my/assurance?needed={level}&back={}", visitor.back().encoded());
        return Ok(asked_for_more(kit, visitor, &address, with_files));
    };
    let kept = KeptForm::seal(kit, visitor, pairs, account.clone())?;
    let page = AssurancePage {
        needed,
        back: kept.back(),
        kept: Some(kept.sealed().to_owned()),
        error: None,
    };
    let mut response = page.show(kit, visitor)?;
    // nothing was done
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}

/// Security headers, unless a handler set its own.
fn secure(headers: &mut HeaderMap, kit: &Kit) {
    let always = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if kit.settings.secure {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}
