//! Being asked for more, answering; taking an application back.

use tongban_testkit::both;

use crate::city::{City, migrations};

both! { migrations,
    async fn what_is_missing_is_told_once_and_answered(kit: Kit) {
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let (case, _) = world.submitted(&world.applicant).await;
        world.ask_supplement(&world.clerk(), world.ask_input(case, "平面图看不清\n请重拍")).await.unwrap();
        let mut browser = city.signed_in(&world.applicant).await;
        let address = format!("/my/cases/{case}");
        let page = browser.get(&address).await.page();
        assert!(page.contains("需要您补正，一次说清如下") && page.contains("平面图看不清") && page.contains("前补正"));
        assert!(browser.get(&format!("{address}/form")).await.page().contains("平面图看不清"));
        let materials = format!("{address}/materials");
        assert_eq!(browser.upload(&materials, &materials, "m-plan", "图.jpg", b"\xFF\xD8\xFF\xE0....").await.location(), format!("{address}/confirm"));
        let confirm = format!("{address}/confirm");
        let page = browser.get(&confirm).await.page();
        assert!(page.contains("提交补正") && !page.contains("邮寄地址"));
        let seen = page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(browser.post(&confirm, &confirm, &[("version", &seen)]).await.location(), address);
        assert!(browser.get(&address).await.page().contains("已补正"));
    }
}

both! { migrations,
    async fn an_application_is_taken_back_after_a_question(kit: Kit) {
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let (case, _) = world.submitted(&world.applicant).await;
        let mut browser = city.signed_in(&world.applicant).await;
        let (address, withdraw) = (format!("/my/cases/{case}"), format!("/my/cases/{case}/withdraw"));
        let page = browser.get(&withdraw).await.page();
        assert!(page.contains("撤回“示范经营许可”这件申请？"));
        let seen = page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(browser.post(&withdraw, &withdraw, &[("version", &seen)]).await.location(), address);
        let page = browser.get(&address).await.page();
        assert!(page.contains("已撤回") && !page.contains("撤回申请"));
        // the second click
        assert_eq!(browser.post("/my/settings", &withdraw, &[("version", &seen)]).await.location(), address);
        assert_eq!(browser.get(&withdraw).await.location(), address);
    }
}
