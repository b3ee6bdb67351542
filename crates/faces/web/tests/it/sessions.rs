//! The seam to the session store, signing in and back, and the sentence carried over a redirect.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    Router,
    extract::State as AxumState,
    http::{StatusCode, header},
    response::Response,
    routing::{get, post},
};
use tongban_access::{Actor, PartyKind};
use tongban_web::{Area, Flash, Kit, LocalPath, Page, SessionSource, SignedIn, Visitor, WebError, testing};
use uuid::Uuid;

use crate::http::{Browser, State, app, kit};

struct OneSession;

#[async_trait]
impl SessionSource for OneSession {
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError> {
        match token {
            "good" => Ok(Some(SignedIn {
                actor: Actor::party(Uuid::from_u128(7), PartyKind::Person),
                session_id: Uuid::from_u128(1),
                view: testing::resident(),
                data: Some(Arc::new("kept beside".to_owned())),
            })),
            "down" => Err(WebError::unavailable("no database")),
            _ => Ok(None),
        }
    }
}

async fn mine(visitor: Visitor) -> Result<String, WebError> {
    let session = visitor.require_sign_in()?;
    let data = visitor.session_data::<String>().unwrap();
    assert!(visitor.session_data::<u32>().is_none());
    Ok(format!("{} {} {data}", session.view.name, visitor.actor().word()))
}

async fn open(AxumState(state): AxumState<State>, visitor: Visitor) -> Result<Page, WebError> {
    let data = serde_json::json!({"status": 404, "title": "t", "sentence": "s", "next": "n"});
    state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "errors/problem.html", &data)
}

async fn act(AxumState(state): AxumState<State>) -> Response {
    Flash::good(&state.kit, "autosave-idle").redirect(&LocalPath::parse("/open").unwrap())
}

fn browser() -> Browser {
    let kit: Kit = kit().with_sessions(Arc::new(OneSession));
    let routes = Router::new()
        .route("/my/cases", get(mine).post(mine))
        .route("/open", get(open))
        .route("/act", post(act))
        .route(
            "/staff",
            get(async |visitor: Visitor| visitor.require_staff().map(|_| "staff")),
        )
        .route(
            "/party",
            get(async |visitor: Visitor| visitor.require_party().map(|_| "party")),
        );
    Browser::new(app(kit, routes))
}

#[tokio::test]
async fn a_live_session_is_found_and_shown() {
    let mut browser = browser();
    browser.cookies.insert("tb_session".to_owned(), "good".to_owned());
    let answer = browser.get("/my/cases").await;
    assert_eq!(answer.text(), "王× person kept beside");
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    let text = browser.get("/open").await.text();
    assert!(text.contains("王×") && text.contains("action=\"/sign-out\"") && !text.contains("/sign-in"));
    assert_eq!(browser.get("/party").await.status, StatusCode::OK);
    assert_eq!(browser.get("/staff").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn without_a_session_the_way_leads_to_the_sign_in_page_and_back() {
    let mut browser = browser();
    for token in ["", "unknown"] {
        browser.cookies.insert("tb_session".to_owned(), token.to_owned());
        let answer = browser.get("/my/cases?page=2&q=%E9%A3%9F").await;
        assert_eq!(
            (answer.status, answer.header(header::LOCATION)),
            (
                StatusCode::SEE_OTHER,
                "/sign-in?back=/my/cases%3Fpage%3D2%26q%3D%25E9%25A3%259F"
            )
        );
    }
    let answer = browser
        .get_with("/my/cases", &[("accept", "application/json")])
        .await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::UNAUTHORIZED, Some("sign-in-needed"))
    );
}

#[tokio::test]
async fn a_posted_form_comes_back_to_the_page_that_held_it() {
    let mut browser = browser();
    let own = browser
        .post_with(
            "/my/cases",
            "",
            &[("referer", "http://tongban.test/apply/1?step=2")],
        )
        .await;
    assert_eq!(own.header(header::LOCATION), "/sign-in?back=/apply/1%3Fstep%3D2");
    for foreign in [
        "http://evil.example/apply",
        "http://tongban.test.evil.example/",
        "http://tongban.test//evil.example",
    ] {
        let answer = browser.post_with("/my/cases", "", &[("referer", foreign)]).await;
        assert_eq!(answer.header(header::LOCATION), "/sign-in?back=/", "{foreign}");
    }
}

#[tokio::test]
async fn a_session_store_that_is_down_is_said_so() {
    let mut browser = browser();
    browser.cookies.insert("tb_session".to_owned(), "down".to_owned());
    let answer = browser.get("/open").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("暂时用不了"));
}

#[tokio::test]
async fn a_sentence_waits_for_one_page() {
    let mut browser = browser();
    let answer = browser.post("/act", "").await;
    assert_eq!(
        (answer.status, answer.header(header::LOCATION)),
        (StatusCode::SEE_OTHER, "/open")
    );
    let words = "class=\"flash good\"";
    assert!(browser.get("/open").await.text().contains(words));
    assert!(!browser.get("/open").await.text().contains(words));
}

#[tokio::test]
async fn nobody_else_can_put_words_on_our_page() {
    let mut browser = browser();
    browser.post("/act", "").await;
    let cookie = browser.cookies["tb_flash"].clone();
    let (text, _) = cookie.rsplit_once('.').unwrap();
    for forged in [
        text.to_owned(),
        format!("{text}."),
        format!("{text}.0000"),
        format!("X{cookie}"),
    ] {
        browser.cookies.insert("tb_flash".to_owned(), forged);
        assert!(!browser.get("/open").await.text().contains("class=\"flash"));
    }
}
