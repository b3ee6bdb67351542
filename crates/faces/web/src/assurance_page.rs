//! The page that leads to a higher level of assurance. The portal serves it; the kit shows it itself where something was asked
//! for that the visitor is not known well enough for.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tongban_access::Assurance;

use crate::{
    errors::WebError,
    kit::{FaceCheck, Kit},
    layers::allow_form_to,
    local_path::LocalPath,
    pages::Area,
    sentence::Sentence,
    session::Visitor,
    sign_in_page::never_stored,
};

/// What `portal/my/assurance.html` is made from.
#[derive(Debug)]
pub struct AssurancePage {
    /// How well the visitor must be known.
    pub needed: Assurance,
    /// Where they wanted to go.
    pub back: LocalPath,
    /// The sealed form that waits; see [`crate::kept`].
    pub kept: Option<String>,
    /// Why the last try did not work.
    pub error: Option<Sentence>,
}

/// The data of `portal/my/assurance.html`.
#[derive(Serialize)]
struct Data<'a> {
    needed: u8,
    /// How well they are known now; zero for staff.
    known: u8,
    back: &'a LocalPath,
    kept: Option<&'a str>,
    error: Option<&'a Sentence>,
    /// Whether a face can be looked at here.
    face: bool,
    /// Whether that is only played.
    simulated: bool,
    /// The domain that passkeys are bound to.
    passkey_domain: Option<&'a str>,
}

impl AssurancePage {
    /// The page with the ways up.
    pub fn show(&self, kit: &Kit, visitor: &Visitor) -> Result<Response, WebError> {
        let data = Data {
            needed: self.needed.number(),
            known: visitor.actor().assurance().map_or(0, Assurance::number),
            back: &self.back,
            kept: self.kept.as_deref(),
            error: self.error.as_ref(),
            face: kit.face_check != FaceCheck::None,
            simulated: kit.face_check == FaceCheck::Simulated,
            passkey_domain: kit.passkey_domain.as_deref(),
        };
        let status = if self.error.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let mut response = kit
            .pages
            .render(&visitor.page(Area::Portal), "portal/my/assurance.html", &data)?
            .with_status(status)
            .into_response();
        if self.kept.is_some() {
            never_stored(&mut response);
        }
        if let FaceCheck::Provider { origin } = &kit.face_check {
            // the answer to the button leads there
            allow_form_to(&mut response, origin)?;
        }
        Ok(response)
    }
}
