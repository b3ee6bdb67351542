//! Another phone for the own account.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_identity::{Account, AccountKind, ChangePhone, CodeFor};
use tongban_web::{
    Flash, Form, LocalPath, Sender, Sentence, Visitor, WebError, cookies, local_path::see_other, sender,
};

use super::context;
use crate::{
    PortalState,
    parts::path,
    sign_in::{CodeWay, Waiting, Waits, code_form, explained, forget_code, phone_code_sent, waiting},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/settings/phone", get(ask).post(send))
        .route("/my/settings/phone/code", get(enter).post(change))
}

#[derive(Serialize)]
struct PhonePage {
    account: Account,
    phone: String,
    error: Option<Sentence>,
}

async fn render(
    state: &PortalState,
    visitor: &Visitor,
    phone: String,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let id = session.actor.holder().ok_or_else(WebError::forbidden)?;
    let account = tongban_identity::account(&state.store, id)
        .await
        .told()?
        .filter(|account| account.kind == AccountKind::Person)
        .ok_or_else(WebError::not_found)?;
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = PhonePage {
        account,
        phone,
        error,
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/phone.html", &data)?
        .with_status(status)
        .into_response())
}

async fn ask(State(state): State<PortalState>, visitor: Visitor) -> Result<Response, WebError> {
    render(&state, &visitor, String::new(), None).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    phone: String,
    /// `name` of the form that asks once more.
    name: String,
}

async fn send(
    State(state): State<PortalState>,
    visitor: Visitor,
    sender: Sender,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::CODES).await?;
    let session = visitor.require_party()?;
    let account = session.actor.holder().ok_or_else(WebError::forbidden)?;
    let again = typed.phone.is_empty();
    let phone = if typed.phone.is_empty() {
        typed.name
    } else {
        typed.phone
    };
    let waiting = Waiting {
        kind: AccountKind::Person,
        name: phone.clone(),
        way: CodeWay::Phone,
    };
    let sent = phone_code_sent(&state, waiting.clone(), CodeFor::Change(account)).await;
    match sent {
        Ok(cookie) => {
            let mut response = see_other(&path("/my/settings/phone/code")).into_response();
            cookies::add(response.headers_mut(), cookie);
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            if again {
                // the code that is on its way is still good
                return code_form(
                    &state,
                    &visitor,
                    waiting,
                    settings(),
                    Some(sentence),
                    Waits::Nothing,
                )
                .await;
            }
            render(&state, &visitor, phone, Some(sentence)).await
        }
    }
}

fn settings() -> LocalPath {
    path("/my/settings")
}

async fn enter(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    visitor.require_party()?;
    match waiting(&state, &headers, CodeWay::Phone) {
        Some(waiting) => code_form(&state, &visitor, waiting, settings(), None, Waits::Nothing).await,
        None => Ok(see_other(&path("/my/settings/phone")).into_response()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TypedCode {
    code: String,
}

async fn change(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<TypedCode>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let Some(waiting) = waiting(&state, &headers, CodeWay::Phone) else {
        return Ok(see_other(&path("/my/settings/phone")).into_response());
    };
    let input = ChangePhone {
        session: session.session_id,
        phone: waiting.name.clone(),
        code: typed.code,
    };
    match tongban_identity::change_phone(&state.store, &session.actor, input).await {
        Ok(()) => {
            let mut response = Flash::good(&state.kit, "portal-phone-changed").redirect(&settings());
            forget_code(&state, &mut response);
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            code_form(
                &state,
                &visitor,
                waiting,
                settings(),
                Some(sentence),
                Waits::Nothing,
            )
            .await
        }
    }
}
