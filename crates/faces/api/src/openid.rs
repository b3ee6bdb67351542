//! The endpoints that libraries of OpenID Connect call. Their forms are those of the standards, so they stand in no document of
//! ours: a library reads `/.well-known/openid-configuration`.

use std::convert::Infallible;

use axum::{
    Json, Router,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use serde::Serialize;
use serde_json::{Value, json};
use tongban_openid::{Call, InfoCall, Provider, Trouble, paths};
use tongban_store::Brake;
use tongban_web::{Sender, WebError, layers::any_origin};

use crate::{ApiState, told::Told};

/// Calls from one address that did not show who they are.
const STRANGERS: Brake = Brake {
    kind: "openid-strangers-from",
    most: 60,
    window: chrono::Duration::minutes(10),
};

/// Calls from one address of clients that have no secret: a wide limit, for a hall or a firm may stand behind it.
const NAMELESS: Brake = Brake {
    kind: "openid-nameless-from",
    most: 1_200,
    window: chrono::Duration::minutes(10),
};

/// Where a library finds the rest.
const CONFIGURATION: &str = "/.well-known/openid-configuration";
const DPOP: HeaderName = HeaderName::from_static("dpop");

pub(crate) fn routes() -> Router<ApiState> {
    // pages without a server call these from where they are; they bring no cookie along
    let open = Router::new()
        .route(CONFIGURATION, get(configuration))
        .route("/.well-known/oauth-authorization-server", get(configuration))
        .route(paths::KEYS, get(keys))
        .route(paths::SM2_KEYS, get(sm2_keys))
        .route(paths::PUSHED, post(push))
        .route(paths::DEVICE_STARTS, post(start_device))
        .route(paths::TOKEN, post(token))
        .route(paths::REVOKE, post(revoke))
        .route(paths::USERINFO, get(userinfo).post(userinfo))
        .layer(any_origin());
    Router::new()
        .route(paths::INTROSPECT, post(introspect))
        .merge(open)
}

async fn configuration(State(provider): State<Provider>) -> Response {
    kept_for("public, max-age=3600", &provider.metadata())
}

/// Kept for moments only: a key that leaked is to be gone soon.
const KEYS_KEPT: &str = "public, max-age=300";

async fn keys(State(provider): State<Provider>) -> Result<Response, WebError> {
    Ok(kept_for(KEYS_KEPT, &provider.jwks().await.told()?))
}

async fn sm2_keys(State(provider): State<Provider>) -> Result<Response, WebError> {
    Ok(kept_for(KEYS_KEPT, &provider.sm2_jwks().await.told()?))
}

fn kept_for(how_long: &'static str, value: &Value) -> Response {
    ([(header::CACHE_CONTROL, how_long)], Json(value)).into_response()
}

/// What a client posted, if it is a form; otherwise why not.
struct Called {
    call: Result<Call, Trouble>,
}

impl<S: Send + Sync> FromRequest<S> for Called {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let headers = request.headers().clone();
        let authorization = headers.get(header::AUTHORIZATION);
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        Ok(Self {
            call: match form {
                Ok(Form(form)) => Ok(Call {
                    form,
                    authorization: authorization.map(|value| value.to_str().unwrap_or_default().to_owned()),
                    proofs: proofs(&headers),
                    counted: false,
                }),
                Err(_) => Err(Trouble::request("the body is no form that can be read")),
            },
        })
    }
}

fn proofs(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(DPOP)
        .iter()
        .map(|value| value.to_str().unwrap_or_default().to_owned())
        .collect()
}

/// An answer that stays in no cache.
fn fresh(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(value)).into_response()
}

fn told(trouble: &Trouble) -> Response {
    if let Some(cause) = &trouble.cause {
        tracing::error!(
            error = cause as &dyn std::error::Error,
            "a call of a client failed"
        );
    }
    let status = StatusCode::from_u16(trouble.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = fresh(
        status,
        &json!({ "error": trouble.error, "error_description": trouble.description }),
    );
    if let Some(seconds) = trouble.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Has a call answered. Whoever does not show who they are is counted, and so is whoever shows it wrongly.
async fn answer<T, F>(
    state: &ApiState,
    sender: Sender,
    called: Called,
    status: StatusCode,
    work: F,
) -> Response
where
    T: Serialize,
    F: AsyncFnOnce(&Provider, &Call) -> Result<T, Trouble>,
{
    let call = match called.call {
        Ok(call) => Call {
            counted: sender.is_counted(),
            ..call
        },
        Err(trouble) => return told(&trouble),
    };
    if call.shows_nothing()
        && let Err(error) = sender.count(&state.store, NAMELESS).await
    {
        return braked(&error);
    }
    let trouble = match work(&state.openid, &call).await {
        Ok(value) => return fresh(status, &json!(value)),
        Err(trouble) => trouble,
    };
    if trouble.error == "invalid_client"
        && let Err(error) = sender.count(&state.store, STRANGERS).await
    {
        return braked(&error);
    }
    let mut response = told(&trouble);
    if call.authorization.is_some() && trouble.error == "invalid_client" {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(r#"Basic realm="tongban""#),
        );
    }
    response
}

/// Too many calls, in the form that a library reads.
fn braked(error: &WebError) -> Response {
    let mut response = fresh(
        error.status(),
        &json!({ "error": "temporarily_unavailable", "error_description": "too many calls from this address" }),
    );
    if let Some(seconds) = error.retry_after()
        && let Ok(seconds) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

async fn token(State(state): State<ApiState>, sender: Sender, called: Called) -> Response {
    answer(&state, sender, called, StatusCode::OK, async |provider, call| {
        provider.token(call).await
    })
    .await
}

async fn push(State(state): State<ApiState>, sender: Sender, called: Called) -> Response {
    answer(
        &state,
        sender,
        called,
        StatusCode::CREATED,
        async |provider, call| provider.push(call).await,
    )
    .await
}

async fn start_device(State(state): State<ApiState>, sender: Sender, called: Called) -> Response {
    answer(&state, sender, called, StatusCode::OK, async |provider, call| {
        provider.start_device(call).await
    })
    .await
}

async fn introspect(State(state): State<ApiState>, sender: Sender, called: Called) -> Response {
    answer(&state, sender, called, StatusCode::OK, async |provider, call| {
        provider.introspect(call).await
    })
    .await
}

async fn revoke(State(state): State<ApiState>, sender: Sender, called: Called) -> Response {
    answer(&state, sender, called, StatusCode::OK, async |provider, call| {
        provider.revoke(call).await.map(|()| json!({}))
    })
    .await
}

async fn userinfo(State(provider): State<Provider>, method: Method, headers: HeaderMap) -> Response {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let named = authorization.is_some();
    let call = InfoCall {
        method: method.as_str().to_owned(),
        authorization,
        proofs: proofs(&headers),
    };
    match provider.userinfo(call).await {
        Ok(claims) => fresh(StatusCode::OK, &claims),
        Err(refused) => {
            let mut response = told(&refused.trouble);
            if response.status().is_client_error() {
                *response.status_mut() = match refused.trouble.error {
                    "insufficient_scope" => StatusCode::FORBIDDEN,
                    _ => StatusCode::UNAUTHORIZED,
                };
                // RFC 6750 §3.1: who brought no token is told how to bring one, and nothing else
                let how = if named {
                    format!(r#"{} error="{}""#, refused.scheme, refused.trouble.error)
                } else {
                    "Bearer".to_owned()
                };
                if let Ok(how) = HeaderValue::from_str(&how) {
                    response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
                }
            }
            response
        }
    }
}
