//! A small browser: requests against the router, cookies kept, forms posted with the token of the page.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
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

    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.headers
            .get(header::LOCATION)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// The page as it should be.
    #[track_caller]
    pub fn page(self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        sound(self.text())
    }

    /// The page that came back with errors.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", self.text());
        sound(self.text())
    }
}

/// What holds for every page: nothing inline, ids used once, labels that lead somewhere, every text there.
#[track_caller]
fn sound(html: String) -> String {
    for inline in [" style=\"", "<style", " onclick=", "javascript:", "<script>"] {
        assert!(!html.contains(inline), "a page holds {inline}");
    }
    let values = |attribute: &str| -> Vec<String> {
        html.split(&format!(" {attribute}=\""))
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let ids = values("id");
    for id in &ids {
        assert_eq!(
            ids.iter().filter(|other| *other == id).count(),
            1,
            "the id {id} stands twice"
        );
    }
    for target in values("for").into_iter().chain(
        values("aria-describedby")
            .iter()
            .flat_map(|list| list.split(' ').map(str::to_owned).collect::<Vec<_>>()),
    ) {
        assert!(ids.contains(&target), "{target} is pointed to and not there");
    }
    // a text that nobody wrote is printed as its key
    let visible = html.split("<main").nth(1).unwrap_or_default();
    for key in [">portal-", " portal-", ">refused-", ">message-", ">rating-"] {
        assert!(
            !visible.contains(key),
            "a text is missing: {}",
            visible
                .split(key)
                .nth(1)
                .unwrap_or_default()
                .chars()
                .take(40)
                .collect::<String>()
        );
    }
    html
}

pub struct Browser {
    app: Router,
    pub cookies: BTreeMap<String, String>,
    /// Where it is, as the socket says; not known unless a test says so.
    pub address: Option<SocketAddr>,
}

impl Browser {
    pub fn new(app: Router) -> Self {
        Self {
            app,
            cookies: BTreeMap::new(),
            address: None,
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    /// Posts a form that stands on `page`: its token is taken from there.
    pub async fn post(&mut self, page: &str, action: &str, pairs: &[(&str, &str)]) -> Answer {
        let token = token(&self.get(page).await.text());
        self.post_with_token(action, &token, pairs).await
    }

    /// Posts a form with the token of a page that was loaded before.
    pub async fn post_with_token(&mut self, action: &str, token: &str, pairs: &[(&str, &str)]) -> Answer {
        let mut body = format!("_csrf={token}");
        for (name, value) in pairs {
            body.push_str(&format!(
                "&{name}={}",
                tongban_web::local_path::encode_query(value)
            ));
        }
        self.send(
            Method::POST,
            action,
            &[("content-type", "application/x-www-form-urlencoded")],
            Body::from(body),
        )
        .await
    }

    /// Posts a form with one file.
    pub async fn upload(
        &mut self,
        page: &str,
        action: &str,
        field: &str,
        name: &str,
        content: &[u8],
    ) -> Answer {
        self.upload_with(page, action, &[], (field, name, content)).await
    }

    /// The same with other fields before the file.
    pub async fn upload_with(
        &mut self,
        page: &str,
        action: &str,
        fields: &[(&str, &str)],
        (field, name, content): (&str, &str, &[u8]),
    ) -> Answer {
        let token = token(&self.get(page).await.text());
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(
            format!("--cut\r\ncontent-disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n").as_bytes(),
        );
        body.extend_from_slice(format!("--cut\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        self.send(
            Method::POST,
            action,
            &[("content-type", "multipart/form-data; boundary=cut")],
            Body::from(body),
        )
        .await
    }

    async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
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
        if let Some(address) = self.address {
            request = request.extension(ConnectInfo(address));
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

#[track_caller]
fn token(html: &str) -> String {
    let start = html.find("name=\"_csrf\" value=\"").expect("the page has a form") + 20;
    html[start..].split('"').next().unwrap().to_owned()
}
