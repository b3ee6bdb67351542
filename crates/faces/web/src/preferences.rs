//! The two switches in the footer: language and elder mode. They change nothing but a cookie, so links may do it.

use axum::{
    Router,
    extract::{FromRef, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use crate::{
    cookies,
    errors::WebError,
    kit::Kit,
    local_path::{LocalPath, see_other},
    pages::Locale,
};

#[derive(Debug, Deserialize)]
struct Switch {
    to: String,
    #[serde(default)]
    back: String,
}

/// `/settings/language?to=en&back=/…` and `/settings/elder?to=on&back=/…`, by GET or POST.
pub(crate) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Kit: FromRef<S>,
{
    Router::new()
        .route("/settings/language", get(language).post(language))
        .route("/settings/elder", get(elder).post(elder))
}

async fn language(State(kit): State<Kit>, Query(switch): Query<Switch>) -> Result<Response, WebError> {
    let locale = Locale::from_tag(&switch.to).ok_or_else(|| WebError::bad_input("to is zh-CN or en"))?;
    Ok(keep(&kit, cookies::LANGUAGE, locale.tag(), &switch.back))
}

async fn elder(State(kit): State<Kit>, Query(switch): Query<Switch>) -> Result<Response, WebError> {
    match switch.to.as_str() {
        "on" | "off" => Ok(keep(&kit, cookies::ELDER, &switch.to, &switch.back)),
        _ => Err(WebError::bad_input("to is on or off")),
    }
}

fn keep(kit: &Kit, cookie: &str, value: &str, back: &str) -> Response {
    // a way back to another site would make us a signpost for fraud
    let mut response = see_other(&LocalPath::parse_or_home(back)).into_response();
    cookies::add(
        response.headers_mut(),
        cookies::set(cookie, value, Some(cookies::A_YEAR), kit.settings.secure),
    );
    response
}
