//! A list is uploaded on a page, judged dry, and imported after a question.

use axum::http::StatusCode;
use tongban_catalogue::{ItemRef, item};
use tongban_store::Worker;

use crate::{
    browser::{Answer, Browser},
    world::{World, both, migrations},
};

const CODE: &str = "511Z07001006-519901000000-000-11511301008778183N-1-00";
const LIST: &str = "实施编码,事项名称,区划代码,部门,统一社会信用代码,事项类型
511Z07001006-519901000000-000-11511301008778183N-1-00,企业投资项目备案,519901000000,县经信局,11511301008778183N,其他行政权力
511Z07001007-519902000000-000-11511301008778183N-1-00,西城的事项,519902000000,西城经信局,11511301008778183N,其他行政权力
";

/// The rooms' workers, as the binary wires them.
async fn work(world: &World) {
    let worker = tongban_directory::wire(Worker::new(world.kit.store.clone()));
    let worker = tongban_licences::wire_imports(tongban_catalogue::wire_imports(worker));
    worker.drain().await.unwrap();
}

async fn upload(browser: &mut Browser, fields: &[(&str, &str)], name: &str, content: &[u8]) -> Answer {
    browser
        .upload_with("/desk/imports", fields, ("file", name, content))
        .await
}

both! { migrations, async fn a_list_that_is_sent_twice_is_tried_once(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let once = operator.get("/desk/imports").await.hidden("_once");
    let fields = [("_once", once.as_str()), ("kind", "items")];
    let first = upload(&mut operator, &fields, "事项.csv", LIST.as_bytes()).await.location();
    assert!(first.starts_with("/desk/imports/"), "{first}");
    assert_eq!(upload(&mut operator, &fields, "事项.csv", LIST.as_bytes()).await.location(), first);
    // another file, and the same file from a page that was opened anew, are lists of their own
    let shorter = LIST.lines().take(2).collect::<Vec<_>>().join("\n");
    let other = upload(&mut operator, &fields, "事项.csv", shorter.as_bytes()).await.location();
    let once = operator.get("/desk/imports").await.hidden("_once");
    let again = upload(&mut operator, &[("_once", &once), ("kind", "items")], "事项.csv", LIST.as_bytes()).await.location();
    assert!(other != first && again != first && again != other);
} }

