//! What a face needs at hand: pages, settings, clock and randomness, and the source of sessions.

use std::{net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_store::{Store, StoreError};

use crate::{
    metrics::HttpMetrics,
    pages::{Locale, Pages, PagesError},
    session::{NoSessions, SessionSource},
};

/// Time, randomness and one secret, handed in so that tests hold them still. The store is the real one.
pub trait Surroundings: Send + Sync {
    /// The instant now.
    fn now(&self) -> DateTime<Utc>;
    /// A URL-safe code of at least 128 random bits.
    fn random_code(&self) -> String;
    /// A keyed hash of a text as URL-safe text. All nodes of one installation answer alike, nobody else can.
    fn keyed_hash(&self, text: &str) -> String;
    /// Encrypts a text for a hidden field of a page; `purpose` binds it to its place. The result is URL-safe.
    fn seal(&self, purpose: &str, plain: &str) -> Result<String, StoreError>;
    /// Opens what [`Surroundings::seal`] made for the same purpose; nothing when it is none or was changed.
    fn unseal(&self, purpose: &str, sealed: &str) -> Option<String>;
}

impl Surroundings for Store {
    fn now(&self) -> DateTime<Utc> {
        Self::now(self)
    }

    fn random_code(&self) -> String {
        Self::random_code(self)
    }

    fn keyed_hash(&self, text: &str) -> String {
        // the prefix keeps these hashes apart from those of session tokens
        self.keys().token_hash(&format!("web|{text}"))
    }

    fn seal(&self, purpose: &str, plain: &str) -> Result<String, StoreError> {
        Self::seal(self, &format!("web|{purpose}"), plain)
    }

    fn unseal(&self, purpose: &str, sealed: &str) -> Option<String> {
        // whatever is wrong with it, a person changed it or kept it too long: it is no longer good
        Self::unseal(self, &format!("web|{purpose}"), sealed).ok()
    }
}

/// Settings of the faces, read by the binary from file and environment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Name of the place in Chinese, printed beside the name of the platform.
    pub place: String,
    /// The same in English.
    pub place_english: String,
    /// The hotline printed in the footer and on error pages.
    pub hotline: String,
    /// Whether everything here is invented: prints the banner.
    pub demo: bool,
    /// Whether the site is reached over TLS: cookies become `Secure`, and HSTS is sent.
    pub secure: bool,
    /// Origins besides the `Host` header that forms may come from, such as `https://zw.example.gov.cn` behind a proxy that rewrites the host.
    pub origins: Vec<String>,
    /// Proxies besides the machine itself whose `X-Forwarded-For` is believed: limits go by the address that it names last.
    pub proxies: Vec<IpAddr>,
    /// Folder whose `templates/`, `static/` and `locales/` replace the built-in files one by one.
    pub overlay: Option<PathBuf>,
    /// Longest body of a request in bytes where a route does not say otherwise.
    pub body_limit: usize,
    /// How long one request may take, in seconds.
    pub request_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            place: "示范市".to_owned(),
            place_english: "Demonstration City".to_owned(),
            hotline: "12345".to_owned(),
            demo: false,
            secure: true,
            origins: Vec::new(),
            proxies: Vec::new(),
            overlay: None,
            body_limit: 1024 * 1024,
            request_seconds: 30,
        }
    }
}

impl Settings {
    /// How long one request may take.
    pub(crate) fn request_time(&self) -> Duration {
        Duration::from_secs(self.request_seconds.max(1))
    }
}

/// The kit itself: cheap to clone, taken out of a face's state by `FromRef`.
#[derive(Clone)]
pub struct Kit {
    /// Templates and texts.
    pub pages: Arc<Pages>,
    /// Settings of the faces.
    pub settings: Arc<Settings>,
    /// Clock and randomness.
    pub surroundings: Arc<dyn Surroundings>,
    /// Where session tokens are looked up.
    pub sessions: Arc<dyn SessionSource>,
    /// Where answers are counted, if anywhere.
    pub metrics: Option<HttpMetrics>,
    /// Who looks at faces.
    pub face_check: FaceCheck,
    /// The domain that passkeys are bound to; none: there are none here.
    pub passkey_domain: Option<Arc<str>>,
    /// Platforms of others that sign residents in: a button each.
    pub platforms: Arc<[Platform]>,
}

/// A platform of others that signs residents in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// The operator's short word for it; stands in addresses.
    pub id: String,
    pub name: String,
    /// Empty where it has none.
    pub name_english: String,
}

impl Platform {
    /// What it is called in the language of a page.
    pub fn name_in(&self, locale: Locale) -> String {
        if locale == Locale::English && !self.name_english.is_empty() {
            self.name_english.clone()
        } else {
            self.name.clone()
        }
    }
}

/// Who looks at faces for the third level of assurance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FaceCheck {
    /// Nobody: the way up leads to a window.
    #[default]
    None,
    /// It is only played, in the demo.
    Simulated,
    /// A provider, to whose pages people are sent.
    Provider {
        /// `https://face.example.gov.cn`
        origin: String,
    },
}

impl Kit {
    /// Loads templates, texts and static files and puts the kit together. Until [`Kit::with_sessions`] nobody is signed in.
    pub fn new(settings: Settings, surroundings: Arc<dyn Surroundings>) -> Result<Self, PagesError> {
        let pages = Pages::load(settings.overlay.as_deref(), Arc::clone(&surroundings))?;
        Ok(Self {
            pages: Arc::new(pages),
            settings: Arc::new(settings),
            surroundings,
            sessions: Arc::new(NoSessions),
            metrics: None,
            face_check: FaceCheck::None,
            passkey_domain: None,
            platforms: Arc::from([]),
        })
    }

    /// The same kit, for a site that passkeys are bound to.
    #[must_use]
    pub fn with_passkeys(mut self, domain: &str) -> Self {
        self.passkey_domain = Some(Arc::from(domain));
        self
    }

    /// The same kit, with platforms of others that sign residents in.
    #[must_use]
    pub fn with_platforms(mut self, platforms: Vec<Platform>) -> Self {
        self.platforms = platforms.into();
        self
    }

    /// The same kit, with somebody who looks at faces.
    #[must_use]
    pub fn with_face_check(mut self, face_check: FaceCheck) -> Self {
        self.face_check = face_check;
        self
    }

    /// The same kit, counting its answers.
    #[must_use]
    pub fn with_metrics(mut self, metrics: HttpMetrics) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// The same kit with a source of sessions.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Arc<dyn SessionSource>) -> Self {
        self.sessions = sessions;
        self
    }
}
