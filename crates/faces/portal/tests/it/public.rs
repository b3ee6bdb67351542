//! Pages that need no account.

use axum::http::StatusCode;
use tongban_catalogue::{Fee, Place, Situation};
use tongban_testkit::both;

use crate::{
    city::{City, migrations},
    world::{beijing, content, day},
};

both! { migrations,
    async fn a_matter_is_found_and_its_guide_is_honest(kit: Kit) {
        let city = City::open(&kit, true).await;
        let mut browser = city.browser();
        let home = browser.get("/").await.page();
        assert!(home.contains("示范经营许可") && home.contains("我是居民") && home.contains("action=\"/demo/sign-in\""));
        assert!(home.len() < 60 * 1024);
        let found = browser.get("/search?q=%E7%A4%BA%E8%8C%83%E7%BB%8F%E8%90%A5%E8%AE%B8%E5%8F%AF").await.page();
        assert!(found.contains(&city.item()));
        assert!(browser.get("/search?q=qzxqzx&department=x&page=7").await.page().contains("本地没有“qzxqzx”这件事"));
        assert!(browser.get("/search").await.page().contains(&city.item()));
        let lines: serde_json::Value = serde_json::from_slice(&browser.get("/search/suggest?q=%E7%A4%BA%E8%8C%83").await.body).unwrap();
        assert!(lines.is_array());

        let guide = browser.get(&city.item()).await.page();
        for words in ["5 个工作日", "演示数据，以当地公布为准", "示范市公安局 人口基本信息核验，不用交", "开始办理", "场所使用证明", "来源没有写明"] {
            assert!(guide.contains(words), "{words}");
        }
        browser.get("/items/1-EXAMPLE-1").await.page();
        let missing = browser.get("/items/nothing").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(missing.text().contains("没有这件事的指南"));
        // English texts are all there
        browser.get("/settings/language?to=en&back=/").await;
        assert!(browser.get("/").await.page().contains("What do you need to do?"));
        assert!(browser.get(&city.item()).await.page().contains("5 working days"));
    }
}

both! { migrations,
    async fn a_guide_shows_what_its_list_says_and_no_more(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        let mut said = content();
        // a place without counters, a situation without an explanation, a code that no list has, an address that is none of the web
        said.places = vec![Place { name: "政务服务中心".to_owned(), address: "示范路 1 号".to_owned(), ..Place::default() }];
        said.situations = ["新办", "变更"].map(|name| Situation { name: name.to_owned(), explain: None }).to_vec();
        said.materials[1].situations = vec!["新办".to_owned()];
        said.materials[1].accept_standard = Some("在租期内".to_owned());
        said.fees = vec![Fee { name: "工本费".to_owned(), standard: "10 元".to_owned(), reduction: Some("低保户免交".to_owned()), ..Fee::default() }];
        said.handle_area = Some("77".to_owned());
        said.quota = Some("每年 30 件".to_owned());
        said.online_address = Some("javascript:alert(1)".to_owned());
        city.world = city.world.with_item("1-EXAMPLE-2", said).await;
        let mut browser = city.browser();
        let guide = browser.get(&city.item()).await.page();
        for words in ["示范路 1 号", "新办", "只有这些情形要交：新办", "在租期内", "工本费：10 元（低保户免交）", "每年 30 件", "77"] {
            assert!(guide.contains(words), "{words}: {guide}");
        }
        assert!(!guide.contains("javascript:"), "{guide}");
        browser.get("/settings/language?to=en&back=/").await;
        let guide = browser.get(&city.item()).await.page();
        assert!(guide.contains("Only where: 新办") && guide.contains("How many are granted"), "{guide}");
        assert_eq!(browser.get(&format!("{}/files/{}", city.item(), uuid::Uuid::from_u128(7))).await.status, StatusCode::NOT_FOUND);
    }
}

