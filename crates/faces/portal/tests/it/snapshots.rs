//! The pages that carry the main job, as they are: what a change does to them shows in review.
//!
//! Only `<main>` is kept, without what is random. Both databases are held against the same files.

use tongban_testkit::both;
use tongban_web::testing::steady_main;

use crate::city::{City, migrations};

#[track_caller]
fn hidden(html: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let start = html.find(&mark).expect("the page has the field") + mark.len();
    html[start..].split('"').next().unwrap().to_owned()
}

both! { migrations,
    async fn the_pages_of_the_main_job(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        let world = &city.world;
        let mut browser = city.signed_in(&world.applicant).await;
        insta::assert_snapshot!("home", steady_main(&city.browser().get("/").await.page()));
        insta::assert_snapshot!("search", steady_main(&city.browser().get("/search?q=经营许可").await.page()));
        insta::assert_snapshot!("search_nothing", steady_main(&city.browser().get("/search?q=火星移民").await.page()));
        insta::assert_snapshot!("sign_in", steady_main(&city.browser().get("/sign-in").await.page()));
        insta::assert_snapshot!("guide", steady_main(&city.browser().get(&city.item()).await.page()));

        let apply = format!("/apply/{}", world.item.item);
        insta::assert_snapshot!("apply", steady_main(&browser.get(&apply).await.page()));
        let form = browser.post(&apply, &apply, &[("consent_to", "all")]).await.location();
        let address = form.trim_end_matches("/form").to_owned();
        let page = browser.get(&form).await.page();
        insta::assert_snapshot!("form", steady_main(&page));
        let wrong = [("version", &*hidden(&page, "version")), ("name", "王小明"), ("shop", ""), ("area", "很大")];
        insta::assert_snapshot!("form_wrong", steady_main(&browser.post(&form, &form, &wrong).await.refused()));
        let page = browser.get(&form).await.page();
        let typed = [("version", &*hidden(&page, "version")), ("name", "王小明"), ("address", "人民路1号"), ("shop", "阳光小馆"), ("area", "80")];
        let materials = browser.post(&form, &form, &typed).await.location();
        insta::assert_snapshot!("materials", steady_main(&browser.get(&materials).await.page()));
        browser.upload(&materials, &materials, "m-lease", "租约.pdf", b"%PDF-1.7 lease").await.refused();
        let confirm = browser.upload(&materials, &materials, "m-identity", "证.png", b"\x89PNG\r\n\x1a\n....").await.location();

        let page = browser.get(&confirm).await.page();
        insta::assert_snapshot!("confirm", steady_main(&page));
        let sent = [("version", &*hidden(&page, "version")), ("delivery", "electronic")];
        assert_eq!(browser.post(&confirm, &confirm, &sent).await.location(), address);
        insta::assert_snapshot!("case_submitted", steady_main(&browser.get(&address).await.page()));

        let case = address.trim_start_matches("/my/cases/").parse().unwrap();
        world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
        insta::assert_snapshot!("why", steady_main(&browser.get(&format!("{address}/why")).await.page()));
        world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
        world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
        let page = browser.get(&address).await.page();
        insta::assert_snapshot!("case_granted", steady_main(&page));
        let licence = page.split("/my/licences/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let face = browser.get(&format!("/my/licences/{licence}")).await.page();
        insta::assert_snapshot!("licence", steady_main(&face));
        let verify = face.split("href=\"/verify/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let verdict = city.browser().get(&format!("/verify/{verify}")).await.page();
        insta::assert_snapshot!("verdict", steady_main(&verdict));
        city.settle().await;
        insta::assert_snapshot!("my_cases", steady_main(&browser.get("/my/cases").await.page()));
        insta::assert_snapshot!("data", steady_main(&browser.get("/my/data").await.page()));
    }
}
