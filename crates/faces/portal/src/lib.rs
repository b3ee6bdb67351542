//! Pages for residents and enterprises: find a matter, apply once, follow it, hold the licence, verify it, say how it was.
//!
//! ```text
//! home        search box, frequent matters, topics, departments; in the demo the one-click sign-in
//! search      results with facets, suggestions while typing
//! guide       one matter: how long, what it costs, what to bring, by which law
//! sign_in     password, one-time code, signing out
//! first       signing in by a code of an operator, for staff who have nothing else yet
//! register    opening an account by phone
//! passkeys    signing in and being recognised by a device
//! scan        signing in on a screen by a phone
//! upstream    signing in by platforms of others, and the links with them
//! openid      where systems of others send people to be signed in
//! apply       what will be read, by which law, and the person's yes to it
//! my/         one's cases and drafts, licences, messages, who read one's data, settings
//! verify      is this licence true
//! progress    where a case stands, for one with the link or with number and second fact
//! frequent    the matters that are filed most often
//! files       downloads: documents, carriers, uploaded files
//! told        how a refusal of a room becomes an answer
//! ```
//!
//! No rules live here: a handler reads what was posted, calls a use case of a room, and shows what came back.

mod apply;
mod elements;
mod files;
mod first;
mod frequent;
mod guesses;
mod guide;
mod home;
mod my;
mod openid;
mod parts;
mod passkeys;
mod progress;
mod register;
mod scan;
mod search;
mod sign_in;
mod state;
mod told;
mod upstream;
mod verify;

use axum::{Extension, Router};

pub use state::{DemoChoice, DemoView, PortalState};

/// All pages of the portal, the state already given. Merge it with the routes of the web kit, then wrap both into its layers.
pub fn router(state: PortalState) -> Router {
    Router::new()
        .merge(home::routes())
        .merge(search::routes())
        .merge(guide::routes())
        .merge(sign_in::routes())
        .merge(first::routes())
        .merge(register::routes())
        .merge(passkeys::routes())
        .merge(scan::routes())
        .merge(upstream::routes())
        .merge(openid::routes())
        .merge(apply::routes())
        .merge(my::routes())
        .merge(verify::routes())
        .merge(progress::routes())
        .layer(Extension(frequent::FrequentItems::default()))
        .with_state(state)
}
