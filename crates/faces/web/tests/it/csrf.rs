//! A form is read only when it came from our own page.

use axum::{
    Router,
    body::Body,
    extract::State as AxumState,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tongban_web::{Area, Form, Page, Pairs, Visitor, WebError};

use crate::http::{Browser, State, app, kit};

#[derive(Deserialize)]
struct Wish {
    name: String,
    #[serde(default)]
    days: Vec<String>,
}

/// Any page with a form; the problem page has none, so the test brings the token as a page of its own would.
async fn page(AxumState(state): AxumState<State>, visitor: Visitor) -> Result<Page, WebError> {
    state.kit.pages.render(
        &visitor.page(Area::Portal),
        "gallery/rate.html",
        &serde_json::json!({"form_fields": []}),
    )
}

async fn wish(Form(wish): Form<Wish>) -> Response {
    format!("{} {:?}", wish.name, wish.days).into_response()
}

async fn pairs(Form(pairs): Form<Pairs>) -> Response {
    format!("{:?}", pairs.0).into_response()
}

fn browser() -> Browser {
    let kit = tongban_web::testing::kit_with(tongban_web::Settings {
        secure: false,
        overlay: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/gallery").into()),
        origins: vec!["https://zw.example.gov.cn/".to_owned()],
        ..tongban_web::Settings::default()
    })
    .unwrap();
    Browser::new(app(
        kit,
        Router::new()
            .route("/page", get(page))
            .route("/wish", post(wish))
            .route("/pairs", post(pairs))
            .route("/page", post(|| async { "unread" })),
    ))
}

#[tokio::test]
async fn a_form_of_our_page_is_read() {
    let mut browser = browser();
    let token = browser.get("/page").await.token();
    let answer = browser
        .post(
            "/wish",
            &format!("_csrf={token}&name=%E7%8E%8B&days=mon&days=tue"),
        )
        .await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::OK, "王 [\"mon\", \"tue\"]")
    );
    // the same token serves again: the page may be sent twice, and idempotency is the business of the rooms
    let answer = browser
        .post("/pairs", &format!("_csrf={token}&b=2&a=1&b=3"))
        .await;
    assert_eq!(answer.text(), "[(\"b\", \"2\"), (\"a\", \"1\"), (\"b\", \"3\")]");
}

#[tokio::test]
async fn each_page_carries_a_fresh_token_for_one_lasting_cookie() {
    let mut browser = browser();
    let first = browser.get("/page").await;
    let cookie = browser.cookies["tb_csrf"].clone();
    let second = browser.get("/page").await;
    assert_eq!(browser.cookies["tb_csrf"], cookie);
    assert_ne!(first.token(), second.token());
    for token in [first.token(), second.token()] {
        assert_eq!(
            browser.post("/pairs", &format!("_csrf={token}")).await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn a_form_without_its_token_or_its_cookie_is_refused() {
    let mut browser = browser();
    let token = browser.get("/page").await.token();
    for body in [
        "name=x".to_owned(),
        "_csrf=&name=x".to_owned(),
        "_csrf=a.b&name=x".to_owned(),
        format!("_csrf={token}x&name=x"),
    ] {
        let answer = browser.post("/wish", &body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{body}");
        assert!(answer.text().contains("请从页面重新提交"));
    }
    browser.cookies.clear();
    assert_eq!(
        browser
            .post("/wish", &format!("_csrf={token}&name=x"))
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    browser
        .cookies
        .insert("tb_csrf".to_owned(), "someone-elses".to_owned());
    assert_eq!(
        browser
            .post("/wish", &format!("_csrf={token}&name=x"))
            .await
            .status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_form_that_another_site_started_is_refused_even_with_its_token() {
    let mut browser = browser();
    let token = browser.get("/page").await.token();
    let body = format!("_csrf={token}&name=x");
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "http://tongban.test.evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://tongban.test")],
    ] {
        assert_eq!(
            browser.post_with("/wish", &body, headers).await.status,
            StatusCode::FORBIDDEN,
            "{headers:?}"
        );
    }
    for headers in [
        &[][..],
        &[("origin", "https://zw.example.gov.cn")],
        &[
            ("origin", "http://tongban.test"),
            ("sec-fetch-site", "same-origin"),
        ],
    ] {
        assert_eq!(
            browser.post_with("/wish", &body, headers).await.status,
            StatusCode::OK,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_route_that_forgets_the_extractor_is_still_closed_to_other_sites() {
    let mut browser = browser();
    browser.get("/page").await;
    let answer = browser
        .send(
            Method::POST,
            "/page",
            &[("origin", "https://evil.example")],
            Body::empty(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_that_lacks_a_field_is_bad_input() {
    let mut browser = browser();
    let token = browser.get("/page").await.token();
    let answer = browser.post("/wish", &format!("_csrf={token}")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("这个请求我们看不懂"));
}

#[tokio::test]
async fn a_route_outside_the_layers_is_a_fault_and_not_a_form() {
    use tower::ServiceExt as _;
    let router = Router::new()
        .route("/wish", post(wish))
        .with_state(State { kit: kit() });
    let request = axum::http::Request::post("/wish")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("name=x"))
        .unwrap();
    assert_eq!(
        router.oneshot(request).await.unwrap().status(),
        StatusCode::INTERNAL_SERVER_ERROR
    );
}
