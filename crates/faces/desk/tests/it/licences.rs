//! Licences in the desk of the organisation that issued them.

use axum::http::StatusCode;
use tongban_access::Actor;
use tongban_licences::{Verdict, licence_view, verify_code};
use tongban_store::{PageRequest, Stream};
use uuid::Uuid;

use crate::world::{World, both, migrations, number};

async fn verdict(world: &World, licence: Uuid) -> Verdict {
    let store = &world.kit.store;
    let code = licence_view(store, &Actor::System, licence)
        .await
        .unwrap()
        .verify_code
        .unwrap();
    verify_code(store, &code).await.unwrap().verdict
}

async fn on_record(world: &World) -> Vec<String> {
    let subjects = world.kit.store.blinds("citizen", &number(1));
    let lines = world
        .kit
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

both! { migrations, async fn a_licence_is_found_and_looked_at(kit: Kit) {
    let world = World::build(kit).await;
    let licence = world.licence().await;
    let page = format!("/desk/licences/{licence}");
    let mut approver = world.browser("approver");
    let list = approver.get("/desk/licences").await.text();
    assert!(list.contains(&page) && list.contains("食品经营许可证") && !list.contains(&number(1)), "{list}");
    let identifier = licence_view(&world.kit.store, &Actor::System, licence).await.unwrap().identifier;
    assert!(approver.get(&format!("/desk/licences?q={identifier}")).await.text().contains(&page));
    assert!(!approver.get("/desk/licences?q=1.2.3").await.text().contains(&page));
    assert!(!approver.get("/desk/licences?show=revoked").await.text().contains(&page));

    let find = "/desk/licences/find";
    let found = approver.post_from("/desk/licences", find, &[("number", &number(1))]).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.text().contains(&page) && !found.text().contains(&number(1)), "the number is not given back");
    let wrong = approver.post_from("/desk/licences", find, &[("number", "51990077")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.text().contains("51990077"));

    let shown = approver.get(&page).await.text();
    assert!(shown.contains("人民路1号") && !shown.contains(&number(1)) && !shown.contains(&number(2)) && !shown.contains("10087654321"), "{shown}");
    assert_eq!(on_record(&world).await.len(), 2, "found by number, and looked at");

    let reveal = format!("{page}/reveal");
    let refused = approver.post_from(&page, &reveal, &[("cause", "curiosity")]).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && !refused.text().contains(&number(1)));
    let revealed = approver.post_from(&page, &reveal, &[("cause", "verify_identity")]).await;
    assert!(revealed.status == StatusCode::OK && revealed.text().contains(&number(1)));
    assert!(!approver.get(&page).await.text().contains(&number(1)), "masked again");
    assert_eq!(on_record(&world).await.len(), 3);
} }

both! { migrations, async fn others_do_not_reach_it(kit: Kit) {
    let world = World::build(kit).await;
    let page = format!("/desk/licences/{}", world.licence().await);
    for (token, expected) in [
        ("approver-other", StatusCode::NOT_FOUND),
        ("clerk", StatusCode::FORBIDDEN),
        ("supervisor", StatusCode::FORBIDDEN),
        ("operator", StatusCode::FORBIDDEN),
        ("resident", StatusCode::FORBIDDEN),
    ] {
        let mut browser = world.browser(token);
        for address in [page.clone(), format!("{page}/reissue")] {
            assert_eq!(browser.get(&address).await.status, expected, "{token} {address}");
        }
        let start = match token {
            "operator" => "/desk/items",
            "resident" => continue,
            _ => "/desk",
        };
        let csrf = browser.get(start).await.hidden("_csrf");
        for act in ["status", "reissue", "reveal"] {
            let fields = [("version", "1"), ("change", "revoke"), ("cause", "obtained_by_fraud"), ("text", "x"), ("confirmed", "yes")];
            let answer = browser.post(&format!("{page}/{act}"), &csrf, &fields).await;
            assert_eq!(answer.status, expected, "{token} {act}");
        }
    }
    let approver = &mut world.browser("approver");
    assert_eq!(approver.get("/desk/licences/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(approver.get(&format!("/desk/licences/{}", Uuid::from_u128(1))).await.status, StatusCode::NOT_FOUND);
} }

both! { migrations, async fn a_change_is_asked_twice_and_done_once(kit: Kit) {
    let world = World::build(kit).await;
    let licence = world.licence().await;
    let page = format!("/desk/licences/{licence}");
    let status = format!("{page}/status");
    let mut approver = world.browser("approver");
    let fields = |change: &'static str, cause: &'static str, text: &'static str, version: &'static str| {
        vec![("change", change), ("cause", cause), ("text", text), ("version", version)]
    };
    // what is missing is told at once, and what was typed stays
    let silent = approver.post_from(&page, &status, &fields("suspend", "penalty_suspension", " ", "1")).await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.text().contains("请写明理由"));
    let causeless = approver.post_from(&page, &status, &fields("suspend", "renewal", "整改", "1")).await;
    assert!(causeless.status == StatusCode::UNPROCESSABLE_ENTITY && causeless.text().contains("请选择事由") && causeless.text().contains("整改"));
    let unknown = approver.post_from(&page, &status, &fields("burn", "", "", "1")).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);

    let question = approver.post_from(&page, &status, &fields("suspend", "penalty_suspension", "限期整改", "1")).await;
    assert!(question.status == StatusCode::OK && question.text().contains("暂扣这张证照？") && question.hidden("confirmed") == "yes");
    assert_eq!(verdict(&world, licence).await, Verdict::Valid, "a question changes nothing");
    let token = question.hidden("_csrf");
    let mut sure = fields("suspend", "penalty_suspension", "限期整改", "1");
    sure.push(("confirmed", "yes"));
    assert_eq!(approver.post(&status, &token, &sure).await.location(), page);
    assert_eq!(verdict(&world, licence).await, Verdict::Suspended, "at once");
    // the second of two clicks, and an old page
    for again in [sure.clone(), fields("cancel", "holder_asked", "申请", "1")] {
        let answer = approver.post(&status, &token, &again).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text().contains(&format!("href=\"{page}\"")));
    }
    let shown = approver.get(&page).await.text();
    assert!(shown.contains("限期整改") && shown.contains("行政处罚：暂扣许可证件"), "{shown}");
    let mut restore = fields("restore", "suspension_over", "整改完成", "2");
    restore.push(("confirmed", "yes"));
    assert_eq!(approver.post(&status, &token, &restore).await.location(), page);
    assert_eq!(verdict(&world, licence).await, Verdict::Valid);
    let mut revoke = fields("revoke", "obtained_by_fraud", "材料虚假", "3");
    revoke.push(("confirmed", "yes"));
    assert_eq!(approver.post(&status, &token, &revoke).await.location(), page);
    assert_eq!(verdict(&world, licence).await, Verdict::Revoked);
    let shown = approver.get(&page).await.text();
    assert!(shown.contains("这一版已经终止") && !shown.contains("name=\"change\""));
    assert_eq!(approver.get(&format!("{page}/reissue")).await.status, StatusCode::CONFLICT);
} }

