//! 窗口代办, from the search to the receipt.

use axum::http::StatusCode;

use crate::world::{World, both, migrations, number};

const PDF: &[u8] = b"%PDF-1.7 a plan";

both! { migrations, async fn a_clerk_files_for_somebody_without_an_account(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", world.item.item);
    let found = clerk.get("/desk/file?q=%E9%A3%9F%E5%93%81%E7%BB%8F%E8%90%A5").await.text();
    assert!(found.contains(&start), "{found}");

    let who = [("kind", "person"), ("name", "李小红"), ("number", &*number(2)), ("phone", "")];
    let absent = clerk.post_from(&start, &start, &who).await;
    assert_eq!(absent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(absent.text().contains("请先核对证件"));
    let wrong = [("kind", "person"), ("name", "李小红"), ("number", "123"), ("present", "true")];
    assert!(clerk.post_from(&start, &start, &wrong).await.text().contains("身份证号码不对"));
    let present: Vec<(&str, &str)> = who.into_iter().chain([("present", "true")]).collect();
    let form = clerk.post_from(&start, &start, &present).await.location();
    assert!(form.ends_with("/form"), "a matter that reads nothing asks for no consent: {form}");
    let home = form.trim_end_matches("/form").to_owned();
    let sources = format!("{home}/sources");
    assert_eq!(clerk.post_from(&sources, &sources, &[]).await.location(), form);
    let page = clerk.get(&form).await;
    assert!(page.text().contains("李小红") && !page.text().contains(&number(2)), "the number is masked");
    let version = page.hidden("version");
    let eighty = [("version", version.as_str()), ("applicant", "李小红"), ("shop", "小红面馆"), ("area", "八十")];
    let wrong = clerk.post_from(&form, &form, &eighty).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("请填数字") && wrong.text().contains("八十"));
    let version = clerk.get(&form).await.hidden("version");
    let right = [("version", version.as_str()), ("applicant", "李小红"), ("shop", "小红面馆"), ("area", "80")];
    let materials = clerk.post_from(&form, &form, &right).await.location();
    assert_eq!(materials, format!("{home}/materials"));

    assert!(clerk.upload(&materials, "m-plan", "plan.exe", b"MZ").await.text().contains("不是 JPG、PNG 或 PDF"));
    let confirm = clerk.upload(&materials, "m-plan", "plan.pdf", PDF).await.location();
    assert_eq!(confirm, format!("{home}/confirm"));
    let page = clerk.get(&confirm).await;
    assert!(page.text().contains("小红面馆") && page.text().contains("plan.pdf"));
    let version = page.hidden("version");
    let post = [("version", version.as_str()), ("delivery", "post"), ("delivery_address", " ")];
    let addressless = clerk.post_from(&confirm, &format!("{home}/submit"), &post).await;
    assert_eq!(addressless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sure = [("version", version.as_str()), ("delivery", "electronic")];
    let token = page.hidden("_csrf");
    let receipt = clerk.post(&format!("{home}/submit"), &token, &sure).await.location();
    assert_eq!(receipt, format!("{home}/receipt"));
    assert_eq!(clerk.post(&format!("{home}/submit"), &token, &sure).await.location(), receipt, "a second click");
    let paper = clerk.get(&receipt).await.text();
    assert!(paper.contains("https://zw.example.gov.cn/progress/") && paper.contains("<svg") && paper.contains("519901"));

    // What is missing is handed in at the window too: there is no account that could do it.
    let case = home.replace("/desk/file/", "/desk/cases/");
    let version = clerk.get(&case).await.hidden("version");
    let words = [("version", version.as_str()), ("text", "平面图看不清")];
    clerk.post_from(&case, &format!("{case}/supplement"), &words).await;
    assert!(clerk.get(&case).await.text().contains(&format!("{home}/form")));
    let version = clerk.get(&confirm).await.hidden("version");
    let answered = clerk.post_from(&confirm, &format!("{home}/submit"), &[("version", &version)]).await;
    assert_eq!(answered.location(), case, "{}", answered.text());
} }

both! { migrations, async fn the_person_at_the_window_is_told_what_is_checked_by_law(kit: Kit) {
    let world = World::build(kit).await;
    let item = world.checked_by_law("http://127.0.0.1:9/nobody").await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", item.item);
    let number = number(2);
    let who = [("kind", "person"), ("name", "李小红"), ("number", number.as_str()), ("present", "true")];
    let sources = clerk.post_from(&start, &start, &who).await.location();
    assert!(sources.ends_with("/sources"), "{sources}");
    let page = clerk.get(&sources).await.text();
    assert!(page.contains("依照《中华人民共和国行政许可法》第三十四条，将核查示范市公安局 人口信息。"), "{page}");
    assert!(page.contains("value=\"property.homes\"") && !page.contains("value=\"population.basic\""), "{page}");
    // without a yes to anything the check is made, and nothing else
    let form = clerk.post_from(&sources, &sources, &[]).await.location();
    assert!(form.ends_with("/form"), "{form}");
    let blinds = tongban_identity::subject_blinds(&world.kit.store, tongban_access::PartyKind::Person, &number);
    let reads = tongban_exchange::reads_about(&world.kit.store, &blinds, tongban_store::PageRequest::new(1, 10))
        .await
        .unwrap()
        .rows;
    let read: Vec<(&str, &str)> = reads.iter().map(|read| (read.resource.as_str(), read.basis.word())).collect();
    assert_eq!(read, [("population.basic", "duty")]);
} }

both! { migrations, async fn a_form_that_is_sent_twice_starts_one_draft(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", world.item.item);
    let page = clerk.get(&start).await;
    let (token, once, number) = (page.hidden("_csrf"), page.hidden("_once"), number(2));
    let who = |once: &str, name: &str| {
        [("_once", once), ("kind", "person"), ("name", name), ("number", number.as_str()), ("present", "true")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let form = clerk.post_pairs(&start, &token, &who(&once, "李小红")).await.location();
    assert!(form.ends_with("/form"), "{form}");
    assert_eq!(clerk.post_pairs(&start, &token, &who(&once, "李小红")).await.location(), form, "the second of two clicks");
    let drafts = |list: String| list.matches("/form\"").count();
    assert_eq!(drafts(clerk.get("/desk/file").await.text()), 1);

    // what was put right is another request, and so is another page, for a second matter of the same person
    let corrected = clerk.post_pairs(&start, &token, &who(&once, "李晓红")).await.location();
    let second = clerk.get(&start).await.hidden("_once");
    let again = clerk.post_pairs(&start, &token, &who(&second, "李小红")).await.location();
    assert!(second != once && corrected != form && again != form && again != corrected);
    assert_eq!(drafts(clerk.get("/desk/file").await.text()), 3);

    // a page that the browser shows again after its draft was thrown away begins anew
    let discard = form.replace("/form", "/discard");
    let version = clerk.get(&discard).await.hidden("version");
    assert_eq!(clerk.post_from(&discard, &discard, &[("version", &version)]).await.location(), "/desk/file");
    let anew = clerk.post_pairs(&start, &token, &who(&once, "李小红")).await.location();
    assert!(anew.ends_with("/form") && anew != form, "{anew}");

    // somebody else who got hold of the key gets a draft of their own
    let mut colleague = world.browser("clerk-too");
    let token = colleague.get(&start).await.hidden("_csrf");
    let own = colleague.post_pairs(&start, &token, &who(&once, "李小红")).await.location();
    assert!(own.ends_with("/form") && own != form, "{own}");
    assert_eq!(colleague.get(&form).await.status, StatusCode::NOT_FOUND);
} }

both! { migrations, async fn twins_at_the_same_moment_start_one_draft(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", world.item.item);
    let page = clerk.get(&start).await;
    let (token, once, number) = (page.hidden("_csrf"), page.hidden("_once"), number(2));
    let who = [("_once", once.as_str()), ("kind", "person"), ("name", "李小红"), ("number", number.as_str()), ("present", "true")];
    let mut twin = clerk.clone();
    let (one, two) = tokio::join!(clerk.post(&start, &token, &who), twin.post(&start, &token, &who));
    assert!(one.location().ends_with("/form"), "{}", one.text());
    assert_eq!(one.location(), two.location(), "{}", two.text());
} }

both! { migrations, async fn a_file_that_is_sent_twice_is_there_once(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", world.item.item);
    let number = number(2);
    let who = [("kind", "person"), ("name", "李小红"), ("number", number.as_str()), ("present", "true")];
    let there = clerk.post_from(&start, &start, &who).await.location().replace("/form", "/materials");
    let once = clerk.get(&there).await.hidden("_once");
    let fields = [("_once", once.as_str()), ("then", "stay")];
    for _ in 0..2 {
        assert_eq!(clerk.upload_with(&there, &fields, ("m-plan", "plan.pdf", PDF)).await.location(), there);
    }
    let rows = |page: String| page.matches(">plan.pdf<").count();
    assert_eq!(rows(clerk.get(&there).await.text()), 1);
    // the same file from a page that was opened anew is meant
    let once = clerk.get(&there).await.hidden("_once");
    clerk.upload_with(&there, &[("_once", &once), ("then", "stay")], ("m-plan", "plan.pdf", PDF)).await;
    assert_eq!(rows(clerk.get(&there).await.text()), 2);
} }

both! { migrations, async fn a_case_is_taken_back_for_the_person_who_is_there(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", world.item.item);
    let number = number(2);
    let who = [("kind", "person"), ("name", "李小红"), ("number", number.as_str()), ("present", "true")];
    let form = clerk.post_from(&start, &start, &who).await.location();
    let home = form.trim_end_matches("/form").to_owned();
    let version = clerk.get(&form).await.hidden("version");
    let values = [("version", version.as_str()), ("applicant", "李小红"), ("shop", "小红面馆"), ("area", "80")];
    let materials = clerk.post_from(&form, &form, &values).await.location();
    let confirm = clerk.upload(&materials, "m-plan", "plan.pdf", PDF).await.location();
    let version = clerk.get(&confirm).await.hidden("version");
    clerk.post_from(&confirm, &format!("{home}/submit"), &[("version", &version)]).await;

    let case = home.replace("/desk/file/", "/desk/cases/");
    let withdraw = format!("{case}/withdraw");
    for language in ["en", "zh-CN"] {
        clerk.speak(language);
        let page = clerk.get(&case).await.text();
        assert!(page.contains(&withdraw) && !page.contains(">desk-") && !page.contains("refused-"), "{page}");
    }
    let version = clerk.get(&case).await.hidden("version");
    let words = |present: &'static str, text: &'static str| [("version", version.clone()), ("present", present.to_owned()), ("text", text.to_owned())].map(|(name, value)| (name.to_owned(), value));
    let token = clerk.get(&case).await.hidden("_csrf");
    let absent = clerk.post_pairs(&withdraw, &token, &words("", "不想办了")).await;
    assert_eq!(absent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(absent.text().contains("请先核对证件") && absent.text().contains("不想办了"), "{}", absent.text());
    let silent = clerk.post_pairs(&withdraw, &token, &words("true", " ")).await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.text().contains("请写明本人为什么要撤回"));
    let question = clerk.post_pairs(&withdraw, &token, &words("true", "不想办了")).await;
    assert!(question.status == StatusCode::OK && question.text().contains("按本人的要求撤回这件申请？"), "{}", question.text());
    let sure = [("version", version.as_str()), ("present", "true"), ("text", "不想办了"), ("confirmed", "yes")];
    assert_eq!(clerk.post(&withdraw, &question.hidden("_csrf"), &sure).await.location(), "/desk");
    let page = clerk.get(&case).await.text();
    assert!(page.contains("不想办了") && page.contains("撤回") && !page.contains(&withdraw), "{page}");
    assert_eq!(clerk.post(&withdraw, &token, &sure).await.status, StatusCode::CONFLICT, "the second of two clicks");

    // somebody with an account may stand there too
    let own = format!("/desk/cases/{}", world.submitted().await);
    assert!(clerk.get(&own).await.text().contains(&format!("{own}/withdraw")));
    for (token, expected) in [("approver", StatusCode::FORBIDDEN), ("clerk-elsewhere", StatusCode::NOT_FOUND)] {
        let mut other = world.browser(token);
        let form = other.get("/desk/post").await.hidden("_csrf");
        assert_eq!(other.post(&withdraw, &form, &[]).await.status, expected, "{token}");
    }
} }

both! { migrations, async fn a_draft_is_thrown_away_by_its_clerk_alone(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", world.item.item);
    let number = number(2);
    let who = [("kind", "person"), ("name", "李小红"), ("number", number.as_str()), ("present", "true")];
    let discard = clerk.post_from(&start, &start, &who).await.location().replace("/form", "/discard");
    let page = clerk.get(&discard).await;
    let (token, once, version) = (page.hidden("_csrf"), page.hidden("_once"), page.hidden("version"));
    let fields = [("_once", once.as_str()), ("version", version.as_str())];
    let nowhere = "/desk/file/00000000-0000-0000-0000-000000000404/discard";
    for other in ["clerk-too", "clerk-elsewhere"] {
        let mut other = world.browser(other);
        let token = other.get(&start).await.hidden("_csrf");
        for address in [discard.as_str(), nowhere] {
            assert_eq!(other.post(address, &token, &fields).await.status, StatusCode::NOT_FOUND, "{address}");
        }
    }
    for _twice in 0..2 {
        assert_eq!(clerk.post(&discard, &token, &fields).await.location(), "/desk/file", "it was still there, and goes once");
    }
    assert_eq!(clerk.post(&discard, &token, &[("version", &version)]).await.status, StatusCode::NOT_FOUND);
} }

both! { migrations, async fn a_draft_belongs_to_its_clerk(kit: Kit) {
    let world = World::build(kit).await;
    let mut clerk = world.browser("clerk");
    let start = format!("/desk/file/start/{}", world.item.item);
    let number = number(2);
    let who = [("kind", "person"), ("name", "李小红"), ("number", number.as_str()), ("present", "true")];
    let form = clerk.post_from(&start, &start, &who).await.location();
    assert!(clerk.get("/desk/file").await.text().contains(&form), "unfinished drafts are found again");
    assert_eq!(clerk.get(&form.replace("/file/", "/cases/").replace("/form", "")).await.location(), form);
    for (token, expected) in [
        ("clerk-elsewhere", StatusCode::NOT_FOUND),
        ("approver", StatusCode::FORBIDDEN),
        ("supervisor", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(world.browser(token).get(&form).await.status, expected, "{token}");
    }
    let case = form.replace("/file/", "/cases/").replace("/form", "");
    assert_eq!(world.browser("approver").get(&case).await.status, StatusCode::NOT_FOUND);
    // a hall that has no such matter cannot begin it
    let elsewhere = world.browser("clerk-elsewhere").post_from(&start, &start, &who).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
} }
