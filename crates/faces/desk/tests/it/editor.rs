//! An item is edited on pages: drafted, mended, published, and found as it is now.

use axum::http::StatusCode;
use tongban_catalogue::{ItemRef, draft_of, item, published};
use tongban_codes::{LimitUnit, civil::beijing_date};

use crate::{
    browser::{Answer, Browser},
    world::{World, both, migrations},
};

/// Posts a form of a page with the version that the page shows.
async fn save(operator: &mut Browser, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = operator.get(page).await;
    let (token, version) = (shown.hidden("_csrf"), shown.hidden("version"));
    let fields: Vec<(&str, &str)> = [("version", version.as_str())]
        .into_iter()
        .chain(fields.iter().copied())
        .collect();
    operator.post(action, &token, &fields).await
}

both! { migrations, async fn an_item_is_mended_and_published(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let page = format!("/desk/items/{}", world.item.item);
    // without a draft a page of the editor leads to the item, and on from there
    let elsewhere = operator.get(&format!("{page}/edit/contact")).await.location();
    assert_eq!(elsewhere, format!("{page}?to=edit/contact"));
    let begun = operator.post_from(&page, &format!("{page}/draft"), &[("to", "edit/contact")]).await;
    assert_eq!(begun.location(), format!("{page}/edit/contact"));
    // the findings stand beside their fields, and block
    let contact = operator.get(&format!("{page}/edit/contact")).await.text();
    assert!(contact.contains("f-consult_phone-error"), "{contact}");
    let blocked = operator.get(&format!("{page}/publish")).await.text();
    assert!(blocked.contains(&format!("{page}/edit/contact#f-consult_phone")), "{blocked}");
    let edit = |section: &str| format!("{page}/edit/{section}");
    for (section, fields) in [
        ("contact", &[("consult_phone", "0000-1234567"), ("complaint_phone", "12345")][..]),
        ("audience", &[("audience", "enterprise"), ("topics", "开办企业\n开饭店")]),
        ("limits", &[("project_type", "promised"), ("promised_limit.amount", "5"), ("legal_limit.amount", "20")]),
        ("conditions", &[("accept_condition", "有固定的经营场所")]),
        ("online", &[("online", "true"), ("trips", "0")]),
    ] {
        let saved = save(&mut operator, &edit(section), &edit(section), fields).await;
        assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, page.clone()), "{section} {}", saved.text());
    }
    for (section, fields) in [
        ("places", &[("name", "政务服务中心"), ("address", "示范路 1 号"), ("hours", "工作日 9:00–17:00"), ("phone", "0000-1234567")][..]),
        ("legal_basis", &[("law", "《中华人民共和国食品安全法》"), ("article", "第三十五条")]),
        ("questions", &[("question", "要多久？"), ("answer", "5 个工作日。")]),
        ("results", &[("name", "登记结果"), ("kind", "nothing")]),
        ("steps", &[("name", "办结"), ("role", "approver")]),
        ("steps", &[("name", "送达"), ("role", "clerk")]),
        ("steps", &[("name", "初审"), ("role", "approver"), ("first_review", "true"), ("first_review_limit.amount", "30"), ("first_review_limit.basis", "某条例第九条"), ("code", "inspect")]),
        ("form", &[("title", "开业日期"), ("kind", "date"), ("name", "opening")]),
        ("materials", &[("name", "营业执照"), ("necessity", "required"), ("source", "government"), ("form", "either"), ("media", "application/pdf"), ("max_bytes", "5")]),
    ] {
        let saved = save(&mut operator, &edit(&format!("{section}/new")), &edit(&format!("{section}/new")), fields).await;
        assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, edit(section)), "{section} {}", saved.text());
    }
    let moved = save(&mut operator, &edit("materials"), &edit("materials/1/up"), &[]).await;
    assert_eq!(moved.location(), edit("materials"));
    let draft = draft_of(&world.kit.store, world.item.item).await.unwrap().unwrap();
    let content = &draft.version.content;
    let names: Vec<&str> = content.materials.iter().map(|material| material.name.as_str()).collect();
    assert_eq!(names, ["营业执照", "平面图"]);
    assert_eq!((content.materials[0].code.as_str(), content.materials[0].max_bytes), ("M2", 5 * 1024 * 1024));
    assert_eq!(content.form["properties"]["opening"]["format"], "date");
    let first = content.steps.last().unwrap();
    let term = first.first_review_limit.as_ref().map(|limit| (limit.amount, limit.unit, limit.basis.as_deref()));
    assert_eq!((first.first_review, term), (true, Some((30, LimitUnit::Workday, Some("某条例第九条")))));
    assert!(content.steps[..5].iter().all(|step| !step.first_review && step.first_review_limit.is_none()));
    assert_eq!(content.form["properties"]["shop"]["maxLength"], 40, "what nobody touched stays");
    assert_eq!(content.promised_limit.as_ref().map(|limit| limit.amount), Some(5));
    // published, and in force; the second of two clicks does nothing
    let done = save(&mut operator, &format!("{page}/publish"), &format!("{page}/publish"), &[("day", "")]).await;
    assert_eq!(done.location(), page, "{}", done.text());
    let token = operator.get(&page).await.hidden("_csrf");
    assert_eq!(operator.post(&format!("{page}/publish"), &token, &[("version", "1")]).await.location(), page);
    let today = beijing_date(world.kit.store.now());
    let now = published(&world.kit.store, ItemRef::Id(world.item.item), today).await.unwrap().unwrap();
    assert_eq!((now.number, now.content.consult_phone.as_deref()), (2, Some("0000-1234567")));
    let history = operator.get(&format!("{page}/history")).await.text();
    assert!(history.contains("0000-1234567") && history.contains("新增"), "{history}");
    assert_eq!(item(&world.kit.store, ItemRef::Id(world.item.item)).await.unwrap().unwrap().findings, 0);
} }

