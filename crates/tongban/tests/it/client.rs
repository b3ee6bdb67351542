//! A small browser and API client against the router: cookies kept, forms posted with a token.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::Value;
use tongban_web::{cookies, local_path::encode_query};
use tower::ServiceExt as _;

/// A file that a person hands in.
pub const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION)?.to_str().ok()
    }

    /// The JSON of an answer that must be a good one.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Where an answer that must be a redirect leads.
    #[track_caller]
    pub fn leads(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.location().unwrap().to_owned()
    }
}

#[derive(Clone)]
pub struct Client {
    app: Router,
    pub cookies: BTreeMap<String, String>,
    /// The `Idempotency-Key` of the next requests.
    once: Option<String>,
}

impl Client {
    pub fn new(app: Router) -> Self {
        Self {
            app,
            cookies: BTreeMap::new(),
            once: None,
        }
    }

    pub fn with_session(mut self, token: &str) -> Self {
        self.cookies.insert(cookies::SESSION.to_owned(), token.to_owned());
        self
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, Body::empty()).await
    }

    /// Posts a form of our own pages.
    pub async fn form(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let token = self.form_token().await;
        let mut body = format!("_csrf={}", encode_query(&token));
        for (name, value) in pairs {
            body.push_str(&format!("&{name}={}", encode_query(value)));
        }
        self.send(
            "POST",
            path,
            Some("application/x-www-form-urlencoded"),
            body.into(),
        )
        .await
    }

    /// Posts a form with a file.
    pub async fn upload(
        &mut self,
        path: &str,
        pairs: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) -> Answer {
        let file = file.map(|(field, content)| (field, "paper.pdf", content));
        self.upload_named(path, pairs, file).await
    }

    /// The same with a file of this name.
    pub async fn upload_named(
        &mut self,
        path: &str,
        pairs: &[(&str, &str)],
        file: Option<(&str, &str, &[u8])>,
    ) -> Answer {
        let token = self.form_token().await;
        let mut body = Vec::new();
        for (name, value) in [("_csrf", token.as_str())].iter().chain(pairs) {
            body.extend_from_slice(
                format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        if let Some((field, name, content)) = file {
            body.extend_from_slice(
                format!(
                    "--cut\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--cut--\r\n");
        self.send(
            "POST",
            path,
            Some("multipart/form-data; boundary=cut"),
            body.into(),
        )
        .await
    }

    /// Asks the API as a program does: the session travels as a bearer token.
    pub async fn api(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let (media, body) = if body.is_null() {
            (None, Body::empty())
        } else {
            (Some("application/json"), body.to_string().into())
        };
        self.send(method, path, media, body).await
    }

    /// The same with an `Idempotency-Key`.
    pub async fn api_once(&mut self, path: &str, body: &Value, key: &str) -> Answer {
        self.once = Some(key.to_owned());
        let answer = self.api("POST", path, body).await;
        self.once = None;
        answer
    }

    /// A token of a form: any page that anybody sees has one, and it is bound to the cookie of this browser alone.
    pub async fn form_token(&mut self) -> String {
        let page = self.get("/sign-in").await.text();
        let (_, rest) = page
            .split_once("name=\"_csrf\" value=\"")
            .expect("the sign-in page has a form");
        rest.split('"').next().unwrap().to_owned()
    }

    pub async fn send(&mut self, method: &str, path: &str, media: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "tongban.test");
        if let Some(media) = media {
            request = request.header(header::CONTENT_TYPE, media);
        }
        if let Some(key) = &self.once {
            request = request.header("idempotency-key", key);
        }
        let program = path.starts_with("/api/");
        if program && let Some(token) = self.cookies.get(cookies::SESSION) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        } else if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let response = self
            .app
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }
}
