//! Sign in for a token, sign out.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::Assurance;
use tongban_identity::{AccountKind, Browser, Error, PasswordSignIn};
use tongban_web::{Sender, WebError, sender};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    caller::Caller,
    input::{Body, act},
    told::{Told, answer},
};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SignIn {
    #[schema(value_type = String, example = "person", pattern = "^(person|enterprise|staff)$")]
    kind: AccountKind,
    /// Citizen number or phone of a person, unified social credit code of a firm, login name of staff.
    name: String,
    password: String,
}

/// An open session.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenSession {
    /// Send it as `Authorization: Bearer …`. It is told once.
    token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// When the session ends if nothing happens.
    expires: DateTime<Utc>,
    account: Uuid,
    #[schema(value_type = String, example = "person")]
    kind: AccountKind,
    /// The name of the person or the firm.
    name: String,
    /// Level of assurance: 1 registered, 2 real name, 3 recognised within the hour; none for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    assurance: Option<u8>,
}

/// The statuses that programs expect where signing in fails.
fn refused(error: Error) -> WebError {
    match error {
        Error::Refused(refusal) => {
            let status = match refusal.code {
                "identity.sign_in_failed" => StatusCode::UNAUTHORIZED,
                "identity.locked" | "identity.busy" => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            WebError::refused(refusal.code, refusal.args, status)
        }
        other => match Err::<(), _>(other).told() {
            Err(error) => error,
            Ok(()) => WebError::internal("an error that is none"),
        },
    }
}

/// Signs in by password and answers the token of the new session.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    tag = "sessions",
    request_body = SignIn,
    responses(
        (status = 201, body = OpenSession),
        (status = 401, description = "Name or password is wrong: `identity.sign_in_failed`"),
        (status = 429, description = "Locked after too many wrong tries: `identity.locked` with `minutes`; or too many sign in at this moment: `identity.busy`"),
    )
)]
pub(crate) async fn sign_in(
    State(state): State<ApiState>,
    sender: Sender,
    Body(given): Body<SignIn>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::SIGN_INS).await?;
    let input = PasswordSignIn {
        kind: given.kind,
        name: given.name,
        password: given.password,
        browser: Browser {
            token: None,
            device: "API".to_owned(),
        },
    };
    let opened = tongban_identity::sign_in_with_password(&state.store, input)
        .await
        .map_err(refused)?;
    let session = opened.session;
    let answer = OpenSession {
        token: opened.token,
        token_type: "Bearer",
        expires: session.expires,
        account: session.account.id,
        kind: session.account.kind,
        name: session.account.name,
        assurance: session.actor.assurance().map(Assurance::number),
    };
    Ok((
        StatusCode::CREATED,
        [(header::CACHE_CONTROL, "no-store")],
        Json(answer),
    )
        .into_response())
}

/// What a member of staff shows beside the password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ShownFactor {
    /// Six digits of the own device, or ten of an operator.
    #[schema(example = "123456")]
    code: String,
}

/// Shows the second factor of a member of staff: the session may decide, seal and operate for twelve hours.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/current/second-factor",
    tag = "sessions",
    request_body = ShownFactor,
    responses(
        (status = 204, description = "It was right"),
        (status = 403, description = "Only staff have one"),
        (status = 422, description = "`staff.factor_format`, `staff.factor_none`, `staff.factor_wrong`, `staff.code_wrong`"),
        (status = 429, description = "Too many wrong ones: `staff.factor_locked` with `minutes`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn second_factor(
    State(state): State<ApiState>,
    caller: Caller,
    Body(given): Body<ShownFactor>,
) -> Result<StatusCode, WebError> {
    let session = caller.visitor.require_sign_in()?.session_id;
    let shown = tongban_staff::show_second_factor(&state.store, &caller.actor, session, &given.code).await;
    shown.map_err(|error| match error {
        tongban_staff::Error::Refused(refusal) if refusal.code == "staff.factor_locked" => {
            WebError::refused(refusal.code, refusal.args, StatusCode::TOO_MANY_REQUESTS)
        }
        other => answer(other),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the session that the request comes with.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/current",
    tag = "sessions",
    responses((status = 204, description = "The session has ended")),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn sign_out(State(state): State<ApiState>, caller: Caller) -> Result<StatusCode, WebError> {
    let session = caller.visitor.require_sign_in()?.session_id;
    act(&state, &caller.actor, session, |tx, by, session| async move {
        tongban_identity::sign_out(&tx, &by, session).await
    })
    .await
    .told()?;
    Ok(StatusCode::NO_CONTENT)
}
