//! What staff do to a case.

use axum::http::StatusCode;
use tongban_store::{PageRequest, Stream};
use tongban_testkit::Kit;

use crate::world::{World, both, migrations, number};

async fn access_lines(kit: &Kit) -> Vec<String> {
    let subjects = kit.store.blinds("citizen", &number(1));
    let lines = kit
        .store
        .log_about(Stream::Access, &subjects, PageRequest::new(1, 50))
        .await
        .unwrap();
    lines
        .rows
        .iter()
        .map(|line| line.detail["purpose"].as_str().unwrap().to_owned())
        .collect()
}

both! { migrations, async fn a_case_goes_from_the_list_to_the_result(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let page = format!("/desk/cases/{case}");

    let mut clerk = world.browser("clerk");
    let list = clerk.get("/desk").await.text();
    assert!(list.contains(&page) && list.contains("王××") && list.contains("1 份：0 共享 1 上传"), "{list}");
    let shown = clerk.get(&page).await;
    let version = shown.hidden("version");
    assert!(shown.text().contains("80 平方米") && !shown.text().contains(&number(1)), "{}", shown.text());
    let done = clerk.post_from(&page, &format!("{page}/accept"), &[("version", &version)]).await;
    assert_eq!((done.status, done.location().as_str()), (StatusCode::SEE_OTHER, "/desk"), "{}", done.text());

    let mut approver = world.browser("approver");
    let shown = approver.get(&page).await;
    assert!(shown.text().contains("这个日期怎么算的") && !shown.text().contains("/decide"), "{}", shown.text());
    let version = shown.hidden("version");
    let step = [("version", version.as_str()), ("text", "材料属实")];
    assert_eq!(approver.post_from(&page, &format!("{page}/step"), &step).await.location(), page);

    let version = approver.get(&page).await.hidden("version");
    let refuse = [("version", version.as_str()), ("outcome", "refuse"), ("text", "")];
    let refused = approver.post_from(&page, &format!("{page}/decide"), &refuse).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("请写明理由"));

    let grant = [("version", version.as_str()), ("outcome", "grant"), ("text", "同意")];
    let question = approver.post_from(&page, &format!("{page}/decide"), &grant).await;
    assert_eq!(question.status, StatusCode::OK);
    assert!(question.text().contains("准予这件申请？") && question.hidden("confirmed") == "yes");
    let token = question.hidden("_csrf");
    let sure = [("version", version.as_str()), ("outcome", "grant"), ("text", "同意"), ("confirmed", "yes")];
    let done = approver.post(&format!("{page}/decide"), &token, &sure).await;
    assert_eq!(done.location(), "/desk", "{}", done.text());

    let list = clerk.get("/desk?show=deliver").await.text();
    assert!(list.contains(&page) && list.contains("准予，待送达"));
    let version = clerk.get(&page).await.hidden("version");
    let missing = clerk.post_from(&page, &format!("{page}/deliver"), &[("version", &version)]).await;
    assert!(missing.status == StatusCode::UNPROCESSABLE_ENTITY && missing.text().contains("谁领取的"));
    let note = [("version", version.as_str()), ("text", "本人领取")];
    assert_eq!(clerk.post_from(&page, &format!("{page}/deliver"), &note).await.location(), "/desk");
    let shown = clerk.get(&page).await.text();
    assert!(shown.contains("本人领取") && shown.contains("准予行政许可决定书"));
    let link = shown.split('"').find(|part| part.starts_with(&format!("{page}/documents/"))).unwrap();
    assert!(clerk.get(link).await.body.starts_with(b"%PDF"));
} }

both! { migrations, async fn an_opinion_survives_a_session_that_ended(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let page = format!("/desk/cases/{case}");
    let mut clerk = world.browser("clerk");
    let version = clerk.get(&page).await.hidden("version");
    clerk.post_from(&page, &format!("{page}/accept"), &[("version", &version)]).await;

    let mut approver = world.browser("approver");
    let shown = approver.get(&page).await;
    let (version, token) = (shown.hidden("version"), shown.hidden("_csrf"));
    approver.sign_out();
    let typed = [("version", version.as_str()), ("text", "现场看过，材料属实")];
    let answer = approver.post(&format!("{page}/step"), &token, &typed).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let text = answer.text();
    assert!(text.contains("刚才填的内容没有丢") && text.contains("name=\"kind\" value=\"staff\"") && !text.contains("现场看过"), "{text}");
    assert!(answer.hidden("kept").len() > 100);
    // nothing was done, and the form that the sign-in hands back is taken with a fresh token
    let mut approver = world.browser("approver");
    let shown = approver.get(&page).await;
    assert_eq!(shown.hidden("version"), version);
    assert_eq!(approver.post(&format!("{page}/step"), &shown.hidden("_csrf"), &typed).await.location(), page);
} }

