//! Refusals and failures: a page for people, RFC 9457 for programs, the id of the request in both; headers and limits of every answer.

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{Method, StatusCode, header},
    routing::{get, post},
};
use tongban_web::{Form, Locale, Pairs, Settings, WebError, testing};

use crate::http::{Answer, Browser, app, kit};

fn routes() -> Router<crate::http::State> {
    async fn refused() -> WebError {
        WebError::refused(
            "case.limit_passed",
            [("days", 5)],
            StatusCode::UNPROCESSABLE_ENTITY,
        )
    }
    async fn internal() -> WebError {
        WebError::internal(std::io::Error::other("the secret cause"))
    }
    Router::new()
        .route("/refused", get(refused))
        .route("/api/v1/refused", get(refused))
        .route("/internal", get(internal))
        .route("/desk/internal", get(internal))
        .route("/unavailable", get(|| async { WebError::unavailable("down") }))
        .route("/conflict", get(|| async { WebError::conflict() }))
        .route("/too-many", get(|| async { WebError::too_many(90) }))
        .route("/forbidden", get(|| async { WebError::forbidden() }))
        .route(
            "/number/{number}",
            get(|Path(number): Path<u32>| async move { number.to_string() }),
        )
        .route(
            "/panics",
            get(|| async {
                if true {
                    panic!("at the disco")
                }
            }),
        )
        .route("/form", post(|Form(_): Form<Pairs>| async { "read" }))
        .route("/slow", get(std::future::pending::<()>))
}

fn browser() -> Browser {
    Browser::new(app(kit(), routes()))
}

fn id(answer: &Answer) -> String {
    let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(id.len(), 10);
    id
}

#[tokio::test]
async fn people_get_a_page_with_the_id_and_the_hotline() {
    let mut browser = browser();
    for (path, status, title) in [
        ("/nowhere", 404, "没有找到这一页"),
        ("/forbidden", 403, "这一页您不能看"),
        ("/internal", 500, "对不起，我们出错了"),
        ("/panics", 500, "对不起，我们出错了"),
        ("/unavailable", 503, "暂时用不了"),
        ("/conflict", 409, "内容已经变了"),
        ("/too-many", 429, "操作太频繁了"),
        ("/refused", 422, "现在还不能这样办"),
        ("/number/many", 400, "这个请求我们看不懂"),
        ("/form", 405, "请从页面上操作"),
    ] {
        let answer = browser.get_with(path, &[("accept", "text/html")]).await;
        let text = answer.text();
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(text.contains(&format!("<h1>{title}</h1>")), "{path}: {text}");
        assert!(text.contains(&id(&answer)) && text.contains("12345"), "{path}");
        assert!(
            !text.contains("secret") && !text.contains("disco"),
            "{path} tells the cause"
        );
    }
    assert!(
        browser
            .get("/desk/internal")
            .await
            .text()
            .contains("class=\"desk\"")
    );
    assert_eq!(browser.get("/too-many").await.header(header::RETRY_AFTER), "90");
}

#[tokio::test]
async fn programs_get_a_problem_document() {
    let mut browser = browser();
    for (path, headers) in [
        ("/api/v1/refused", &[][..]),
        ("/refused", &[("accept", "application/json")]),
    ] {
        let answer = browser.get_with(path, headers).await;
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/problem+json");
        let json = answer.json();
        assert_eq!(json["request_id"], id(&answer));
        assert_eq!(
            (
                json["status"].as_u64(),
                json["code"].as_str(),
                json["type"].as_str(),
                json["args"]["days"].as_u64()
            ),
            (
                Some(422),
                Some("case.limit_passed"),
                Some("/problems/case.limit_passed"),
                Some(5)
            )
        );
        // a code without a text of its own is told in general words
        assert_eq!(json["detail"], "这一步现在办不了。请检查后再试，或拨打热线询问。");
    }
    let json = browser.get("/api/v1/nothing").await.json();
    assert_eq!(
        (json["status"].as_u64(), json["code"].as_str()),
        (Some(404), Some("not-found"))
    );
    browser.cookies.insert("tb_language".to_owned(), "en".to_owned());
    assert_eq!(
        browser.get("/api/v1/nothing").await.json()["title"],
        "There is no such page"
    );
}

