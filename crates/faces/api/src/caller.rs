//! Who asks, and whether the request may change something.

use axum::{extract::FromRequestParts, http::request::Parts};
use tongban_access::{Action, Actor, Reach};
use tongban_web::{Visitor, WebError, csrf};

use crate::ApiState;

/// Somebody signed in, by `Authorization: Bearer …` or by the cookie of the pages. Where the request changes something, a
/// browser has shown that a page of this site started it.
pub(crate) struct Caller {
    pub visitor: Visitor,
    pub actor: Actor,
}

/// Where a program says for whom it acts, or that it goes.
const SAYS_WHO: [&str; 2] = ["/api/v1/acting", "/api/v1/sessions/current"];

impl Caller {
    /// A resident or an enterprise; others are told that this is not for them.
    pub(crate) fn party(&self) -> Result<&Actor, WebError> {
        self.visitor.require_party().map(|session| &session.actor)
    }

    /// Who fills an application: a resident or an enterprise, or a clerk for who stands at the window. Whose, the rooms decide.
    pub(crate) fn filler(&self) -> Result<&Actor, WebError> {
        match self.visitor.require_party() {
            Ok(session) => Ok(&session.actor),
            Err(_) => self.staff(Action::CaseFileAtWindow),
        }
    }

    /// A member of staff whose role has this action. To what exactly, the rooms decide.
    pub(crate) fn staff(&self, action: Action) -> Result<&Actor, WebError> {
        let session = self.visitor.require_staff()?;
        if Reach::of(&session.actor, action).is_nothing() {
            return Err(WebError::forbidden());
        }
        Ok(&session.actor)
    }
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Self::Rejection> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let actor = visitor.require_sign_in()?.actor.clone();
        csrf::check_program(&state.kit, &visitor, &parts.method, &parts.headers)?;
        // what was meant for somebody else must not be done for its sender instead
        let ended = visitor
            .signed_in()
            .is_some_and(|session| session.view.acting_ended.is_some());
        if ended && !parts.method.is_safe() && !SAYS_WHO.contains(&parts.uri.path()) {
            return Err(WebError::acting_ended());
        }
        Ok(Self { visitor, actor })
    }
}