both! { migrations, async fn stale_pages_and_wrong_input_change_nothing(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let page = format!("/desk/items/{}", world.item.item);
    let contact = format!("{page}/edit/contact");
    operator.post_from(&page, &format!("{page}/draft"), &[]).await;
    let shown = operator.get(&contact).await;
    let (token, version) = (shown.hidden("_csrf"), shown.hidden("version"));
    let fields = [("version", version.as_str()), ("consult_phone", "0000-1234567")];
    assert_eq!(operator.post(&contact, &token, &fields).await.status, StatusCode::SEE_OTHER);
    // the second of two clicks says what stands there already
    assert_eq!(operator.post(&contact, &token, &fields).await.status, StatusCode::SEE_OTHER);
    let other = [("version", version.as_str()), ("consult_phone", "0000-7654321")];
    let stale = operator.post(&contact, &token, &other).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("0000-7654321"), "what was typed is shown");
    let limits = format!("{page}/edit/limits");
    let wrong = save(&mut operator, &limits, &limits, &[("promised_limit.amount", "五天")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("五天"), "what was typed is shown");
    let raw = format!("{page}/edit/form/json");
    for text in ["{", r#"{"type": "array"}"#] {
        let wrong = save(&mut operator, &raw, &raw, &[("text", text)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    }
    let past = save(&mut operator, &contact, &format!("{page}/publish"), &[("day", "2020-01-01")]).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    let discarded = save(&mut operator, &format!("{page}/discard"), &format!("{page}/discard"), &[]).await;
    assert_eq!(discarded.location(), page);
    assert_eq!(draft_of(&world.kit.store, world.item.item).await.unwrap(), None);
} }

both! { migrations, async fn a_new_item_is_made_and_thrown_away_and_one_is_withdrawn(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let organisation = world.item.organisation.to_string();
    let fields = [("name", "小作坊登记"), ("code", "XK00101009"), ("item_type", "07"), ("organisation", organisation.as_str())];
    let made = operator.post_from("/desk/items/new", "/desk/items/new", &fields).await;
    let page = made.location();
    assert!(page.starts_with("/desk/items/"), "{} {}", made.status, made.text());
    let taken = operator.post_from("/desk/items/new", "/desk/items/new", &fields).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    // the second of two clicks lands where the first one did
    let form = operator.get("/desk/items/new").await;
    let (token, once) = (form.hidden("_csrf"), form.hidden("_once"));
    let fields = [("_once", once.as_str()), ("name", "小餐饮登记"), ("code", "XK00101010"), ("item_type", "07"), ("organisation", organisation.as_str())];
    let twice = [operator.post("/desk/items/new", &token, &fields).await, operator.post("/desk/items/new", &token, &fields).await];
    assert!(twice[0].location().starts_with("/desk/items/") && twice[0].location() == twice[1].location(), "{}", twice[1].text());
    let gone = save(&mut operator, &format!("{page}/discard"), &format!("{page}/discard"), &[]).await;
    assert_eq!(gone.location(), "/desk/items");
    let page = format!("/desk/items/{}/withdraw/{}", world.item.item, world.item.id);
    let silent = operator.post_from(&page, &page, &[("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _twice in 0..2 {
        let done = operator.post_from(&page, &page, &[("reason", "事项取消")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(item(&world.kit.store, ItemRef::Id(world.item.item)).await.unwrap().unwrap().current, None);
} }

both! { migrations, async fn the_editor_is_for_operators_of_the_region(kit: Kit) {
    let world = World::build(kit).await;
    let page = format!("/desk/items/{}", world.item.item);
    for address in [page.clone(), format!("{page}/edit/basics"), format!("{page}/publish"), format!("{page}/history"), "/desk/items/new".to_owned()] {
        for token in ["clerk", "approver", "supervisor", "resident"] {
            assert_eq!(world.browser(token).get(&address).await.status, StatusCode::FORBIDDEN, "{address} {token}");
        }
    }
    let mut elsewhere = world.browser("operator-elsewhere");
    assert_eq!(elsewhere.get(&page).await.status, StatusCode::NOT_FOUND);
    assert!(!elsewhere.get("/desk/items").await.text().contains("食品经营许可"));
    assert!(!elsewhere.get("/desk/quality").await.text().contains("食品经营许可"));
    let token = elsewhere.get("/desk/items/new").await.hidden("_csrf");
    for act in ["draft", "publish", "discard", "edit/basics", "edit/steps/new", "edit/steps/0/remove", "edit/form/json"] {
        let answer = elsewhere.post(&format!("{page}/{act}"), &token, &[("version", "1")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    let unknown = world.browser("operator").get(&format!("{page}/edit/nothing")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
} }

both! { migrations, async fn every_page_of_the_editor_in_both_languages(kit: Kit) {
    let world = World::build(kit).await;
    let page = format!("/desk/items/{}", world.item.item);
    let mut operator = world.browser("operator");
    let before = operator.get(&page).await.text();
    assert!(before.contains("修改这个事项"));
    operator.post_from(&page, &format!("{page}/draft"), &[]).await;
    let sections = ["basics", "audience", "limits", "conditions", "materials", "form", "duties", "steps", "special_procedures", "results",
        "fees", "online", "places", "contact", "legal_basis", "questions", "authority"];
    let lists = ["materials", "form", "duties", "steps", "special_procedures", "results", "fees", "places", "legal_basis", "questions"];
    let mut pages: Vec<String> = sections.iter().map(|word| format!("{page}/edit/{word}")).collect();
    pages.extend(lists.iter().map(|word| format!("{page}/edit/{word}/new")));
    pages.extend(["/publish", "/history", "/discard", "/edit/form/json", "/edit/form/2", "/edit/steps/0", "/edit/steps/0/remove", ""]
        .map(|rest| format!("{page}{rest}")));
    pages.extend(["/desk/items".to_owned(), "/desk/items/new".to_owned(), "/desk/quality".to_owned()]);
    for language in ["zh-CN", "en"] {
        operator.speak(language);
        for address in &pages {
            let answer = operator.get(address).await;
            let text = answer.text();
            assert_eq!(answer.status, StatusCode::OK, "{address} {language}: {text}");
            for mark in [">editor-", " editor-", "\"editor-", ">desk-", "refused-", ">finding-", "：finding-"] {
                let found = text.find(mark).map(|at| text[at..].chars().take(60).collect::<String>());
                assert!(found.is_none(), "{address} {language}: {found:?}");
            }
        }
    }
} }
