//! Opening an account by phone: a code shows that the phone is theirs. Who has one already is signed in to it.

use axum::{
    Router,
    extract::{Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::Assurance;
use tongban_identity::{AccountKind, CodeFor, RegisterWithCode};
use tongban_web::{
    Area, Form, LocalPath, Sender, Sentence, Visitor, WebError, cookies, local_path::see_other, sender,
};

use crate::{
    PortalState,
    sign_in::{CodeWay, Waiting, Waits, browser, code_form, explained, phone_code_sent, waiting, welcome},
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/register", get(ask).post(send))
        .route("/register/code", get(enter).post(open))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    back: String,
}

#[derive(Serialize)]
struct RegisterPage {
    phone: String,
    back: LocalPath,
    error: Option<Sentence>,
}

fn render(state: &PortalState, visitor: &Visitor, data: &RegisterPage) -> Result<Response, WebError> {
    let page = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/register.html", data)?;
    Ok(match data.error {
        Some(_) => page
            .with_status(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
            .into_response(),
        None => page.into_response(),
    })
}

async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let data = RegisterPage {
        phone: String::new(),
        back: LocalPath::parse_or_home(&asked.back),
        error: None,
    };
    render(&state, &visitor, &data)
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Typed {
    phone: String,
    /// The yes to the rules; asking for a second code does not ask again.
    agree: String,
    back: String,
    /// `name` of the form that asks once more.
    name: String,
}

async fn send(
    State(state): State<PortalState>,
    visitor: Visitor,
    sender: Sender,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::REGISTRATIONS).await?;
    let back = LocalPath::parse_or_home(&typed.back);
    let again = !typed.name.is_empty();
    let phone = if again { typed.name } else { typed.phone };
    if !again && typed.agree.is_empty() {
        let data = RegisterPage {
            phone,
            back,
            error: Some(Sentence::key("portal-register-agree-needed")),
        };
        return render(&state, &visitor, &data);
    }
    let waiting = Waiting {
        kind: AccountKind::Person,
        name: phone.clone(),
        way: CodeWay::Register,
    };
    let sent = phone_code_sent(&state, waiting.clone(), CodeFor::Register).await;
    match sent {
        Ok(cookie) => {
            let to = LocalPath::parse_or_home(&format!("/register/code?back={}", back.encoded()));
            let mut response = see_other(&to).into_response();
            cookies::add(response.headers_mut(), cookie);
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            if again {
                // the code that is on its way is still good
                return code_form(&state, &visitor, waiting, back, Some(sentence), Waits::Nothing).await;
            }
            let data = RegisterPage {
                phone,
                back,
                error: Some(sentence),
            };
            render(&state, &visitor, &data)
        }
    }
}

async fn enter(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let back = LocalPath::parse_or_home(&asked.back);
    match waiting(&state, &headers, CodeWay::Register) {
        Some(waiting) => code_form(&state, &visitor, waiting, back, None, Waits::Nothing).await,
        None => Ok(see_other(&first_page(&back)).into_response()),
    }
}

fn first_page(back: &LocalPath) -> LocalPath {
    LocalPath::parse_or_home(&format!("/register?back={}", back.encoded()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TypedCode {
    code: String,
    back: String,
}

async fn open(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<TypedCode>,
) -> Result<Response, WebError> {
    let back = LocalPath::parse_or_home(&typed.back);
    let Some(waiting) = waiting(&state, &headers, CodeWay::Register) else {
        return Ok(see_other(&first_page(&back)).into_response());
    };
    let input = RegisterWithCode {
        phone: waiting.name.clone(),
        code: typed.code,
        browser: browser(&headers),
    };
    match tongban_identity::register_with_code(&state.store, input).await {
        Ok(opened) => {
            let new = opened.session.actor.assurance() == Some(Assurance::Registered);
            let target = if new {
                format!("/my/real-name?back={}", back.encoded())
            } else {
                back.to_string()
            };
            welcome(&state, &visitor, &opened, &target, Waits::Nothing).await
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            code_form(&state, &visitor, waiting, back, Some(sentence), Waits::Nothing).await
        }
    }
}
