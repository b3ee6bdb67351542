//! The page that asks a member of staff for a second factor. The console serves it; the kit shows it itself where something was asked
//! for that takes one.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    errors::WebError,
    kit::Kit,
    local_path::LocalPath,
    pages::{Area, NavItem},
    sentence::Sentence,
    session::Visitor,
    sign_in_page::never_stored,
};

/// What `desk/second_factor.html` is made from.
#[derive(Debug)]
pub struct SecondFactorPage {
    /// Where they wanted to go.
    pub back: LocalPath,
    /// The sealed form that waits; see [`crate::kept`].
    pub kept: Option<String>,
    /// Why the last try did not work.
    pub error: Option<Sentence>,
}

/// The data of `desk/second_factor.html`.
#[derive(Serialize)]
struct Data<'a> {
    /// Whether one was shown already.
    shown: bool,
    back: &'a LocalPath,
    kept: Option<&'a str>,
    error: Option<&'a Sentence>,
    /// The domain that passkeys are bound to.
    passkey_domain: Option<&'a str>,
}

impl SecondFactorPage {
    /// The page with its field.
    pub fn show(&self, kit: &Kit, visitor: &Visitor, nav: Vec<NavItem>) -> Result<Response, WebError> {
        let data = Data {
            shown: visitor.actor().is_proven(),
            back: &self.back,
            kept: self.kept.as_deref(),
            error: self.error.as_ref(),
            passkey_domain: kit.passkey_domain.as_deref(),
        };
        let status = if self.error.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let page = visitor.page(Area::Desk).with_nav(nav);
        let mut response = kit
            .pages
            .render(&page, "desk/second_factor.html", &data)?
            .with_status(status)
            .into_response();
        if self.kept.is_some() {
            never_stored(&mut response);
        }
        Ok(response)
    }
}
