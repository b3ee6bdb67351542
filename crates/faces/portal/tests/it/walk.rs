//! One person from the guide to the rating.

use axum::http::{StatusCode, header};
use tongban_testkit::both;
use uuid::Uuid;

use crate::city::{City, migrations};

/// The hidden version of the form of a page.
fn version(html: &str) -> String {
    html.split("name=\"version\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

both! { migrations,
    async fn from_guide_to_rating(kit: Kit) {
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let mut browser = city.signed_in(&world.applicant).await;
        let apply = format!("/apply/{}", world.item.item);
        let consent = browser.get(&apply).await.page();
        assert!(consent.contains("示范市公安局 人口基本信息") && consent.contains("读取：姓名、住址") && consent.contains("全部同意，替我填好") && !consent.contains(" checked"));

        // the department does not answer: the form says so and goes on
        let form = browser.post(&apply, &apply, &[("consent_to", "all")]).await.location();
        let case: Uuid = form.trim_start_matches("/my/cases/").trim_end_matches("/form").parse().unwrap();
        let address = format!("/my/cases/{case}");
        let page = browser.get(&form).await.page();
        assert!(page.contains("暂时没有回应"), "{page}");
        assert!(page.contains("5199**********") && page.contains("100****5678") && !page.contains("10012345678"));
        let first = version(&page);
        assert_eq!(browser.get(&address).await.location(), form);

        // saved while typing
        let saved = browser.post(&form, &format!("{address}/autosave"), &[("version", &first), ("shop", "阳光小馆")]).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
        assert!(saved.text().contains("\"version\""));
        // an old page does not overwrite it
        assert_eq!(browser.post(&form, &form, &[("version", &first), ("shop", "旧页面")]).await.status, StatusCode::CONFLICT);
        let now = version(&browser.get(&form).await.page());
        let wrong = browser.post(&form, &form, &[("version", &now), ("name", "王小明"), ("shop", "阳光小馆"), ("area", "八十")]).await.refused();
        assert!(wrong.contains("请填数字，例如 80") && wrong.contains("value=\"八十\"") && wrong.contains("住址"));
        let now = version(&wrong);
        let materials = browser.post(&form, &form, &[("version", &now), ("name", "王小明"), ("address", "人民路1号"), ("shop", "阳光小馆"), ("area", "80"), ("number", "forged")]).await.location();
        assert_eq!(materials, format!("{address}/materials"));
        let later = browser.post(&form, &form, &[("then", "later"), ("shop", "阳光小馆")]).await.location();
        assert_eq!(later, "/my/cases");
        assert!(browser.get("/my/cases").await.page().contains("草稿"));

        // nobody else's draft is thrown away; one that is not there is not there for anybody
        let other = world.person("赵六", 203).await;
        let mut stranger = city.signed_in(&other).await;
        for draft in [case, Uuid::from_u128(404)] {
            let discard = format!("/my/cases/{draft}/discard");
            assert_eq!(stranger.post("/my/settings", &discard, &[("version", "1")]).await.status, StatusCode::NOT_FOUND);
        }

        // materials: the silent register asks for the identity too
        let page = browser.get(&materials).await.page();
        assert!(page.contains("请先上传，由办理部门核对"), "{page}");
        assert_eq!(browser.get(&format!("{address}/confirm")).await.location(), materials);
        assert!(browser.upload(&materials, &materials, "m-lease", "x.exe", b"MZ").await.refused().contains("x.exe"));
        assert!(browser.upload(&materials, &materials, "m-lease", "租约.pdf", b"%PDF-1.7 lease").await.refused().contains("身份证明"));
        assert_eq!(browser.upload(&materials, &materials, "m-identity", "证.png", b"\x89PNG\r\n\x1a\n....").await.location(), format!("{address}/confirm"));
        let page = browser.get(&materials).await.page();
        let remove = page.split("/remove\"").next().unwrap().rsplit('"').next().unwrap().to_owned() + "/remove";
        browser.get(&remove).await.page();
        assert_eq!(browser.post(&remove, &remove, &[]).await.location(), materials);
        let field = if browser.get(&materials).await.page().contains("租约.pdf") { "m-identity" } else { "m-lease" };
        assert_eq!(browser.upload(&materials, &materials, field, "再传.pdf", b"%PDF-1.7 again").await.location(), format!("{address}/confirm"));

        // confirm
        let confirm = format!("{address}/confirm");
        let page = browser.get(&confirm).await.page();
        assert!(page.contains("阳光小馆") && page.contains("5199**********") && page.contains("谁会看到"));
        let seen = version(&page);
        assert!(browser.post(&confirm, &confirm, &[("version", &seen), ("delivery", "post")]).await.refused().contains("选择邮寄要填邮寄地址"));
        assert_eq!(browser.post(&confirm, &confirm, &[("version", "1"), ("delivery", "electronic")]).await.status, StatusCode::CONFLICT);
        assert_eq!(browser.post(&confirm, &confirm, &[("version", &seen), ("delivery", "electronic")]).await.location(), address);
        let page = browser.get(&address).await.page();
        assert!(page.contains("已提交，等待受理") && page.contains("办件编号 51990120261120000001"), "{page}");
        // the second click
        assert_eq!(browser.get(&confirm).await.location(), address);
        assert_eq!(browser.post(&address, &confirm, &[("version", &seen), ("delivery", "electronic")]).await.location(), address);
        let why = browser.get(&format!("{address}/why")).await.page();
        assert!(why.contains("是第 1 天") && why.contains("所以最晚是") && why.contains("第三十二条"), "{why}");

        // a document, a file, and nobody else's eyes
        let document = page.split(".pdf\"").next().unwrap().rsplit('"').next().unwrap().to_owned() + ".pdf";
        let pdf = browser.get(&document).await;
        assert_eq!((pdf.status, pdf.headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "application/pdf"));
        let file = page.split("/files/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(browser.get(&format!("{address}/files/{file}")).await.status, StatusCode::OK);
        let other = world.person("李四", 202).await;
        let mut stranger = city.signed_in(&other).await;
        for path in [address.clone(), form.clone(), materials.clone(), confirm.clone(), document.clone(), format!("{address}/why"), format!("{address}/withdraw"), format!("{address}/files/{file}")] {
            assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        browser.get(&format!("{address}/withdraw")).await.page();

        // the office decides
        world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
        world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
        let page = browser.get(&address).await.page();
        assert!(page.contains("正在审查") && page.contains("前给您结果") && page.contains("审核"));
        world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
        let page = browser.get(&address).await.page();
        assert!(page.contains("已办好") && page.contains("看证照") && page.contains("这次办得怎么样"));

        // the licence
        assert!(browser.get("/my/licences").await.page().contains("示范经营许可证"));
        let licence = page.split("/my/licences/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let face = browser.get(&format!("/my/licences/{licence}")).await.page();
        assert!(face.contains("演示 无效") && face.contains("阳光小馆") && face.contains("<svg"));
        let carrier = browser.get(&format!("/my/licences/{licence}/licence.pdf")).await;
        assert_eq!(carrier.status, StatusCode::OK);
        assert_eq!(stranger.get(&format!("/my/licences/{licence}")).await.status, StatusCode::NOT_FOUND);
        let verify = face.split("href=\"/verify/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let verdict = city.browser().get(&format!("/verify/{verify}")).await.page();
        assert!(verdict.contains("真实，有效") && !verdict.contains("王小明") && !verdict.contains("阳光小馆"));
        assert!(city.browser().upload("/verify", "/verify/file", "file", "l.pdf", &carrier.body).await.page().contains("真实，有效"));

        // the rating
        let rating = format!("{address}/rating");
        assert!(browser.post(&address, &rating, &[("words", "好")]).await.refused().contains("请选一项"));
        assert_eq!(browser.post(&address, &rating, &[("score", "5"), ("tag", "fast"), ("words", "很快")]).await.location(), format!("{address}#rating"));
        let page = browser.get(&address).await.page();
        assert!(page.contains("很快") && page.contains("办得快") && !page.contains("这次办得怎么样"));
        assert!(browser.get(&city.item()).await.page().contains("5.0"));

        // who read what
        let data = browser.get("/my/data").await.page();
        assert!(data.contains("人口基本信息") && data.contains("来源没有回应") && data.contains("经您同意"));
        browser.get("/my/data?list=looks").await.page();
        browser.get("/my/messages").await.page();
        assert_eq!(browser.post(&city.item().replace("/items/", "/apply/"), "/my/messages/read", &[]).await.location(), "/my/messages");
        assert_eq!(browser.get("/my").await.status, StatusCode::SEE_OTHER);
    }
}
