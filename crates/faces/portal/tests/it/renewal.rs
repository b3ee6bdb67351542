//! A licence is renewed from the pages: which one, until when, and what follows.

use tongban_testkit::both;

use crate::{
    city::{City, migrations},
    world::{beijing, day, renewal_content},
};

both! { migrations,
    async fn the_licence_is_named_and_the_case_says_what_follows(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        city.world = city.world.with_item("1-EXAMPLE-2", renewal_content()).await;
        let world = &city.world;
        let case = world.filled(&world.applicant).await;
        let mut browser = city.signed_in(&world.applicant).await;
        let address = format!("/my/cases/{case}");
        let confirm = format!("{address}/confirm");
        let page = browser.get(&confirm).await.page();
        assert!(page.contains("没有可以延续的证照"), "{page}");
        let seen = page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let electronic = [("version", seen.as_str()), ("delivery", "electronic")];
        assert!(browser.post(&confirm, &confirm, &electronic).await.refused().contains("申请人没有可以延续的证照"));

        // several: the page asks which one, and says which of them is late
        let soon = world.licence_until(101, day("2026-12-01")).await;
        let later = world.licence_until(101, day("2026-12-24")).await;
        let page = browser.get(&confirm).await.page();
        assert!(page.contains(&soon.to_string()) && page.contains(&later.to_string()), "{page}");
        assert!(page.contains("有效期至") && page.contains("现在已经晚了") && !page.contains("required checked"), "none is chosen for the person: {page}");
        assert!(browser.post(&confirm, &confirm, &electronic).await.refused().contains("请选要延续哪一本"));
        let later = later.to_string();
        let chosen = [("version", seen.as_str()), ("delivery", "electronic"), ("renews", later.as_str())];
        assert_eq!(browser.post(&confirm, &confirm, &chosen).await.location(), address);
        let page = browser.get(&address).await.page();
        assert!(page.contains("视为准予延续") && !page.contains("现在已经晚了"), "{page}");

        // the day is explained, and after it the licence is renewed
        world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
        kit.clock.set(beijing("2026-12-25 00:01"));
        tongban_cases::wire(tongban_store::Worker::new(world.store.clone())).drain().await.unwrap();
        let mut browser = city.signed_in(&world.applicant).await;
        let page = browser.get(&address).await.page();
        assert!(page.contains("届满前未作决定，视为准予延续") && page.contains("看证照") && page.contains("视为准予延续行政许可通知书"), "{page}");
    }
}

both! { migrations,
    async fn the_only_one_is_taken_and_the_late_are_told(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        let mut slow = renewal_content();
        slow.promised_limit = None;
        slow.results[0].renew_before_days = Some(3);
        city.world = city.world.with_item("1-EXAMPLE-2", slow).await;
        let world = &city.world;
        world.licence_until(101, day("2026-12-01")).await;
        let case = world.filled(&world.applicant).await;
        let mut browser = city.signed_in(&world.applicant).await;
        let address = format!("/my/cases/{case}");
        let confirm = format!("{address}/confirm");
        let page = browser.get(&confirm).await.page();
        assert!(page.contains("required checked") && !page.contains("现在已经晚了"), "{page}");
        world.submit(&world.applicant, world.submit_input(case)).await.unwrap();
        world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
        let why = browser.get(&format!("{address}/why")).await.page();
        assert!(why.contains("要延续的证照") && why.contains("要在到期前作出决定"), "{why}");

        let other = world.person("李四", 102).await;
        world.licence_until(102, day("2026-11-22")).await;
        let late = world.filled(&other).await;
        let mut browser = city.signed_in(&other).await;
        assert!(browser.get(&format!("/my/cases/{late}/confirm")).await.page().contains("现在已经晚了"));
        world.submit(&other, world.submit_input(late)).await.unwrap();
        assert!(browser.get(&format!("/my/cases/{late}")).await.page().contains("不视为准予延续"));
    }
}
