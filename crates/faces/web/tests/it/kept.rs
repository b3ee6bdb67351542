//! What was typed survives a session that ended under the form.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use axum::{
    Router,
    extract::State as AxumState,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::{DateTime, Duration, Utc};
use tongban_access::{Actor, PartyKind};
use tongban_store::StoreError;
use tongban_web::{
    Area, Form, KeptForm, Kit, Page, Pairs, SessionSource, Settings, SignedIn, Surroundings, Upload, Visitor,
    WebError, testing, testing::StillSurroundings,
};
use uuid::Uuid;

use crate::http::{Answer, Browser, State, app};

/// Surroundings whose clock can be moved on.
#[derive(Default)]
struct Moving(StillSurroundings, AtomicI64);

impl Surroundings for Moving {
    fn now(&self) -> DateTime<Utc> {
        self.0.now() + Duration::minutes(self.1.load(Ordering::Relaxed))
    }

    fn random_code(&self) -> String {
        self.0.random_code()
    }

    fn keyed_hash(&self, text: &str) -> String {
        self.0.keyed_hash(text)
    }

    fn seal(&self, purpose: &str, plain: &str) -> Result<String, StoreError> {
        self.0.seal(purpose, plain)
    }

    fn unseal(&self, purpose: &str, sealed: &str) -> Option<String> {
        self.0.unseal(purpose, sealed)
    }
}

/// The sessions `a` and `b` of two people.
struct Two;

#[async_trait]
impl SessionSource for Two {
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError> {
        let account = match token {
            "a" => Uuid::from_u128(7),
            "b" => Uuid::from_u128(8),
            _ => return Ok(None),
        };
        Ok(Some(SignedIn {
            actor: Actor::party(account, PartyKind::Person),
            session_id: Uuid::from_u128(1),
            view: testing::resident(),
            data: None,
        }))
    }
}

/// Any page with a form.
async fn page(AxumState(state): AxumState<State>, visitor: Visitor) -> Result<Page, WebError> {
    state.kit.pages.render(
        &visitor.page(Area::Portal),
        "gallery/rate.html",
        &serde_json::json!({"form_fields": []}),
    )
}

async fn write(visitor: Visitor, Form(posted): Form<Pairs>) -> Result<Response, WebError> {
    visitor.require_party()?;
    Ok(posted.get("text").unwrap_or_default().to_owned().into_response())
}

async fn attach(visitor: Visitor, _upload: Upload) -> Result<Response, WebError> {
    visitor.require_party()?;
    Ok("taken".into_response())
}

/// Stands in for the sign-in of the portal: shows what is kept to whoever is signed in now.
async fn after(
    AxumState(state): AxumState<State>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let Some(kept) = KeptForm::open(&state.kit, &visitor, posted.get("kept").unwrap_or_default()) else {
        return Ok("not good".into_response());
    };
    if !kept.belongs_to(&state.kit, &visitor) {
        return Ok("not yours".into_response());
    }
    Ok(kept.page(&state.kit, &visitor)?.into_response())
}

struct Place {
    browser: Browser,
    clock: Arc<Moving>,
}

impl Place {
    fn new() -> Self {
        let clock = Arc::new(Moving::default());
        let settings = Settings {
            secure: false,
            overlay: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/gallery").into()),
            ..Settings::default()
        };
        let kit = Kit::new(settings, Arc::<Moving>::clone(&clock))
            .unwrap()
            .with_sessions(Arc::new(Two));
        let routes = Router::new()
            .route("/page", get(page))
            .route("/write/{id}", post(write))
            .route("/desk/write", post(write))
            .route("/attach", post(attach))
            .route("/after", post(after));
        Self {
            browser: Browser::new(app(kit, routes)),
            clock,
        }
    }

    fn sign_in(&mut self, token: &str) {
        self.browser
            .cookies
            .insert("tb_session".to_owned(), token.to_owned());
    }

    fn sign_out(&mut self) {
        self.browser.cookies.remove("tb_session");
    }

    async fn token(&mut self) -> String {
        self.browser.get("/page").await.token()
    }

    /// Posts words of somebody whose session ended after the page was loaded.
    async fn ended(&mut self, path: &str, fields: &str) -> Answer {
        let token = self.token().await;
        self.sign_out();
        self.browser.post(path, &format!("_csrf={token}&{fields}")).await
    }

    async fn after(&mut self, kept: &str) -> String {
        let token = self.token().await;
        self.browser
            .post("/after", &format!("_csrf={token}&kept={kept}"))
            .await
            .text()
    }
}