#[tokio::test]
async fn a_refusal_with_its_own_text_is_told_with_its_arguments() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("locales/zh-CN")).unwrap();
    std::fs::write(
        folder.path().join("locales/zh-CN/local.ftl"),
        "refused-case-limit_passed = 已经超过 { $days } 个工作日\n",
    )
    .unwrap();
    let kit = testing::kit_with(Settings {
        overlay: Some(folder.path().to_owned()),
        ..Settings::default()
    })
    .unwrap();
    let mut browser = Browser::new(app(kit, routes()));
    assert!(
        browser
            .get("/refused")
            .await
            .text()
            .contains("已经超过 5 个工作日")
    );
    browser.cookies.insert("tb_language".to_owned(), "en".to_owned());
    // no English yet: the Chinese sentence is better than none
    assert!(
        browser
            .get("/refused")
            .await
            .text()
            .contains("已经超过 5 个工作日")
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let mut browser = browser();
    for path in [
        "/internal",
        "/nowhere",
        "/api/v1/refused",
        "/static/tongban.css",
        "/static/nothing.css",
    ] {
        let answer = browser.get(path).await;
        assert!(
            answer
                .header(header::CONTENT_SECURITY_POLICY)
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(
            (
                answer.header(header::X_CONTENT_TYPE_OPTIONS),
                answer.header(header::REFERRER_POLICY)
            ),
            ("nosniff", "same-origin"),
            "{path}"
        );
        id(&answer);
    }
    assert_eq!(
        browser
            .get("/internal")
            .await
            .header(header::STRICT_TRANSPORT_SECURITY),
        ""
    );
    let mut secure = Browser::new(app(testing::kit_with(Settings::default()).unwrap(), routes()));
    let answer = secure.get("/internal").await;
    assert!(
        answer
            .header(header::STRICT_TRANSPORT_SECURITY)
            .contains("max-age")
    );
    assert!(answer.header(header::SET_COOKIE).ends_with("; Secure"));
}

#[tokio::test]
async fn a_static_file_is_kept_for_ever_under_its_hash() {
    let kit = kit();
    let address = kit.pages.assets().address("tongban.css").unwrap();
    let mut browser = Browser::new(app(kit, routes()));
    let answer = browser.get(&address).await;
    assert_eq!(
        (
            answer.header(header::CONTENT_TYPE),
            answer.header(header::CACHE_CONTROL)
        ),
        ("text/css; charset=utf-8", "public, max-age=31536000, immutable")
    );
    assert!(answer.headers.get(header::SET_COOKIE).is_none());
    let tag = answer.header(header::ETAG).to_owned();
    for stale in ["/static/tongban.css", "/static/tongban.css?v=0123456789ab"] {
        assert_eq!(
            browser.get(stale).await.header(header::CACHE_CONTROL),
            "public, no-cache"
        );
    }
    let answer = browser
        .get_with("/static/tongban.css", &[("if-none-match", &tag)])
        .await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(
        browser.get("/static/../Cargo.toml").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_frame_of_a_page_is_light_over_the_wire() {
    let kit = kit();
    let addresses =
        ["tongban.css", "tongban.js", "icon.svg"].map(|name| kit.pages.assets().address(name).unwrap());
    let mut browser = Browser::new(app(kit, routes()));
    let mut bytes = browser
        .get_with("/nowhere", &[("accept-encoding", "gzip")])
        .await
        .body
        .len();
    for address in addresses {
        let answer = browser.get_with(&address, &[("accept-encoding", "gzip")]).await;
        assert!(
            answer.body.len() < 1000 || answer.header(header::CONTENT_ENCODING) == "gzip",
            "{address}"
        );
        bytes += answer.body.len();
    }
    // the home page has 60 KB for everything
    assert!(bytes < 20 * 1024, "{bytes} bytes");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let kit = testing::kit_with(Settings {
        body_limit: 1000,
        secure: false,
        ..Settings::default()
    })
    .unwrap();
    let mut browser = Browser::new(app(kit, routes()));
    let answer = browser.post("/form", &"x=1&".repeat(1000)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("内容太大了"));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let kit = testing::kit_with(Settings {
        request_seconds: 1,
        secure: false,
        ..Settings::default()
    })
    .unwrap();
    let mut browser = Browser::new(app(kit, routes()));
    let answer = browser.get("/slow").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("等得太久了"));
}

#[tokio::test]
async fn pages_are_not_stored_where_others_could_see_them() {
    let mut browser = browser();
    assert_eq!(
        browser.get("/internal").await.header(header::CACHE_CONTROL),
        "private, no-cache"
    );
}

#[tokio::test]
async fn preferences_lead_back_only_to_this_site() {
    let mut browser = browser();
    for (path, location) in [
        (
            "/settings/language?to=en&back=/my/cases%3Fpage%3D2",
            "/my/cases?page=2",
        ),
        ("/settings/language?to=en&back=//evil.example", "/"),
        ("/settings/language?to=en&back=https://evil.example/", "/"),
        ("/settings/language?to=en&back=/%5Cevil.example", "/"),
        ("/settings/language?to=en&back=/%09/evil.example", "/"),
        ("/settings/elder?to=on", "/"),
        (
            "/settings/elder?to=on&back=/items/%E9%A3%9F%E5%93%81",
            "/items/%E9%A3%9F%E5%93%81",
        ),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status, answer.header(header::LOCATION)),
            (StatusCode::SEE_OTHER, location),
            "{path}"
        );
    }
    let text = browser.get("/nowhere").await.text();
    assert!(
        text.contains("<html lang=\"en\" class=\"portal elder\">"),
        "{text}"
    );
    for bad in [
        "/settings/language?to=fr",
        "/settings/elder?to=perhaps",
        "/settings/language",
    ] {
        assert_eq!(browser.get(bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let answer = browser
        .send(Method::POST, "/settings/elder?to=off&back=/", &[], Body::empty())
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.cookies["tb_elder"], "off");
    assert_eq!(
        Locale::from_tag(&browser.cookies["tb_language"]),
        Some(Locale::English)
    );
}
