//! Who is asking. Sessions live in the identity room; this is the seam to it, and the extractor that handlers use.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use serde::Serialize;
use tongban_access::Actor;
use uuid::Uuid;

use crate::{
    csrf,
    errors::WebError,
    kept::Posted,
    kit::Kit,
    local_path::LocalPath,
    pages::{Area, FlashView, Locale, PageContext},
};

/// Finds the live session of a token. The identity room's face-side adapter implements it; the binary wires it.
#[async_trait]
pub trait SessionSource: Send + Sync {
    /// The session, or nothing when the token is unknown, ended or expired. Must not reveal which.
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError>;
}

/// The source before one is wired: nobody is ever signed in.
pub(crate) struct NoSessions;

#[async_trait]
impl SessionSource for NoSessions {
    async fn load(&self, _token: &str) -> Result<Option<SignedIn>, WebError> {
        Ok(None)
    }
}

/// A live session.
#[derive(Clone)]
pub struct SignedIn {
    /// Who acts, for the use cases.
    pub actor: Actor,
    /// The row of the session.
    pub session_id: Uuid,
    /// What the header of a page shows.
    pub view: SignedInView,
    /// Whatever else the source wants its own handlers to find again; see [`Visitor::session_data`].
    pub data: Option<Arc<dyn Any + Send + Sync>>,
}

/// What a page may show of a session: nothing that identifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedInView {
    /// The masked name of the person: 王×.
    pub name: String,
    /// In which capacity.
    pub kind: SignedInKind,
    /// The firm or person acted for.
    pub acting_for: Option<ActingForView>,
    /// The firm or person acted for a moment ago: the mandate has ended, and the person has not seen that yet.
    pub acting_ended: Option<String>,
    /// The organisation of a member of staff.
    pub organisation: Option<String>,
    /// The words of the roles: `clerk`, `approver`, `supervisor`, `operator`.
    pub roles: Vec<String>,
}

/// For whom somebody acts, as the strip on every page says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActingForView {
    pub name: String,
    /// `representative`, `administrator`, `agent`, `family`, `guardian`.
    pub role: String,
}

/// In which capacity somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignedInKind {
    /// A natural person.
    Resident,
    /// A legal person, through its agent.
    Enterprise,
    /// A member of staff.
    Staff,
}

/// The one who asks: actor, language, place. Extract it in any handler behind [`crate::layers`].
#[derive(Clone)]
pub struct Visitor(Arc<Inner>);

struct Inner {
    kit: Kit,
    signed_in: Option<SignedIn>,
    nobody: Actor,
    locale: Locale,
    elder: bool,
    path: LocalPath,
    back: LocalPath,
    request_id: String,
    csrf_cookie: String,
    by_bearer: bool,
    flash: Option<FlashView>,
    /// What was posted without a session, and whose page it says it stood on.
    posted: OnceLock<(Posted, Option<String>)>,
}

/// What the layer read from the request.
pub(crate) struct VisitorPieces {
    pub signed_in: Option<SignedIn>,
    pub locale: Locale,
    pub elder: bool,
    pub path: LocalPath,
    pub back: LocalPath,
    pub request_id: String,
    pub csrf_cookie: String,
    pub by_bearer: bool,
    pub flash: Option<FlashView>,
}

impl Visitor {
    pub(crate) fn new(kit: Kit, pieces: VisitorPieces) -> Self {
        let VisitorPieces {
            signed_in,
            locale,
            elder,
            path,
            back,
            request_id,
            csrf_cookie,
            by_bearer,
            flash,
        } = pieces;
        Self(Arc::new(Inner {
            kit,
            signed_in,
            nobody: Actor::Nobody,
            locale,
            elder,
            path,
            back,
            request_id,
            csrf_cookie,
            by_bearer,
            flash,
            posted: OnceLock::new(),
        }))
    }

    /// The same visitor, who has just signed in: the answer to the sign-in may be a page of their own.
    #[must_use]
    pub fn welcomed(&self, session: SignedIn) -> Self {
        let inner = &self.0;
        let pieces = VisitorPieces {
            signed_in: Some(session),
            locale: inner.locale,
            elder: inner.elder,
            path: inner.path.clone(),
            back: inner.back.clone(),
            request_id: inner.request_id.clone(),
            csrf_cookie: inner.csrf_cookie.clone(),
            by_bearer: false,
            flash: None,
        };
        Self::new(inner.kit.clone(), pieces)
    }