both! { migrations,
    async fn life_events_narrow_the_search_without_a_script(kit: Kit) {
        let mut city = City::open(&kit, true).await;
        let first = city.item();
        let mut other = content();
        other.name = "示范招牌备案".to_owned();
        other.topics = vec!["开饭店".to_owned(), "准营准办".to_owned()];
        city.world = city.world.with_item("1-EXAMPLE-2", other).await;
        city.catalogue.refresh().await.unwrap();
        let second = city.item();
        let mut browser = city.browser();
        let link = "/search?topic=%E5%BC%80%E9%A5%AD%E5%BA%97";
        assert!(browser.get("/").await.page().contains(link));
        // listed and asked for: both ways count
        for address in ["/search", "/search?q=%E7%A4%BA%E8%8C%83"] {
            let page = browser.get(address).await.page();
            assert!(page.contains(&first) && page.contains(&second), "{page}");
            assert!(page.contains("人生大事、主题") && page.contains("topic=%E5%BC%80%E9%A5%AD%E5%BA%97\">开饭店 <span class=\"muted\">&nbsp;1"), "{page}");
        }
        for (language, label, off) in [("zh-CN", "人生大事、主题", "去掉条件："), ("en", "Life event or topic", "Remove filter:")] {
            browser.get(&format!("/settings/language?to={language}&back=/")).await;
            let page = browser.get(link).await.page();
            assert!(page.contains(&second) && !page.contains(&first), "{page}");
            assert!(page.contains(off) && page.contains("name=\"topic\" value=\"开饭店\""), "the next question keeps it: {page}");
            assert!(!page.contains(label), "one topic at a time: {page}");
        }
        assert!(browser.get("/search").await.page().contains("Life event or topic"));
        assert!(browser.get("/search?topic=%E7%94%9F%E8%82%B2").await.page().contains("Nothing fits these filters."));
    }
}

both! { migrations,
    async fn what_has_ended_says_so(kit: Kit) {
        let mut city = City::open(&kit, true).await;
        let mut ending = content();
        ending.name = "示范招牌备案".to_owned();
        ending.department = "示范市城管局".to_owned();
        ending.effective_until = Some(day("2026-11-30"));
        city.world = city.world.with_item("1-EXAMPLE-2", ending).await;
        let address = city.item();
        let apply = format!("/apply/{}", city.world.item.item);
        let case = city.world.filled(&city.world.applicant).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let confirm = format!("/my/cases/{case}/confirm");
        for page in [&address, &confirm] {
            assert!(browser.get(page).await.page().contains("这件事办到 2026 年 11 月 30 日为止"), "{page}");
        }
        kit.clock.set(beijing("2026-12-01 00:00"));
        let mut browser = city.signed_in(&city.world.applicant).await;
        let over = browser.get(&address).await;
        assert_eq!(over.status, StatusCode::GONE);
        for words in ["示范招牌备案：已停止办理", "这件事办到 2026 年 11 月 30 日为止", "/search?q=%E7%A4%BA", "示范市城管局的其他事项"] {
            assert!(over.text().contains(words), "{words}: {}", over.text());
        }
        assert_eq!(browser.get(&apply).await.location(), address);
        let page = browser.get(&confirm).await.page();
        let seen = page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let refused = browser.post(&confirm, &confirm, &[("version", seen.as_str()), ("delivery", "electronic")]).await.refused();
        assert!(refused.contains("这件事办到 2026-11-30 为止，现在不能再申请"), "{refused}");
        browser.get("/settings/language?to=en&back=/").await;
        assert!(browser.get(&address).await.text().contains("no longer offered"));
    }
}

