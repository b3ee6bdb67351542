//! The API for programs: JSON under `/api/v1`, its OpenAPI document, and a page that explains it.
//!
//! ```text
//! items       find matters, read one                         anybody
//! verify      is a licence true                              anybody
//! sessions    sign in for a token, sign out
//! cases/      apply, follow, take back, rate; at the desk: accept, ask, step, stop and extend the clock, decide
//! progress    where a case stands, without signing in
//! licences    what the signed-in person holds
//! messages    what one was told
//! data        who read one's data
//! print       documents and licences as PDF
//! openid      the endpoints that libraries of OpenID Connect call
//! document    the OpenAPI document and the page made from it
//! caller      who asks, and whether the request may change something
//! input       bodies and addresses read strictly
//! once        the header with which the same request sent twice is done once
//! told        how a refusal of a room becomes an answer
//! ```
//!
//! No rules live here: a handler reads what was sent, calls a use case of a room, and tells what came back.

mod caller;
mod cases;
mod data;
mod document;
mod input;
mod items;
mod licences;
mod mandates;
mod messages;
mod once;
mod openid;
mod print;
mod progress;
mod sessions;
mod told;
mod verify;

use std::sync::Arc;

use axum::{Router, extract::FromRef};
use tongban_catalogue::Catalogue;
use tongban_exchange::Exchange;
use tongban_mandates::{MandateRules, RepresentationRules};
use tongban_openid::Provider;
use tongban_press::Typesetter;
use tongban_store::Store;
use tongban_web::Kit;

pub use document::openapi_json;

/// The state of the API, put together by the binary. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// Where everything is kept.
    pub store: Store,
    /// Texts, settings, sessions, and the templates of the explaining page.
    pub kit: Kit,
    /// The matters and their search.
    pub catalogue: Catalogue,
    /// Asks the departments.
    pub exchange: Exchange,
    /// Prints documents and licences.
    pub typesetter: Arc<dyn Typesetter>,
    /// By what legal representatives of firms are found.
    pub representation: Arc<RepresentationRules>,
    /// Limits of mandates.
    pub mandates: MandateRules,
    /// Signs people in for systems of others.
    pub openid: Provider,
    /// Where this site is reached from outside, without a slash at the end: `https://zw.example.gov.cn`. Stands in QR codes.
    pub public_address: String,
}

impl FromRef<ApiState> for Kit {
    fn from_ref(state: &ApiState) -> Self {
        state.kit.clone()
    }
}

impl FromRef<ApiState> for Provider {
    fn from_ref(state: &ApiState) -> Self {
        state.openid.clone()
    }
}

/// All routes of the API, the state already given. Merge it with those of the other faces, then wrap all into the layers
/// of the web kit: they read the session (`Authorization: Bearer …` or the cookie) and tell every refusal as a problem.
pub fn router(state: ApiState) -> Router {
    document::routes().merge(openid::routes()).with_state(state)
}