both! { migrations, async fn an_old_page_and_a_second_click_change_nothing(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let page = format!("/desk/cases/{case}");
    let (mut clerk, mut approver) = (world.browser("clerk"), world.browser("approver"));
    let version = clerk.get(&page).await.hidden("version");
    let words = [("version", version.as_str()), ("text", "平面图看不清，请重拍")];
    assert_eq!(clerk.post_from(&page, &format!("{page}/supplement"), &words).await.location(), "/desk");
    let again = clerk.post_from("/desk/file", &format!("{page}/accept"), &[("version", &version)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains(&format!("href=\"{page}\"")));
    let stale = [("version", version.as_str()), ("text", "不符合条件"), ("confirmed", "yes")];
    let stale = approver.post_from("/desk/follow-ups?", &format!("{page}/not-accept"), &stale).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("不符合条件"), "what was typed is not lost");
    let text = clerk.get(&page).await.text();
    assert!(text.contains("平面图看不清，请重拍") && text.contains("等申请人补正"));
} }

both! { migrations, async fn the_full_number_is_shown_once_and_on_record(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let page = format!("/desk/cases/{case}");
    let mut clerk = world.browser("clerk");
    clerk.get(&page).await;
    clerk.get(&page).await;
    assert_eq!(access_lines(&world.kit).await, ["办理“食品经营许可”"], "one line a day");

    let reveal = format!("{page}/reveal");
    let refused = clerk.post_from(&page, &reveal, &[("cause", "curiosity")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.text().contains(&number(1)));
    let shown = clerk.post_from(&page, &reveal, &[("cause", "verify_identity")]).await;
    assert!(shown.status == StatusCode::OK && shown.text().contains(&number(1)) && shown.text().contains("10012345678"));
    assert!(!clerk.get(&page).await.text().contains(&number(1)), "masked again");
    let lines = access_lines(&world.kit).await;
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().any(|line| line == "查看完整号码：核对身份（“食品经营许可”）"), "{lines:?}");

    world.browser("approver").get(&page).await;
    world.kit.clock.advance(chrono::Duration::days(1));
    clerk.get(&page).await;
    assert_eq!(access_lines(&world.kit).await.len(), 4, "another reader and another day");
} }

both! { migrations, async fn a_special_procedure_is_started_and_ended_from_the_page(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let page = format!("/desk/cases/{case}");
    let (mut clerk, mut approver) = (world.browser("clerk"), world.browser("approver"));
    let version = clerk.get(&page).await.hidden("version");
    clerk.post_from(&page, &format!("{page}/accept"), &[("version", &version)]).await;
    assert!(!clerk.get(&page).await.text().contains("启动特别程序"), "a clerk stops no clock");

    let shown = approver.get(&page).await;
    assert!(shown.text().contains("启动特别程序") && shown.text().contains("延长期限 10 个工作日"), "{}", shown.text());
    let version = shown.hidden("version");
    let start = format!("{page}/special");
    let empty = [("version", version.as_str()), ("kind", "expert_review"), ("days", "ten"), ("text", "方案要论证")];
    let refused = approver.post_from(&page, &start, &empty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("从 1 到 250") && refused.text().contains("方案要论证"), "what was typed is not lost");
    let good = [("version", version.as_str()), ("kind", "expert_review"), ("days", "10"), ("text", "方案要论证")];
    assert_eq!(approver.post_from(&page, &start, &good).await.location(), page);
    let again = approver.post_from(&page, &start, &good).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "a second click");
    let shown = approver.get(&page).await;
    let text = shown.text();
    assert!(text.contains("起暂停计时") && text.contains("正在进行：专家评审") && text.contains("特别程序告知书"), "{text}");
    assert!(approver.get("/desk?show=decide").await.text().contains("暂停计时"));
    let version = shown.hidden("version");
    let end = [("version", version.as_str()), ("text", "同意方案")];
    assert_eq!(approver.post_from(&page, &format!("{page}/special-end"), &end).await.location(), page);
    let shown = approver.get(&page).await;
    assert!(shown.text().contains("专家评审：同意方案") && !shown.text().contains("起暂停计时"), "{}", shown.text());
    let version = shown.hidden("version");
    let extension = [("version", version.as_str()), ("text", "要核对外省信息"), ("approval", "局长批准")];
    assert_eq!(approver.post_from(&page, &format!("{page}/extension"), &extension).await.location(), page);
    let text = approver.get(&page).await.text();
    assert!(text.contains("延期告知书") && !text.contains("局长批准"), "{text}");
} }