both! { migrations,
    async fn signing_in_by_code_leads_back_and_signing_out_ends_it(kit: Kit) {
        let city = City::open(&kit, true).await;
        let mut browser = city.browser();
        assert_eq!(browser.get("/my/cases?page=2").await.location(), "/sign-in?back=/my/cases%3Fpage%3D2");
        for address in ["/sign-in", "/sign-in?kind=enterprise&way=code", "/sign-in?kind=staff&way=code"] {
            browser.get(address).await.page();
        }
        let wrong = browser.post("/sign-in", "/sign-in", &[("kind", "person"), ("name", "10012345678"), ("password", "no")]).await.refused();
        assert!(wrong.contains("账号或密码不对"));
        assert!(browser.post("/sign-in", "/sign-in", &[("kind", "person"), ("name", "hello"), ("password", "no")]).await.refused().contains("请填 18 位身份证号"));

        let asked = browser.post("/sign-in?way=code", "/sign-in/code", &[("kind", "person"), ("name", "10012345678"), ("back", "/my/cases")]).await.location();
        assert_eq!(asked, "/sign-in/code?back=/my/cases");
        let page = browser.get(&asked).await.page();
        assert!(page.contains("模拟短信") && page.contains("100****5678"));
        let code: String = city.sink.messages("10012345678")[0].chars().filter(char::is_ascii_digit).take(6).collect();
        assert!(page.contains(&code));
        assert!(browser.post(&asked, "/sign-in/code/enter", &[("code", "12"), ("back", "/my/cases")]).await.refused().contains("6 位数字"));
        assert_eq!(browser.post(&asked, "/sign-in/code/enter", &[("code", &code), ("back", "/my/cases")]).await.location(), "/my/cases");
        assert!(browser.get("/my/cases").await.page().contains("还没有办件"));
        assert!(browser.get("/my/settings").await.page().contains("100****5678"));
        // the code opened the session just now, so the old password is not asked for
        assert!(browser.post("/my/settings", "/my/settings/password", &[("new_password", "short1"), ("new_password_again", "short1")]).await.refused().contains("至少 8 个字符"));
        assert!(browser.post("/my/settings", "/my/settings/password", &[("new_password", "a-new-password-1"), ("new_password_again", "other")]).await.refused().contains("不一样"));
        assert_eq!(browser.post("/my/settings", "/my/settings/password", &[("new_password", "a-new-password-1"), ("new_password_again", "a-new-password-1")]).await.location(), "/my/settings");

        // never to another site
        assert_eq!(browser.post("/my/settings", "/sign-out", &[]).await.location(), "/");
        let back = browser.post("/sign-in", "/sign-in", &[("kind", "person"), ("name", "10012345678"), ("password", "a-new-password-1"), ("back", "//evil.example")]).await.location();
        assert_eq!(back, "/");
        browser.get("/my/settings/sign-out-everywhere").await.page();
        assert_eq!(browser.post("/my/settings/sign-out-everywhere", "/my/settings/sign-out-everywhere", &[]).await.location(), "/");
        assert!(browser.get("/my/cases").await.location().starts_with("/sign-in"));
    }
}

