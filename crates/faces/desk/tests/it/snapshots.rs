//! The pages on which staff do the main job, as they are: what a change does to them shows in review.
//!
//! Only `<main>` is kept, without what is random. Both databases are held against the same files.

use tongban_web::testing::steady_main;

use crate::world::{World, both, migrations};

both! { migrations, async fn the_pages_of_the_main_job(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let page = format!("/desk/cases/{case}");

    let mut clerk = world.browser("clerk");
    insta::assert_snapshot!("work_list", steady_main(&clerk.get("/desk").await.text()));
    let shown = clerk.get(&page).await;
    insta::assert_snapshot!("case_at_the_window", steady_main(&shown.text()));
    let version = shown.hidden("version");
    assert_eq!(clerk.post_from(&page, &format!("{page}/accept"), &[("version", &version)]).await.location(), "/desk");

    let mut approver = world.browser("approver");
    let version = approver.get(&page).await.hidden("version");
    let step = [("version", version.as_str()), ("text", "材料属实")];
    assert_eq!(approver.post_from(&page, &format!("{page}/step"), &step).await.location(), page);
    let shown = approver.get(&page).await;
    insta::assert_snapshot!("case_to_decide", steady_main(&shown.text()));
    let grant = [("version", &*shown.hidden("version")), ("outcome", "grant"), ("text", "同意")];
    let question = approver.post_from(&page, &format!("{page}/decide"), &grant).await;
    insta::assert_snapshot!("decide", steady_main(&question.text()));
} }
