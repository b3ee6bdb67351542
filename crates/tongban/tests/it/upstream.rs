//! The pages of signing in by platforms of others: what stands in addresses, what the browser keeps, and where it may be sent. What is
//! believed of a platform the room `upstream` tests; there and back a browser walks.

use axum::{
    Json, Router,
    http::{StatusCode, header},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;
use tongban_store::Backend;
use tongban_upstream::UpstreamSetting;

use crate::{city::City, client::Client};

/// A platform that says what it is, and names nobody.
async fn platform() -> UpstreamSetting {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let discovery = json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    let app = Router::new()
        .route("/.well-known/openid-configuration", get(async || Json(discovery)))
        .route("/keys", get(async || Json(json!({ "keys": [] }))));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let setting = json!({ "id": "province", "name": "省政务平台", "issuer": base, "client_id": "tongban" });
    serde_json::from_value(setting).unwrap()
}

const BEGIN: &str = "/sign-in/upstream/province";

/// Begins as a person does; answers the address to which the browser is led.
async fn begin(browser: &mut Client, back: &str) -> String {
    let page = browser.form(BEGIN, &[("back", back)]).await;
    assert_eq!(
        page.status,
        StatusCode::OK,
        "a form leads to no other site by itself"
    );
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let text = page.text();
    let address = text.split("0;url=").nth(1).unwrap().split('"').next().unwrap();
    address.replace("&amp;", "&").replace("&#x2f;", "/")
}

fn state_of(address: &str) -> String {
    let (_, rest) = address.split_once("state=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn only_the_browser_that_began_comes_back_and_to_this_site() {
    let platform = platform().await;
    let issuer = platform.issuer.clone();
    let city = City::open_with(Backend::Sqlite, vec![platform]).await;
    let mut browser = Client::new(city.app.clone());
    let page = browser.get("/sign-in?back=/my/cases").await.text();
    assert!(page.contains("用省政务平台登录"));
    for kind in ["staff", "enterprise"] {
        let page = browser.get(&format!("/sign-in?kind={kind}")).await.text();
        assert!(!page.contains("用省政务平台登录"), "{kind}");
    }
    let unknown = browser.form("/sign-in/upstream/another", &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    // Only a form of ours begins.
    let media = Some("application/x-www-form-urlencoded");
    let foreign = browser.send("POST", BEGIN, media, "back=/".into()).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);

    // Another browser with the same answer gets nowhere, and has used it up.
    let address = begin(&mut browser, "/my/cases").await;
    assert!(address.starts_with(&format!("{issuer}/authorize?")), "{address}");
    let back = |state: &str, rest: &str| format!("{BEGIN}/callback?state={state}&{rest}");
    let answer = back(&state_of(&address), "code=stolen");
    let mut stranger = Client::new(city.app.clone());
    stranger.get("/").await;
    assert_eq!(stranger.get(&answer).await.leads(), "/sign-in?back=/");
    assert_eq!(browser.get(&answer).await.leads(), "/sign-in?back=/");
    assert!(browser.get("/sign-in").await.text().contains("这次登录已失效"));

    // What the platform writes is shown to nobody, and what was wished for stays on this site.
    let state = state_of(&begin(&mut browser, "https://elsewhere.example/").await);
    let refused = back(&state, "error=access_denied&error_description=%3Cb%3Ebuy");
    assert_eq!(browser.get(&refused).await.leads(), "/sign-in?back=/");
    let page = browser.get("/sign-in").await.text();
    assert!(page.contains("没有同意") && !page.contains("buy"));
    // A code that the platform does not take, and what the person wished for.
    let state = state_of(&begin(&mut browser, "/my/licences").await);
    let answered = browser.get(&back(&state, "code=made-up")).await;
    assert_eq!(answered.leads(), "/sign-in?back=/my/licences");
    assert!(!browser.cookies.contains_key(tongban_web::cookies::SESSION));
    for page in ["/sign-in/linking", "/sign-in/opening"] {
        assert_eq!(browser.get(page).await.leads(), "/sign-in", "nothing waits");
    }
}
