//! Static files: their address carries the hash of their content, so a browser may keep them for ever.

use std::{collections::BTreeMap, path::Path};

use axum::{
    Router,
    extract::{FromRef, Path as RoutePath, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use tongban_crypto::sm3_hex;

use super::{PagesError, source};
use crate::{errors::WebError, kit::Kit};

/// Hexadecimal digits of the hash in an address.
const VERSION_LENGTH: usize = 12;

/// All static files of the program and its overlay.
pub struct Assets {
    files: BTreeMap<String, Asset>,
}

struct Asset {
    bytes: Bytes,
    kind: &'static str,
    version: String,
}

impl Assets {
    /// Reads and hashes them.
    pub fn load(overlay: Option<&Path>) -> Result<Self, PagesError> {
        let files = source::static_files(overlay)?
            .into_iter()
            .map(|(name, bytes)| {
                let mut version = sm3_hex(&bytes);
                version.truncate(VERSION_LENGTH);
                let kind = content_type(&name);
                (
                    name,
                    Asset {
                        bytes: Bytes::from(bytes),
                        kind,
                        version,
                    },
                )
            })
            .collect();
        Ok(Self { files })
    }

    /// `/static/tongban.css?v=…`, or nothing when there is no such file.
    pub fn address(&self, path: &str) -> Option<String> {
        self.files
            .get(path)
            .map(|file| format!("/static/{path}?v={}", file.version))
    }

    /// The content of a file.
    pub fn content(&self, path: &str) -> Option<Bytes> {
        self.files.get(path).map(|file| file.bytes.clone())
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

/// `/static/{*path}`.
pub(crate) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Kit: FromRef<S>,
{
    Router::new().route("/static/{*path}", get(serve))
}

async fn serve(
    State(kit): State<Kit>,
    RoutePath(path): RoutePath<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let file = kit
        .pages
        .assets()
        .files
        .get(&path)
        .ok_or_else(WebError::not_found)?;
    // weak, because the same content leaves compressed and plain
    let tag = format!("W/\"{}\"", file.version);
    let current = query
        .as_deref()
        .is_some_and(|query| query.strip_prefix("v=") == Some(file.version.as_str()));
    let caching = if current {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim() == tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.bytes.clone().into_response()
    };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    Ok(response)
}