both! { migrations, async fn a_new_edition_corrects_the_old(kit: Kit) {
    let world = World::build(kit).await;
    let licence = world.licence().await;
    let page = format!("/desk/licences/{licence}");
    let reissue = format!("{page}/reissue");
    let mut approver = world.browser("approver");
    let form = approver.get(&reissue).await.text();
    for secret in [number(1), number(2), "10087654321".to_owned()] {
        assert!(!form.contains(&secret), "{secret}");
    }
    assert!(!form.contains("value=\"李四") && !form.contains("value=\"人民路"), "what stands is beside the field, never in it");
    let typed = |place: &'static str, manager: &'static str, to: &'static str| {
        vec![
            ("version", "1"), ("cause", "correction"), ("text", "地址写错"), ("holder_name", "王小明"),
            ("valid_from", "2026-11-20"), ("valid_to", to), ("field-0", place), ("field-1", manager), ("field-2", ""),
        ]
    };
    let undated = approver.post_from(&reissue, &reissue, &typed("人民路2号", "", "明天")).await;
    assert!(undated.status == StatusCode::UNPROCESSABLE_ENTITY && undated.text().contains("value=\"人民路2号\""));
    let mut reversed = typed("人民路2号", "", "2020-01-01");
    reversed.push(("confirmed", "yes"));
    let reversed = approver.post_from(&reissue, &reissue, &reversed).await;
    assert!(reversed.status == StatusCode::UNPROCESSABLE_ENTITY && reversed.text().contains("早于开始日期"));
    let mut masked = typed("", "李四 5199**********0029", "2031-11-19");
    masked.push(("confirmed", "yes"));
    let masked = approver.post_from(&reissue, &reissue, &masked).await;
    assert!(masked.status == StatusCode::UNPROCESSABLE_ENTITY && masked.text().contains("带星号"));

    let question = approver.post_from(&reissue, &reissue, &typed("人民路2号", "", "2031-11-19")).await;
    let text = question.text();
    assert!(question.status == StatusCode::OK && text.contains("换发新版？") && text.contains("人民路1号") && text.contains("人民路2号"), "{text}");
    let token = question.hidden("_csrf");
    let mut sure = typed("人民路2号", "", "2031-11-19");
    sure.push(("confirmed", "yes"));
    let done = approver.post(&reissue, &token, &sure).await;
    let new_page = done.location();
    assert!(new_page.starts_with("/desk/licences/") && new_page != page, "{}", done.text());
    assert_eq!(approver.post(&reissue, &token, &sure).await.status, StatusCode::CONFLICT, "the second click");
    let new: Uuid = new_page.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!((verdict(&world, licence).await, verdict(&world, new).await), (Verdict::Replaced, Verdict::Valid));
    let shown = approver.get(&new_page).await.text();
    assert!(shown.contains("人民路2号") && shown.contains(&format!("href=\"{page}\"")) && shown.contains("第 2 版"), "{shown}");
    assert!(approver.get(&page).await.text().contains("更正错误"));
} }
