//! A register that the law tells the office to check: told before, not asked, and shown with law and matter afterwards.

use tongban_catalogue::StatutoryDuty;
use tongban_testkit::both;

use crate::{
    city::{City, migrations},
    world::{REGISTER, content},
};

both! { migrations,
    async fn a_check_by_law_is_told_before_and_shown_after(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        let mut checked = content();
        checked.duties = vec![StatutoryDuty {
            resource: REGISTER.to_owned(),
            law: "《中华人民共和国行政许可法》".to_owned(),
            article: "第三十四条".to_owned(),
        }];
        city.world = city.world.with_item("1-EXAMPLE-2", checked).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let apply = format!("/apply/{}", city.world.item.item);
        let told = browser.get(&apply).await.page();
        assert!(told.contains("依照《中华人民共和国行政许可法》第三十四条，将核查示范市公安局 人口基本信息。"), "{told}");
        assert!(told.contains("读取：姓名、住址") && !told.contains("name=\"consent\"") && !told.contains("全部同意"), "{told}");
        assert!(told.contains("依法核查") && !told.contains("同意取数"), "the step is named by what happens there: {told}");
        browser.get("/settings/language?to=en&back=/").await;
        let english = browser.get(&apply).await.page();
        assert!(english.contains("Checked by law") && !english.contains(">Consent<"), "{english}");
        browser.get("/settings/language?to=zh-CN&back=/").await;
        assert!(browser.get("/my/data").await.page().contains("还没有记录"), "nothing is read by looking");

        // beginning without any yes reads it
        let form = browser.post(&apply, &apply, &[]).await.location();
        assert!(form.ends_with("/form"), "{form}");
        let data = browser.get("/my/data").await.page();
        assert!(data.contains("依照《中华人民共和国行政许可法》第三十四条核查，用于“示范经营许可”"), "{data}");
        assert!(!data.contains("经您同意"), "{data}");
    }
}

both! { migrations,
    async fn the_first_step_is_named_by_what_happens_there(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let apply = format!("/apply/{}", city.world.item.item);
        assert!(browser.get(&apply).await.page().contains("同意取数"), "a register is read with a yes");
        let mut bare = content();
        bare.form = serde_json::json!({ "type": "object", "properties": { "shop": { "type": "string", "title": "字号" } } });
        bare.materials.clear();
        city.world = city.world.with_item("1-EXAMPLE-3", bare).await;
        let page = browser.get(&format!("/apply/{}", city.world.item.item)).await.page();
        assert!(!page.contains("同意取数") && !page.contains("依法核查") && page.contains("核对信息"), "{page}");
    }
}
