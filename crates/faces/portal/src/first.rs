//! Signing in by login name and a code that an operator handed over: staff on their first day, or after everything was lost.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_staff::FirstSignIn;
use tongban_web::{Area, Form, Sender, Sentence, Visitor, WebError, sender};

use crate::{
    PortalState,
    sign_in::{Waits, browser, welcome},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/sign-in/first", get(ask).post(enter))
}

/// Where they go on: the page on which they set up what is their own.
const NEXT: &str = "/desk/factors";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    login: String,
    code: String,
}

#[derive(Serialize)]
struct FirstPage {
    login: String,
    error: Option<Sentence>,
}

fn page(
    state: &PortalState,
    visitor: &Visitor,
    login: String,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = FirstPage { login, error };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/sign_in_first.html", &data)?
        .with_status(status)
        .into_response())
}

async fn ask(State(state): State<PortalState>, visitor: Visitor) -> Result<Response, WebError> {
    page(&state, &visitor, String::new(), None)
}

async fn enter(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    sender: Sender,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::SIGN_INS).await?;
    let input = FirstSignIn {
        login: typed.login.clone(),
        code: typed.code,
        browser: browser(&headers),
    };
    match tongban_staff::first_sign_in(&state.store, input).await.told() {
        Ok(opened) => welcome(&state, &visitor, &opened, NEXT, Waits::Nothing).await,
        Err(error) if error.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let sentence = error.sentence(state.kit.pages.texts());
            page(&state, &visitor, typed.login, Some(sentence))
        }
        Err(error) => Err(error),
    }
}