both! { migrations, async fn a_list_is_tried_then_imported_once(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let fields = [("kind", "items"), ("publish", "yes")];
    let answer = upload(&mut operator, &fields, "事项.csv", LIST.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let dry = answer.location();

    // while it waits: a bar that the script moves, a link for who has none, and nothing to import yet
    let waiting = operator.get(&dry).await.text();
    assert!(waiting.contains(&format!("data-progress=\"{dry}/progress\"")), "{waiting}");
    assert!(waiting.contains(&format!("class=\"button plain\" href=\"{dry}\"")), "{waiting}");
    assert!(!waiting.contains(&format!("{dry}/import\"")), "{waiting}");
    let progress: serde_json::Value = serde_json::from_slice(&operator.get(&format!("{dry}/progress")).await.body).unwrap();
    assert_eq!((&progress["done"], &progress["total"], &progress["ended"]), (&0.into(), &2.into(), &false.into()));
    let early = operator.post_from("/desk/imports", &format!("{dry}/import"), &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);

    work(&world).await;
    let progress: serde_json::Value = serde_json::from_slice(&operator.get(&format!("{dry}/progress")).await.body).unwrap();
    assert_eq!((&progress["done"], &progress["ended"]), (&2.into(), &true.into()));
    let judged = operator.get(&dry).await.text();
    for words in ["试运行", "可以导入 1 行，不收 1 行", "不在本岗位的区划（519901000000）之内", "导入后直接发布", &format!("{dry}/import")] {
        assert!(judged.contains(words), "{words}: {judged}");
    }
    operator.speak("en");
    let english = operator.get(&dry).await.text();
    assert!(english.contains("does not lie in the region of your post"), "{english}");
    operator.speak("zh-CN");

    let question = operator.get(&format!("{dry}/import")).await;
    assert!(question.text().contains("现在导入这份清单？"), "{}", question.text());
    let token = question.hidden("_csrf");
    let run = operator.post(&format!("{dry}/import"), &token, &[]).await.location();
    assert_ne!(run, dry);
    // the second click, before and after the work is done
    assert_eq!(operator.post(&format!("{dry}/import"), &token, &[]).await.location(), run);
    work(&world).await;
    assert_eq!(operator.post(&format!("{dry}/import"), &token, &[]).await.location(), run);
    assert_eq!(operator.get(&format!("{dry}/import")).await.location(), run);
    let imported = item(&world.kit.store, ItemRef::Code(CODE)).await.unwrap().unwrap();
    assert!(imported.current.is_some(), "published");
    let done = operator.get(&run).await.text();
    assert!(done.contains("有变化 1 行") && done.contains(&format!("href=\"{dry}\"")), "{done}");
    assert!(operator.get(&dry).await.text().contains("这份清单已经导入"));

    // a colleague sees it and cannot import it again
    let mut colleague = world.browser("operator-elsewhere");
    assert_eq!(colleague.get(&run).await.status, StatusCode::OK);
    let answer = colleague.post_from("/desk/imports", &format!("{dry}/import"), &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
} }

both! { migrations, async fn a_wrong_file_is_told_beside_its_field_and_nothing_is_kept(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let before = operator.get("/desk/imports").await.text().matches("href=\"/desk/imports/").count();
    let large = vec![b'a'; 20 * 1024 * 1024 + 1];
    for (kind, name, content, words) in [
        ("items", "a.xlsx", &b"PK\x03\x04 no workbook"[..], "不是完好的 Excel 工作簿"),
        ("items", "a.doc", b"x", "不认识“a.doc”的格式"),
        ("items", "a.csv", b"", "是空文件"),
        ("items", "a.csv", "事项名称,区划代码\n".as_bytes(), "只有表头"),
        ("regions", "a.csv", LIST.as_bytes(), "像是另一种清单"),
        ("items", "a.csv", b"\xff\xff\xff", "编码既不是 UTF-8 也不是 GBK"),
        ("items", "a.csv", &large, "文件超过 20 兆，没有保存"),
        ("persons", "a.csv", LIST.as_bytes(), "f-kind-error"),
        ("", "a.csv", LIST.as_bytes(), "f-kind-error"),
    ] {
        let answer = upload(&mut operator, &[("kind", kind), ("sheet", "第二张"), ("publish", "yes")], name, content).await;
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {words}");
        assert!(text.contains(words), "{words}: {text}");
        // what was chosen stands there again
        assert!(text.contains("value=\"第二张\"") && text.contains("value=\"yes\" checked"), "{text}");
        assert!(kind != "items" || text.contains("value=\"items\" required checked"), "{text}");
    }
    // nothing chosen at all
    let answer = operator.post_from("/desk/imports", "/desk/imports", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let after = operator.get("/desk/imports").await.text().matches("href=\"/desk/imports/").count();
    assert_eq!(before, after);
} }

both! { migrations, async fn a_sheet_in_gbk_is_read_and_the_report_says_so(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    // 区划代码,名称 / 519901001000,清水镇
    let gbk = b"\xc7\xf8\xbb\xae\xb4\xfa\xc2\xeb,\xc3\xfb\xb3\xc6\r\n519901001000,\xc7\xe5\xcb\xae\xd5\xf2\r\n";
    let dry = upload(&mut operator, &[("kind", "regions")], "乡镇.csv", gbk).await.location();
    work(&world).await;
    let page = operator.get(&dry).await.text();
    assert!(page.contains("已按 GBK（GB 18030）读取"), "{page}");
    operator.post_from(&format!("{dry}/import"), &format!("{dry}/import"), &[]).await;
    work(&world).await;
    let town = tongban_codes::RegionCode::parse("519901001000").unwrap();
    let town = tongban_directory::region(&world.kit.store, &town).await.unwrap().unwrap();
    assert_eq!(town.name, "清水镇");
} }

both! { migrations, async fn a_list_that_nobody_imports_says_its_term_and_then_that_it_is_gone(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    assert!(operator.get("/desk/imports").await.text().contains("上传的文件保留 7 天，到期没有导入就删除"));
    let dry = upload(&mut operator, &[("kind", "items")], "事项.csv", LIST.as_bytes()).await.location();
    work(&world).await;
    let fresh = operator.get(&dry).await.text();
    assert!(fresh.contains("不导入则保留到") && fresh.contains(&format!("{dry}/import\"")), "{fresh}");
    world.kit.clock.advance(chrono::TimeDelta::days(8));
    work(&world).await;
    let gone = operator.get(&dry).await.text();
    assert!(gone.contains("上传后 7 天没有导入，文件已经删除。请重新上传。"), "{gone}");
    assert!(!gone.contains(&format!("{dry}/import\"")) && gone.contains("511Z07001007"), "the report stays: {gone}");
    assert_eq!(operator.get(&format!("{dry}/import")).await.location(), dry);
    let late = operator.post_from("/desk/imports", &format!("{dry}/import"), &[]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text().contains("文件已经删除"), "{}", late.text());
} }

both! { migrations, async fn only_operators_find_the_pages(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let dry = upload(&mut operator, &[("kind", "items")], "事项.csv", LIST.as_bytes()).await.location();
    work(&world).await;
    for token in ["clerk", "approver", "supervisor", "resident"] {
        let mut other = world.browser(token);
        let form_token = other.get("/").await.text();
        assert!(!form_token.contains(&dry));
        for page in ["/desk/imports", &dry, &format!("{dry}/progress"), &format!("{dry}/import")] {
            assert_eq!(other.get(page).await.status, StatusCode::FORBIDDEN, "{token} {page}");
        }
    }
    let none = "/desk/imports/00000000-0000-0000-0000-000000000000";
    for page in [none.to_owned(), format!("{none}/progress"), format!("{none}/import"), "/desk/imports/x".to_owned()] {
        assert_eq!(operator.get(&page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    let answer = operator.post_from("/desk/imports", &format!("{none}/import"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
} }
