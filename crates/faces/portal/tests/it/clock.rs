//! Until when, and why: a clock that stands still, and one whose end nobody can know yet.

use tongban_testkit::both;

use crate::{
    city::{City, migrations},
    world::{beijing, content},
};

both! { migrations,
    async fn a_stop_and_an_extension_are_explained(kit: Kit) {
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let case = world.accepted(&world.applicant).await;
        world.start_special(&world.approver(), world.special_input(case, "expert_review", 10)).await.unwrap();
        let mut browser = city.signed_in(&world.applicant).await;
        let address = format!("/my/cases/{case}");
        let page = browser.get(&address).await.page();
        assert!(page.contains("时限暂停计算") && page.contains("恢复计时后还剩 5 天") && page.contains("特别程序告知书"), "{page}");
        assert!(page.contains("进入特别程序，时限暂停") && page.contains("场所改造方案需要专家论证"), "{page}");
        let why = browser.get(&format!("{address}/why")).await.page();
        assert!(why.contains("专家评审") && why.contains("预计 10 个工作日") && why.contains("第四十五条") && why.contains("还没有恢复"), "{why}");
        kit.clock.set(beijing("2026-11-24 10:00"));
        world.end_special(&world.approver(), world.special_end_input(case, "同意")).await.unwrap();
        world.extend(&world.approver(), world.extend_input(case)).await.unwrap();
        // days have passed: the session has ended meanwhile
        let mut browser = city.signed_in(&world.applicant).await;
        let page = browser.get(&address).await.page();
        assert!(page.contains("前给您结果") && page.contains("时限已依法延长 10 个工作日") && page.contains("特别程序结束，时限恢复"), "{page}");
        let why = browser.get(&format!("{address}/why")).await.page();
        assert!(why.contains("延长了 10 个工作日") && why.contains("依法暂停计时") && !why.contains("张局长"), "{why}");
    }
}

both! { migrations,
    async fn a_hearing_says_until_when_it_is_asked_for(kit: Kit) {
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let case = world.accepted(&world.applicant).await;
        world.start_special(&world.approver(), world.special_input(case, "hearing", 10)).await.unwrap();
        let mut browser = city.signed_in(&world.applicant).await;
        let page = browser.get(&format!("/my/cases/{case}")).await.page();
        assert!(page.contains("听证的期限") && page.contains("11 月 27 日") && page.contains("第四十八条"), "{page}");
        world.end_special(&world.approver(), world.special_end_input(case, "没有提出听证申请")).await.unwrap();
        assert!(!browser.get(&format!("/my/cases/{case}")).await.page().contains("听证的期限"));
    }
}

both! { migrations,
    async fn the_first_review_is_explained_beside_the_decision(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        let mut reviewed = content();
        reviewed.steps[1].first_review = true;
        city.world = city.world.with_item("1-EXAMPLE-9", reviewed).await;
        let world = &city.world;
        let case = world.accepted(&world.applicant).await;
        let mut browser = city.signed_in(&world.applicant).await;
        let address = format!("/my/cases/{case}");
        assert!(browser.get(&address).await.page().contains("前给您结果"), "the promise is about the result");
        let why = browser.get(&format!("{address}/why")).await.page();
        assert!(why.contains("下级行政机关初审的时限") && why.contains("第四十三条") && why.contains("作出决定的时限"), "{why}");
        let guide = browser.get(&format!("/items/{}", world.item.item)).await.page();
        assert!(guide.contains("下级行政机关初审"), "{guide}");
    }
}

both! { migrations,
    async fn where_the_calendar_ends_the_page_names_the_year(kit: Kit) {
        kit.clock.set(beijing("2026-12-29 10:00"));
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let case = world.accepted(&world.applicant).await;
        let mut browser = city.signed_in(&world.applicant).await;
        let page = browser.get(&format!("/my/cases/{case}")).await.page();
        assert!(page.contains("2027 年放假安排公布后给出准确日期"), "{page}");
    }
}
