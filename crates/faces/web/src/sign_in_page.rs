//! The sign-in page. The portal serves it; the kit shows it itself where a form was posted into an ended session.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    errors::WebError, kit::Kit, local_path::LocalPath, pages::Area, sentence::Sentence, session::Visitor,
};

/// The data of `portal/sign_in.html`.
#[derive(Debug, Serialize)]
pub struct SignInPage {
    /// `person`, `enterprise` or `staff`.
    pub kind: &'static str,
    /// `password` or `code`.
    pub way: &'static str,
    /// Where the person wanted to go.
    pub back: LocalPath,
    /// What was typed as the name.
    pub name: String,
    /// Why the last try did not work.
    pub error: Option<Sentence>,
    /// Whether the account is locked for a while.
    pub locked: bool,
    /// The sealed form that waits; see [`crate::kept`].
    pub kept: Option<String>,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    page: &'a SignInPage,
    /// The domain that passkeys are bound to.
    passkey_domain: Option<&'a str>,
    /// The platforms of others that sign residents in.
    platforms: Vec<Button<'a>>,
}

#[derive(Serialize)]
struct Button<'a> {
    id: &'a str,
    name: String,
}

impl SignInPage {
    /// The page with what was typed and what was wrong with it.
    pub fn show(&self, kit: &Kit, visitor: &Visitor) -> Result<Response, WebError> {
        let status = if self.error.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let data = Data {
            page: self,
            passkey_domain: kit.passkey_domain.as_deref(),
            platforms: kit
                .platforms
                .iter()
                .map(|platform| Button {
                    id: &platform.id,
                    name: platform.name_in(visitor.locale()),
                })
                .collect(),
        };
        let mut response = kit
            .pages
            .render(&visitor.page(Area::Portal), "portal/sign_in.html", &data)?
            .with_status(status)
            .into_response();
        if self.kept.is_some() {
            never_stored(&mut response);
        }
        Ok(response)
    }
}

/// A page with somebody's words in it, sealed or not, stays in no browser and no proxy.
pub fn never_stored(response: &mut Response) {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
