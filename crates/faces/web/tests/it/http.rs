//! A small client: requests against a router, cookies kept like a browser keeps them.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::FromRef,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use tongban_web::{Kit, testing};
use tower::ServiceExt as _;

/// The state of a face in tests: more than the kit, as in the real ones.
#[derive(Clone)]
pub struct State {
    pub kit: Kit,
}

impl FromRef<State> for Kit {
    fn from_ref(state: &State) -> Self {
        state.kit.clone()
    }
}

pub fn kit() -> Kit {
    testing::kit().unwrap()
}

/// The routes of the kit and of the test behind all layers.
pub fn app(kit: Kit, routes: Router<State>) -> Router {
    let router = routes
        .merge(tongban_web::routes())
        .with_state(State { kit: kit.clone() });
    tongban_web::layers(router, &kit)
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// The token of the first form of the page.
    pub fn token(&self) -> String {
        let text = self.text();
        let start = text.find("name=\"_csrf\" value=\"").expect("the page has a form") + 20;
        text[start..].split('"').next().unwrap().to_owned()
    }
}

pub struct Browser {
    app: Router,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(app: Router) -> Self {
        Self {
            app,
            cookies: BTreeMap::new(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Body::empty()).await
    }

    /// Posts a form as a browser does: with the word that it started here.
    pub async fn post(&mut self, path: &str, body: &str) -> Answer {
        self.post_with(
            path,
            body,
            &[
                ("origin", "http://tongban.test"),
                ("sec-fetch-site", "same-origin"),
            ],
        )
        .await
    }

    pub async fn post_with(&mut self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send(Method::POST, path, &all, Body::from(body.to_owned()))
            .await
    }

    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "tongban.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, cookies.join("; "));
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
            assert!(
                attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"),
                "{cookie:?}"
            );
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
