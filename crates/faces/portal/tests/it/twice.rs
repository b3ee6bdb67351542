//! Forms that are sent twice.

use tongban_testkit::both;

use crate::city::{City, migrations};

/// The one-time key of a page.
fn key(html: &str) -> String {
    let start = html
        .split("name=\"_once\" value=\"")
        .nth(1)
        .expect("the page has a one-time key");
    start.split('"').next().unwrap().to_owned()
}

both! { migrations,
    async fn an_application_that_is_begun_twice_is_one_draft(kit: Kit) {
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let mut browser = city.signed_in(&world.applicant).await;
        let apply = format!("/apply/{}", world.item.item);
        let once = key(&browser.get(&apply).await.page());
        let first = browser.post(&apply, &apply, &[("_once", &once)]).await;
        let second = browser.post(&apply, &apply, &[("_once", &once)]).await;
        assert_eq!(first.location(), second.location());
        // the second of two clicks is not told that a draft was found
        let flash = |answer: &crate::browser::Answer| answer.headers.get_all("set-cookie").iter().any(|cookie| cookie.to_str().unwrap().starts_with("tb_flash="));
        assert!(!flash(&first) && !flash(&second));
        assert!(flash(&browser.post(&apply, &apply, &[]).await), "a new page goes on with the draft and says so");

        // the key of somebody else leads nobody to that draft
        let other = world.person("赵六", 203).await;
        let mut stranger = city.signed_in(&other).await;
        let own = stranger.post(&apply, &apply, &[("_once", &once)]).await.location();
        assert!(own != first.location() && own.ends_with("/form"), "{own}");
        assert_eq!(stranger.get(&first.location()).await.status, 404);
    }
}

both! { migrations,
    async fn a_draft_is_thrown_away_once(kit: Kit) {
        let city = City::open(&kit, false).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let apply = format!("/apply/{}", city.world.item.item);
        let discard = browser.post(&apply, &apply, &[]).await.location().replace("/form", "/discard");
        let page = browser.get(&discard).await.page();
        let version = page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let once = key(&page);
        let fields = [("_once", once.as_str()), ("version", version.as_str())];
        let mut stranger = city.signed_in(&city.world.person("赵六", 203).await).await;
        assert_eq!(stranger.post("/my/settings", &discard, &fields).await.status, 404);
        for _ in 0..2 {
            assert_eq!(browser.post("/my/settings", &discard, &fields).await.location(), "/my/cases");
        }
        assert_eq!(browser.post("/my/settings", &discard, &[("version", &version)]).await.status, 404);
    }
}

both! { migrations,
    async fn a_file_that_is_sent_twice_is_there_once(kit: Kit) {
        let city = City::open(&kit, false).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let apply = format!("/apply/{}", city.world.item.item);
        let there = browser.post(&apply, &apply, &[]).await.location().replace("/form", "/materials");
        let plan = ("m-plan", "图.pdf", &b"%PDF-1.7 plan"[..]);
        let once = key(&browser.get(&there).await.page());
        for _ in 0..2 {
            let sent = browser.upload_with(&there, &there, &[("_once", &once), ("then", "stay")], plan).await;
            assert_eq!(sent.location(), there);
        }
        let files = |page: String| page.matches("/remove\"").count();
        assert_eq!(files(browser.get(&there).await.page()), 1);
        // the same file from a page that was opened anew is meant
        let once = key(&browser.get(&there).await.page());
        browser.upload_with(&there, &there, &[("_once", &once), ("then", "stay")], plan).await;
        assert_eq!(files(browser.get(&there).await.page()), 2);
    }
}

both! { migrations,
    async fn words_on_an_older_page_are_not_lost(kit: Kit) {
        let city = City::open(&kit, false).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let apply = format!("/apply/{}", city.world.item.item);
        let form = browser.post(&apply, &apply, &[]).await.location();
        let version = |page: String| page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let old = version(browser.get(&form).await.page());
        let first = browser.post(&form, &form, &[("version", &old), ("shop", "阳光小馆"), ("then", "stay")]).await;
        assert_eq!(first.location(), form);
        // what says the same is no quarrel: a second click, or a page that was gone back to
        let again = browser.post(&form, &form, &[("version", &old), ("shop", "阳光小馆"), ("then", "stay")]).await;
        assert_eq!(again.location(), form);

        let other = browser.post(&form, &form, &[("version", &old), ("shop", "青石小馆"), ("then", "stay")]).await;
        assert_eq!(other.status, 409);
        let page = other.text();
        assert!(page.contains("value=\"青石小馆\"") && page.contains("阳光小馆") && page.contains("别的设备上改过"), "{page}");
        let now = version(page);
        assert_ne!(now, old);
        assert!(browser.get(&form).await.page().contains("value=\"阳光小馆\""), "nothing is saved yet");
        let meant = browser.post(&form, &form, &[("version", &now), ("shop", "青石小馆"), ("then", "stay")]).await;
        assert_eq!(meant.location(), form);
        assert!(browser.get(&form).await.page().contains("value=\"青石小馆\""));
    }
}
