//! Who may enter, and what does not exist for whom.

use axum::http::StatusCode;

use crate::world::{World, both, migrations};

/// Pages and the tokens that may open them; all others are told that it is not for them.
const PAGES: [(&str, &[&str]); 11] = [
    ("/desk/file", &["clerk", "clerk-elsewhere"]),
    ("/desk/supervise", &["supervisor"]),
    ("/desk/licences", &["approver", "approver-other"]),
    ("/desk/follow-ups", &["approver", "approver-other"]),
    ("/desk/items", &["operator"]),
    ("/desk/quality", &["operator"]),
    ("/desk/imports", &["operator"]),
    ("/desk/departments", &["operator"]),
    ("/desk/work", &["operator", "supervisor"]),
    (
        "/desk/notices",
        &[
            "clerk",
            "clerk-elsewhere",
            "approver",
            "approver-other",
            "supervisor",
        ],
    ),
    (
        "/desk?show=open",
        &[
            "clerk",
            "clerk-elsewhere",
            "approver",
            "approver-other",
            "supervisor",
        ],
    ),
];

const STAFF: [&str; 6] = [
    "clerk",
    "clerk-elsewhere",
    "approver",
    "approver-other",
    "supervisor",
    "operator",
];

both! { migrations, async fn every_page_asks_for_its_role(kit: Kit) {
    let world = World::build(kit).await;
    for (page, welcome) in PAGES {
        for token in STAFF {
            let answer = world.browser(token).get(page).await;
            let expected = match (welcome.contains(&token), page) {
                (true, _) => StatusCode::OK,
                // operators begin elsewhere
                (false, "/desk?show=open") => StatusCode::SEE_OTHER,
                (false, _) => StatusCode::FORBIDDEN,
            };
            assert_eq!(answer.status, expected, "{page} {token}: {}", answer.text());
        }
        assert_eq!(world.browser("resident").get(page).await.status, StatusCode::FORBIDDEN, "{page}");
        let nobody = world.browser("unknown").get(page).await;
        assert!(nobody.location().starts_with("/sign-in?back="), "{page} {}", nobody.status);
    }
} }

both! { migrations, async fn a_case_of_another_office_does_not_exist(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let page = format!("/desk/cases/{case}");
    for (token, expected) in [
        ("clerk", StatusCode::OK),
        ("approver", StatusCode::OK),
        ("supervisor", StatusCode::OK),
        ("approver-other", StatusCode::NOT_FOUND),
        ("clerk-elsewhere", StatusCode::NOT_FOUND),
        ("operator", StatusCode::FORBIDDEN),
        ("resident", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(world.browser(token).get(&page).await.status, expected, "{token}");
    }
    let mut stranger = world.browser("approver-other");
    let token = stranger.get("/desk").await.hidden("_csrf");
    for act in [
        "accept",
        "supplement",
        "not-accept",
        "step",
        "decide",
        "reveal",
        "special",
        "special-end",
        "extension",
    ] {
        let fields = [("version", "4"), ("text", "x"), ("outcome", "grant"), ("cause", "verify_identity"), ("kind", "hearing"), ("days", "3")];
        let answer = stranger.post(&format!("{page}/{act}"), &token, &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    assert_eq!(world.browser("clerk").get("/desk/cases/none").await.status, StatusCode::NOT_FOUND);
} }

both! { migrations, async fn posts_are_for_staff(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let page = clerk.get("/desk/post").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("action=\"/desk/post\""), "who holds one post finds no way to change it");
    let token = clerk.get("/desk").await.hidden("_csrf");
    let organisation = uuid::Uuid::from_u128(404).to_string();
    for (role, organisation) in [("approver", organisation.as_str()), ("mayor", organisation.as_str()), ("clerk", "none")] {
        let answer = clerk.post("/desk/post", &token, &[("organisation", organisation), ("role", role)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role}");
    }
    assert_eq!(world.browser("resident").get("/desk/post").await.status, StatusCode::FORBIDDEN);
    assert!(world.browser("unknown").get("/desk/post").await.location().starts_with("/sign-in?back="));
} }

both! { migrations, async fn a_form_of_another_site_is_not_read(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let answer = world.browser("clerk").post(&format!("/desk/cases/{case}/accept"), "made.up", &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
} }
