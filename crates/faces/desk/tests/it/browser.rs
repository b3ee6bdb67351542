//! A small client: requests against the router, cookies kept like a browser keeps them.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use tongban_web::local_path::encode_query;
use tower::ServiceExt as _;

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn location(&self) -> String {
        self.headers
            .get(header::LOCATION)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    /// The value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let text = self.text();
        let mark = format!("name=\"{name}\" value=\"");
        let start = text.find(&mark).unwrap_or_else(|| panic_with(&text, name)) + mark.len();
        text[start..].split('"').next().unwrap().to_owned()
    }
}

fn panic_with(text: &str, name: &str) -> usize {
    unreachable!("the page has no field {name}: {text}")
}

#[derive(Clone)]
pub struct Browser {
    app: Router,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser that is signed in under this token.
    pub fn new(app: Router, token: &str) -> Self {
        Self {
            app,
            cookies: BTreeMap::from([("tb_session".to_owned(), token.to_owned())]),
        }
    }

    /// The session ends; the rest of the browser stays.
    pub fn sign_out(&mut self) {
        self.cookies.remove("tb_session");
    }

    pub fn speak(&mut self, language: &str) {
        self.cookies.insert("tb_language".to_owned(), language.to_owned());
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    /// Opens a page and posts a form with its token and these fields.
    pub async fn post_from(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.hidden("_csrf");
        self.post(action, &token, fields).await
    }

    /// Posts owned pairs.
    pub async fn post_pairs(&mut self, action: &str, token: &str, pairs: &[(String, String)]) -> Answer {
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(action, token, &pairs).await
    }

    pub async fn post(&mut self, action: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = [("_csrf", token)].into_iter().chain(fields.iter().copied());
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{}={}", encode_query(name), encode_query(value)))
            .collect();
        self.send(
            Method::POST,
            action,
            Some("application/x-www-form-urlencoded"),
            Body::from(pairs.join("&")),
        )
        .await
    }

    /// Posts one file in a form with the token of the page.
    pub async fn upload(&mut self, page: &str, field: &str, name: &str, content: &[u8]) -> Answer {
        self.upload_with(page, &[], (field, name, content)).await
    }

    /// The same with other fields before the file.
    pub async fn upload_with(
        &mut self,
        page: &str,
        fields: &[(&str, &str)],
        (field, name, content): (&str, &str, &[u8]),
    ) -> Answer {
        let token = self.get(page).await.hidden("_csrf");
        let mut body = Vec::new();
        body.extend_from_slice(b"--edge\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n");
        body.extend_from_slice(token.as_bytes());
        for (field, value) in fields {
            let part =
                format!("\r\n--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "\r\n--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.send(
            Method::POST,
            page,
            Some("multipart/form-data; boundary=edge"),
            Body::from(body),
        )
        .await
    }

    async fn send(&mut self, method: Method, path: &str, media: Option<&str>, body: Body) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "tongban.test")
            .header(header::COOKIE, cookies.join("; "));
        if let Some(media) = media {
            request = request.header(header::CONTENT_TYPE, media);
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