both! { migrations,
    async fn guessing_a_second_fact_is_braked_and_tells_nothing(kit: Kit) {
        let city = City::open(&kit, false).await;
        let (_, submitted) = city.world.submitted(&city.world.applicant).await;
        let mut browser = city.browser();
        let miss = browser.post("/progress", "/progress", &[("number", "519901202611209999999"), ("last_four", "0000")]).await.refused();
        let mismatch = browser.post("/progress", "/progress", &[("number", &submitted.number), ("last_four", "0000")]).await.refused();
        assert!(miss.contains("没有查到，或者后四位不对") && mismatch.contains("没有查到，或者后四位不对"));
        let last: String = crate::world::citizen(101).chars().skip(14).collect();
        let page = browser.post("/progress", "/progress", &[("number", &submitted.number), ("last_four", &last)]).await.page();
        assert!(page.contains("已提交，等待受理") && !page.contains("王小明") && !page.contains("阳光小馆"));
        assert!(browser.get(&format!("/progress/{}", submitted.progress_code)).await.page().contains("示范经营许可"));
        assert_eq!(browser.get("/progress/nothing").await.status, StatusCode::NOT_FOUND);
        // the right one has released it; another spelling is the same number
        for _ in 0..4 {
            browser.post("/progress", "/progress", &[("number", &submitted.number), ("last_four", "0000")]).await.refused();
        }
        let spaced: String = submitted.number.chars().flat_map(|digit| [digit, ' ']).collect();
        browser.post("/progress", "/progress", &[("number", &spaced), ("last_four", "0000")]).await.refused();
        assert_eq!(browser.post("/progress", "/progress", &[("number", &submitted.number), ("last_four", &last)]).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

both! { migrations,
    async fn who_has_only_the_number_rates_a_finished_case_once(kit: Kit) {
        let city = City::open(&kit, false).await;
        let world = &city.world;
        let case = world.decided(&world.applicant, true).await;
        let number = world.own_view(case).await.number.unwrap();
        let last: String = crate::world::citizen(101).chars().skip(14).collect();
        let facts = [("number", number.as_str()), ("last_four", last.as_str())];
        let mut browser = city.browser();
        let page = browser.post("/progress", "/progress", &facts).await.page();
        assert!(page.contains("action=\"/progress/rating\"") && page.contains("已办好") && !page.contains("王小明"));
        let rate = |more: &[(&'static str, &'static str)]| [&facts[..], more].concat();

        // a wrong second fact shows nothing, and nothing was chosen
        let wrong = [("number", number.as_str()), ("last_four", "0000"), ("score", "5")];
        let refused = browser.post("/progress", "/progress/rating", &wrong).await.refused();
        assert!(refused.contains("没有查到，或者后四位不对") && !refused.contains("已办好"));
        assert!(browser.post("/progress", "/progress/rating", &[("score", "5")]).await.refused().contains("都要填"));
        let refused = browser.post("/progress", "/progress/rating", &rate(&[("words", "没跑一趟")])).await.refused();
        assert!(refused.contains("请选一项") && refused.contains("没跑一趟"));
        let long = "长".repeat(1_001);
        let too_long = [&facts[..], &[("score", "5"), ("words", long.as_str())]].concat();
        assert!(browser.post("/progress", "/progress/rating", &too_long).await.refused().contains("最多 1000 个字"));

        assert_eq!(browser.post("/progress", "/progress/rating", &rate(&[("score", "5"), ("words", "没跑一趟")])).await.location(), "/progress");
        assert!(browser.get("/progress").await.page().contains("谢谢您的评价"));
        let page = browser.post("/progress", "/progress", &facts).await.page();
        assert!(page.contains("已经评价过了") && !page.contains("/progress/rating"));
        // the second of two clicks finds it taken, and the first rating stays
        assert_eq!(browser.post("/progress", "/progress/rating", &rate(&[("score", "1")])).await.location(), "/progress");
        let kept = tongban_feedback::rating_of(&world.store, &world.applicant, case).await.unwrap().unwrap();
        assert_eq!((kept.score, kept.words.as_str()), (Some(5), "没跑一趟"));

        // guessing here is braked as on the page that asks
        for _ in 0..5 {
            browser.post("/progress", "/progress/rating", &wrong).await.refused();
        }
        assert_eq!(browser.post("/progress", "/progress/rating", &rate(&[("score", "5")])).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

both! { migrations,
    async fn what_is_no_licence_cannot_be_judged(kit: Kit) {
        let city = City::open(&kit, false).await;
        let mut browser = city.browser();
        browser.get("/verify").await.page();
        assert!(browser.post("/verify", "/verify", &[("code", "")]).await.refused().contains("这一项必须填"));
        assert_eq!(browser.post("/verify", "/verify", &[("code", "https://tongban.test/verify/abc-d_e")]).await.location(), "/verify/abc-d_e");
        assert!(browser.get("/verify/abc-d_e").await.page().contains("无法认定"));
        assert!(browser.post("/verify", "/verify/number", &[("identifier", "1.2.3"), ("last_four", "0000")]).await.page().contains("没有查到，或者后四位不对"));
        assert!(browser.upload("/verify", "/verify/file", "file", "x.pdf", b"%PDF-1.7 nothing").await.page().contains("无法认定"));
        let mut ofd = tongban_press::ofd::testing::Parts::signed(|_| b"no seal".to_vec());
        assert!(browser.upload("/verify", "/verify/file", "file", "x.ofd", &ofd.pack()).await.page().contains("签名盖住的 4 个部件都与签名时一致（SM3）"));
        ofd.set("Doc_0/Pages/Page_0/Content.xml", "another page");
        let page = browser.upload("/verify", "/verify/file", "file", "x.ofd", &ofd.pack()).await.page();
        assert!(page.contains("被改动过") && page.contains("第 1 页（/Doc_0/Pages/Page_0/Content.xml）与签名时不一致"), "{page}");
        assert!(browser.upload("/verify", "/verify/file", "file", "x.exe", b"MZ nothing").await.refused().contains("x.exe"));
    }
}

both! { migrations,
    async fn accounts_are_opened_a_few_times_an_hour_from_one_address(kit: Kit) {
        let city = City::open(&kit, false).await;
        let mut browser = city.browser();
        browser.address = Some("203.0.113.9:4711".parse().unwrap());
        for turn in 0..20 {
            let phone = format!("100000005{turn:02}");
            let sent = browser.post("/register", "/register", &[("phone", &phone), ("agree", "yes")]).await;
            assert_eq!(sent.location(), "/register/code?back=/");
        }
        let typed = [("phone", "10000000599"), ("agree", "yes")];
        assert_eq!(browser.post("/register", "/register", &typed).await.status, StatusCode::TOO_MANY_REQUESTS);
        // Next door is another address.
        browser.address = Some("203.0.113.10:4711".parse().unwrap());
        assert_eq!(browser.post("/register", "/register", &typed).await.location(), "/register/code?back=/");
    }
}