fn kept(answer: &Answer) -> String {
    let text = answer.text();
    let start = text.find("name=\"kept\" value=\"").expect("something is kept") + 19;
    text[start..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_typed_is_shown_again_and_sent_by_a_click() {
    let mut place = Place::new();
    place.sign_in("a");
    let answer = place
        .ended(
            "/write/1?x=2",
            "version=3&text=%E6%9D%90%E6%96%99%E9%BD%90%E5%85%A8%3Cb%3E&_once=k&_at=f-text",
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    assert!(answer.text().contains("登录过期了，请重新登录") && !answer.text().contains("材料齐全"));
    assert!(!answer.headers.contains_key(header::LOCATION));
    let sealed = kept(&answer);

    place.sign_in("a");
    let shown = place.after(&sealed).await;
    assert!(shown.contains("action=\"/write/1?x=2#f-text\""), "{shown}");
    assert!(
        shown.contains("材料齐全&lt;b&gt;") && shown.contains("填写的文字"),
        "{shown}"
    );
    assert!(shown.contains("name=\"version\" value=\"3\"") && shown.contains("name=\"_once\" value=\"k\""));
    assert!(!shown.contains("name=\"_at\"") && !shown.contains("没有登记是谁"));
    let main = testing::steady_main(&shown);
    assert_eq!(
        main.matches("name=\"_csrf\"").count(),
        1,
        "the fresh token alone: {main}"
    );

    let token = place.token().await;
    let sent = place
        .browser
        .post("/write/1?x=2", &format!("_csrf={token}&text=x"))
        .await;
    assert_eq!((sent.status, sent.text().as_str()), (StatusCode::OK, "x"));
}

#[tokio::test]
async fn it_is_for_the_account_of_the_page_in_this_browser_within_the_hour() {
    let mut place = Place::new();
    place.sign_in("a");
    let sealed = kept(&place.ended("/write/1", "text=x").await);
    assert_eq!(place.after(&sealed).await, "not yours", "nobody is signed in");
    place.sign_in("b");
    assert_eq!(place.after(&sealed).await, "not yours");
    place.sign_in("a");
    for changed in [format!("{sealed}x"), "x".to_owned(), String::new()] {
        assert_eq!(place.after(&changed).await, "not good");
    }
    place.clock.1.store(60, Ordering::Relaxed);
    assert!(place.after(&sealed).await.contains("刚才填的内容还在"));
    place.clock.1.store(61, Ordering::Relaxed);
    assert_eq!(place.after(&sealed).await, "not good");
    place.clock.1.store(0, Ordering::Relaxed);
    // what one browser was given cannot be planted in another
    place
        .browser
        .cookies
        .insert("tb_csrf".to_owned(), "another-browser".to_owned());
    assert_eq!(place.after(&sealed).await, "not good");
}

#[tokio::test]
async fn a_page_that_was_nobodys_asks_to_look_twice() {
    let mut place = Place::new();
    let sealed = kept(&place.ended("/write/1", "text=x").await);
    place.sign_in("b");
    let shown = place.after(&sealed).await;
    assert!(
        shown.contains("没有登记是谁") && shown.contains("/write/1"),
        "{shown}"
    );
}

#[tokio::test]
async fn only_a_form_of_our_own_page_is_kept() {
    let mut place = Place::new();
    place.sign_in("a");
    let token = place.token().await;
    place.sign_out();
    for (body, headers) in [
        ("text=x".to_owned(), vec![]),
        ("_csrf=a.b&text=x".to_owned(), vec![]),
        (
            format!("_csrf={token}&text=x"),
            vec![("sec-fetch-site", "cross-site")],
        ),
        (
            format!("_csrf={token}&text=x"),
            vec![("origin", "https://evil.example")],
        ),
    ] {
        let answer = place.browser.post_with("/write/1", &body, &headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{body}");
        assert!(!answer.text().contains("name=\"kept\""));
    }
    // whose page it was cannot be changed in the token
    let forged = token.replacen('~', "~x", 1);
    let answer = place
        .browser
        .post("/write/1", &format!("_csrf={forged}&text=x"))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    // a script is told in its own way
    let json = [("accept", "application/json")];
    let answer = place
        .browser
        .post_with("/write/1", &format!("_csrf={token}&text=x"), &json)
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["code"], "sign-in-needed");
}

#[tokio::test]
async fn what_cannot_be_kept_is_said() {
    let mut place = Place::new();
    place.sign_in("a");
    for (fields, words) in [
        ("new_password=x".to_owned(), "密码不保留"),
        (format!("text={}", "x".repeat(300_000)), "太长，没能保留"),
    ] {
        let answer = place.ended("/write/1", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(answer.header(header::LOCATION).starts_with("/sign-in?back="));
        assert!(place.browser.get("/page").await.text().contains(words), "{words}");
        place.sign_in("a");
    }
    let token = place.token().await;
    place.sign_out();
    let body =
        format!("--cut\r\ncontent-disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n--cut--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=cut")];
    let answer = place
        .browser
        .send(axum::http::Method::POST, "/attach", &headers, body.into())
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(place.browser.get("/page").await.text().contains("请重新选择文件"));
}

#[tokio::test]
async fn staff_find_their_own_way_of_signing_in() {
    let mut place = Place::new();
    place.sign_in("a");
    let answer = place.ended("/desk/write", "text=x").await;
    assert!(
        answer.text().contains("name=\"kind\" value=\"staff\""),
        "{}",
        answer.text()
    );
    place.sign_in("a");
    assert!(place.after(&kept(&answer)).await.contains("class=\"desk"));
}

/// The rule by which forms with a password are known.
#[test]
fn fields_of_passwords_are_named_so() {
    let kit = testing::kit().unwrap();
    let mut found = 0;
    for name in kit.pages.template_names() {
        let source = kit.pages.template_source(name).unwrap();
        for (at, _) in source.match_indices("type=\"password\"") {
            let tag = source[at..].split('>').next().unwrap();
            let field = tag.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
            assert!(field.contains("password"), "{name}: a password is named {field}");
            found += 1;
        }
    }
    assert!(found >= 4, "{found}");
}