    /// Remembers, for the rest of this request, what was posted without a session.
    pub(crate) fn keep_posted(&self, posted: Posted, account: Option<String>) {
        // a request has one body: there is no second time
        let _ = self.0.posted.set((posted, account));
    }

    pub(crate) fn posted(&self) -> Option<&(Posted, Option<String>)> {
        self.0.posted.get()
    }

    /// Where a sign-in leads back to: this page, or the page that a posted form stood on.
    pub(crate) fn back(&self) -> &LocalPath {
        &self.0.back
    }

    /// Who acts; [`Actor::Nobody`] when nobody is signed in.
    pub fn actor(&self) -> &Actor {
        self.0
            .signed_in
            .as_ref()
            .map_or(&self.0.nobody, |session| &session.actor)
    }

    /// The live session.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        self.0.signed_in.as_ref()
    }

    /// The live session, or the way to the sign-in page and back: `let session = visitor.require_sign_in()?;`.
    pub fn require_sign_in(&self) -> Result<&SignedIn, WebError> {
        self.signed_in()
            .ok_or_else(|| WebError::sign_in_needed(self.0.back.clone()))
    }

    /// A member of staff; others are told that the place is not for them.
    pub fn require_staff(&self) -> Result<&SignedIn, WebError> {
        let session = self.require_sign_in()?;
        if matches!(session.actor, Actor::Staff { .. }) {
            Ok(session)
        } else {
            Err(WebError::forbidden())
        }
    }

    /// A resident or an enterprise; a member of staff must first sign in as one.
    pub fn require_party(&self) -> Result<&SignedIn, WebError> {
        let session = self.require_sign_in()?;
        if matches!(session.actor, Actor::Party { .. }) {
            Ok(session)
        } else {
            Err(WebError::forbidden())
        }
    }

    /// What the source of sessions put beside the session, when it is of this type.
    pub fn session_data<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.signed_in()?.data.clone()?.downcast::<T>().ok()
    }

    /// The language of the pages.
    pub fn locale(&self) -> Locale {
        self.0.locale
    }

    /// Whether elder mode is chosen.
    pub fn elder(&self) -> bool {
        self.0.elder
    }

    /// The address of this request: path and query.
    pub fn path(&self) -> &LocalPath {
        &self.0.path
    }

    /// The id of this request.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Whether the request named its session by `Authorization: Bearer …` (a program) rather than by cookie. Another site
    /// cannot make a browser send that header, so such a request needs no token of a form.
    pub fn by_bearer(&self) -> bool {
        self.0.by_bearer
    }

    pub(crate) fn csrf_cookie(&self) -> &str {
        &self.0.csrf_cookie
    }

    /// The context of a page of this area.
    pub fn page(&self, area: Area) -> PageContext {
        let inner = &self.0;
        let settings = &inner.kit.settings;
        let place = match inner.locale {
            Locale::Chinese => &settings.place,
            Locale::English => &settings.place_english,
        };
        PageContext {
            locale: inner.locale,
            elder: inner.elder,
            demo: settings.demo,
            csrf: csrf::token(inner.kit.surroundings.as_ref(), &inner.csrf_cookie, self.actor()),
            once: inner.kit.surroundings.random_code(),
            path: inner.path.as_str().to_owned(),
            back: inner.back.as_str().to_owned(),
            request_id: inner.request_id.clone(),
            signed_in: inner.signed_in.as_ref().map(|session| session.view.clone()),
            area,
            flash: inner.flash.clone(),
            nav: Vec::new(),
            place: place.clone(),
            hotline: settings.hotline.clone(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| WebError::internal("this route was mounted outside the layers of the web kit"))
    }
}

/// The local page that a request came from, by its `Referer` of the same host.
pub(crate) fn referring_page(headers: &HeaderMap) -> Option<LocalPath> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let rest = referer
        .strip_prefix("https://")
        .or_else(|| referer.strip_prefix("http://"))?;
    LocalPath::parse(rest.strip_prefix(host)?)
}
