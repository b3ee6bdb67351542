//! The kit of the faces: everything that portal, desk and api share when they speak HTTP. No rules live here.
//!
//! ```text
//! kit            what a face needs at hand: pages, settings, clock and randomness, sessions
//! pages/         templates, texts in two languages, dates, static files, the context of a page
//! forms/         JSON Schema to fields on a page, and posted pairs back to typed values
//! session        who is asking: the seam to the session store, the `Visitor` extractor
//! csrf           the `Form` extractor: a form is read only when it was ours
//! kept           what was typed survives a session that ended: carried sealed through the sign-in, sent again by a click
//! assurance_page the ways to a higher level of assurance, for the portal and for who is not known well enough
//! second_factor_page what staff are asked for before they decide, seal and operate
//! sign_in_page   the sign-in page, for the portal and for an ended session
//! upload         the `Upload` extractor: files within limits, of a kind that their first bytes prove
//! sender         where a request comes from, and the limits by address
//! guesses        a brake on guessing a second fact
//! once           what is sent twice is done once: keys of programs, one-time keys of forms
//! errors         `WebError`: one refusal, told as a page or as RFC 9457 JSON
//! told           the errors of the rooms as answers: the macro that each face uses
//! parts          ids, lists that page, the way up
//! flash          one sentence carried over a redirect
//! preferences    language and elder mode
//! metrics        requests by route, method and class of status
//! layers         request id, trace, compression, security headers, limits, panic catcher
//! ```
//!
//! A face keeps its own state and lets axum take the [`Kit`] out of it (`impl FromRef<PortalState> for Kit`).

pub mod assurance_page;
pub mod cookies;
pub mod csrf;
pub mod download;
pub mod errors;
pub mod flash;
pub mod forms;
pub mod guesses;
pub mod kept;
pub mod kit;
pub mod layers;
pub mod local_path;
pub mod metrics;
pub mod once;
pub mod pages;
pub mod parts;
pub mod preferences;
pub mod second_factor_page;
pub mod sender;
pub mod sentence;
pub mod session;
pub mod sign_in_page;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod told;
pub mod upload;

pub use assurance_page::AssurancePage;
pub use csrf::{Form, Pairs};
pub use errors::WebError;
pub use flash::Flash;
pub use kept::KeptForm;
pub use kit::{FaceCheck, Kit, Platform, Settings, Surroundings};
pub use layers::layers;
pub use local_path::LocalPath;
pub use metrics::HttpMetrics;
pub use once::{OnceKey, once};
pub use pages::{Area, Locale, NavItem, Page, PageContext, Pages};
pub use second_factor_page::SecondFactorPage;
pub use sender::Sender;
pub use sentence::Sentence;
pub use session::{ActingForView, SessionSource, SignedIn, SignedInKind, SignedInView, Visitor};
pub use sign_in_page::SignInPage;
pub use upload::Upload;

/// The routes that every face shares: static files and the two preferences.
///
/// Merge it once into the outermost router, before [`layers`].
pub fn routes<S>() -> axum::Router<S>
where
    S: Clone + Send + Sync + 'static,
    Kit: axum::extract::FromRef<S>,
{
    axum::Router::new()
        .merge(pages::assets::routes())
        .merge(preferences::routes())
}
