//! A department's system that answers about somebody else, as the supervisor of the region reads of it.

use axum::{Json, Router, routing::post};
use serde_json::json;

use crate::world::{World, both, migrations, number};

/// A system that knows one person and answers about them whoever is asked about.
async fn confused() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer =
        json!({ "found": true, "subject": { "number": number(77) }, "facts": { "address": "他人的住址" } });
    let router = Router::new().fallback(post(move || async move { Json(answer.clone()) }));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

both! { migrations, async fn supervisors_of_the_region_read_of_answers_about_somebody_else(kit: Kit) {
    let world = World::build(kit).await;
    let item = world.checked_by_law(&confused().await).await;
    let none = world.browser("supervisor").get("/desk/supervise").await.text();
    assert!(none.contains("没有这样的应答"), "{none}");
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", item.item);
    let number_of_applicant = number(2);
    let who = [("kind", "person"), ("name", "李小红"), ("number", number_of_applicant.as_str()), ("present", "true")];
    let sources = clerk.post_from(&start, &start, &who).await.location();
    clerk.post_from(&sources, &sources, &[("resource", "property.homes")]).await.location();

    let page = world.browser("supervisor").get("/desk/supervise").await.text();
    assert!(page.contains("答非本人的应答 2 次"), "{page}");
    for told in ["示范市公安局 人口信息", "示范市公安局 房屋信息", "示范市市场监管局", "食品经营许可"] {
        assert!(page.contains(told), "{told} is told: {page}");
    }
    let draft = sources.replace("/desk/file/", "/desk/cases/").replace("/sources", "");
    assert!(!page.contains(&draft), "a draft is for nobody but who fills it");
    for hidden in ["他人的住址", &number(77), &number_of_applicant, "李小红"] {
        assert!(!page.contains(hidden), "{hidden} stands on the page");
    }
    let elsewhere = world.browser("supervisor-elsewhere").get("/desk/supervise").await.text();
    assert!(elsewhere.contains("没有这样的应答") && !elsewhere.contains("房屋信息"), "{elsewhere}");
    // a page beyond the last one is empty and no error
    let beyond = world.browser("supervisor").get("/desk/supervise?answers=9&page=1").await;
    assert!(beyond.text().contains("答非本人的应答 2 次"), "{}", beyond.text());
} }
