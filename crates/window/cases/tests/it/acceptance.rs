//! At the window: accept, tell once what is missing, not accept.

use serde_json::json;
use tongban_access::{Actor, Role};
use tongban_cases::{Error, file_of};
use tongban_codes::ItemType;
use tongban_procedure::{DocumentKind, State};
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

both! { migrations, async fn who_may_accept(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let elsewhere = staff_of(Role::Clerk, Uuid::from_u128(1), "519902000000");
    let other_office = staff_of(Role::Approver, Uuid::from_u128(2), "519901000000");
    let operator = staff_of(Role::Operator, Uuid::from_u128(1), "519900000000");
    let stranger = world.person("李四", 102).await;
    for outsider in [&elsewhere, &other_office, &operator, &stranger, &Actor::Nobody] {
        assert!(matches!(world.accept(outsider, world.accept_input(case)).await, Err(Error::NotFound)), "{outsider:?}");
        assert!(matches!(world.not_accept(outsider, world.not_accept_input(case, "理由")).await, Err(Error::NotFound)));
        assert!(matches!(world.ask_supplement(outsider, world.ask_input(case, "缺")).await, Err(Error::NotFound)));
    }
    let supervisor = staff_of(Role::Supervisor, Uuid::from_u128(3), "519900000000");
    for onlooker in [&supervisor, &world.applicant] {
        assert!(matches!(world.accept(onlooker, world.accept_input(case)).await, Err(Error::Denied(_))), "{onlooker:?}");
    }
    let mut stale = world.accept_input(case);
    stale.seen = Some(1);
    assert!(matches!(world.accept(&world.clerk(), stale).await, Err(Error::Conflict)));
    world.accept(&world.approver(), world.accept_input(case)).await.unwrap();
    assert_eq!(refusal(world.accept(&world.clerk(), world.accept_input(case)).await), "case.wrong_state");
    let missing = world.accept(&world.clerk(), world.accept_input(Uuid::from_u128(404))).await;
    assert!(matches!(missing, Err(Error::NotFound)));
} }

both! { migrations, async fn what_is_missing_is_told_once(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    assert_eq!(refusal(world.ask_supplement(&world.clerk(), world.ask_input(case, " ")).await), "case.reason_missing");
    let mut stale = world.ask_input(case, "租赁合同缺少签字页");
    stale.seen = Some(1);
    assert!(matches!(world.ask_supplement(&world.clerk(), stale).await, Err(Error::Conflict)));
    world.ask_supplement(&world.clerk(), world.ask_input(case, " 租赁合同缺少签字页 ")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.supplemented), (State::Supplement, true));
    assert_eq!(view.supplement_text.as_deref(), Some("租赁合同缺少签字页"));
    assert_eq!(view.supplement_until, Some(day("2026-12-04")), "ten working days");
    assert!(view.clocks.iter().all(|clock| clock.ended_on.is_some() || !clock.is_of_office()), "the office does not wait");
    let notice = view.documents.last().unwrap();
    assert_eq!((notice.kind, notice.number.as_str()), (DocumentKind::SupplementNotice, "补〔2026〕1号"));
    assert_eq!(notice.body.paragraphs[1], "租赁合同缺少签字页");
    assert!(notice.body.paragraphs[2].contains("2026 年 12 月 4 日"));
    assert_eq!(refusal(world.accept(&world.clerk(), world.accept_input(case)).await), "case.wrong_state");

    // The applicant adds a file and mends the form; another person does not, and nothing is fetched any more.
    let stranger = world.person("李四", 102).await;
    assert!(matches!(world.answer_supplement(&stranger, world.answer_input(case)).await, Err(Error::NotFound)));
    let file = world.attach_input(case, "lease").await;
    world.attach(&world.applicant, file).await.unwrap();
    world.save_draft(&world.applicant, world.save_input(case, json!({ "area": 0 }))).await.unwrap();
    let incomplete = world.answer_supplement(&world.applicant, world.answer_input(case)).await;
    assert_eq!(refusal(incomplete), "case.form_invalid");
    world.save_draft(&world.applicant, world.save_input(case, json!({ "area": 75 }))).await.unwrap();
    let fetched = world.fill_draft(&world.applicant, world.fill_input(case, register_facts())).await;
    assert_eq!(refusal(fetched), "case.wrong_state");
    let mut stale = world.answer_input(case);
    stale.seen = Some(1);
    assert!(matches!(world.answer_supplement(&world.applicant, stale).await, Err(Error::Conflict)));
    kit.clock.set(beijing("2026-11-25 09:00"));
    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.state, State::Submitted);
    assert_eq!((view.clocks[0].rule.as_str(), view.clocks[0].started_on), ("supplement_notice", day("2026-11-25")));
    assert_eq!(view.clocks[0].due_on, Some(day("2026-12-02")));
    let again = world.answer_supplement(&world.applicant, world.answer_input(case)).await;
    assert_eq!(refusal(again), "case.wrong_state");

    let again = world.ask_supplement(&world.clerk(), world.ask_input(case, "还缺平面图")).await;
    assert_eq!(refusal(again), "case.supplement_once");
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    assert_eq!(world.own_view(case).await.state, State::Accepted);
} }

both! { migrations, async fn not_accepting_has_reasons_and_remedies(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    assert_eq!(refusal(world.not_accept(&world.clerk(), world.not_accept_input(case, "")).await), "case.reason_missing");
    let mut stale = world.not_accept_input(case, "不属于本机关职权范围");
    stale.seen = Some(1);
    assert!(matches!(world.not_accept(&world.clerk(), stale).await, Err(Error::Conflict)));
    assert!(matches!(
        world.not_accept(&world.applicant, world.not_accept_input(case, "理由")).await,
        Err(Error::Denied(_))
    ));
    world.not_accept(&world.clerk(), world.not_accept_input(case, "不属于本机关职权范围")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.state, State::NotAccepted);
    let document = view.documents.last().unwrap();
    assert_eq!((document.kind, document.body.title.as_str()), (DocumentKind::NonAcceptance, "行政许可申请不予受理通知书"));
    assert_eq!((document.body.paragraphs[1].as_str(), document.body.remedies.len()), ("不属于本机关职权范围", 1));
    assert!(view.clocks.iter().all(|clock| clock.ended_on.is_some()));
    for closed in [
        world.accept(&world.clerk(), world.accept_input(case)).await,
        world.not_accept(&world.clerk(), world.not_accept_input(case, "再次")).await,
        world.withdraw(&world.applicant, tongban_cases::Withdraw { case, seen: None }).await,
    ] {
        assert_eq!(refusal(closed), "case.wrong_state");
    }
} }

both! { migrations, async fn after_the_term_of_the_notice_nothing_is_sent_back(kit: Kit) {
    let world = World::open(&kit).await;
    let (in_time, _) = world.submitted(&world.applicant).await;
    let lisi = world.person("李四", 102).await;
    let (case, _) = world.submitted(&lisi).await;
    kit.clock.set(beijing("2026-11-27 23:59"));
    world.ask_supplement(&world.clerk(), world.ask_input(in_time, "缺少签字页")).await.unwrap();
    kit.clock.set(beijing("2026-11-28 00:01"));
    // No job has run yet.
    let asked = world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await;
    assert_eq!(refusal(asked), "case.counts_as_accepted");
    let turned_away = world.not_accept(&world.clerk(), world.not_accept_input(case, "不属于职权范围")).await;
    assert_eq!(refusal(turned_away), "case.counts_as_accepted");
    assert_eq!(world.view(&lisi, case).await.unwrap().state, State::Submitted);

    // Who accepts late accepts from the day of receipt.
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    let view = world.view(&lisi, case).await.unwrap();
    let clock = &view.clocks[0];
    assert_eq!((clock.rule.as_str(), clock.started_on, clock.due_on), ("decide", day("2026-11-20"), Some(day("2026-11-27"))));
    assert_eq!((view.accepted_at, view.accepted_at.is_some()), (view.submitted_at, true));
    assert!(view.documents.last().unwrap().body.paragraphs[0].contains("第三十二条"));

    // A matter of another type has no such term.
    let mut service = content();
    service.item_type = ItemType::PublicService;
    let world = world.with_item("1-EXAMPLE-2", service).await;
    let (case, _) = world.submitted(&world.person("张三", 103).await).await;
    kit.clock.set(beijing("2026-12-30 09:00"));
    world.not_accept(&world.clerk(), world.not_accept_input(case, "不属于职权范围")).await.unwrap();
} }

both! { migrations, async fn what_came_is_listed_in_the_receipts(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let receipt = world.own_view(case).await.documents.pop().unwrap();
    assert_eq!(receipt.body.paragraphs[1..], [
        "收到的材料：",
        "1. 身份证明（来自示范市公安局 人口库，免提交）",
        "2. 场所使用证明（文件 1 个）",
    ]);
    kit.clock.set(beijing("2026-11-23 09:00"));
    world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少平面图")).await.unwrap();
    kit.clock.set(beijing("2026-11-24 09:00"));
    let plan = world.attach_input(case, "plan").await;
    world.attach(&world.applicant, plan).await.unwrap();
    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    let view = world.own_view(case).await;
    let receipt = view.documents.last().unwrap();
    assert_eq!((receipt.kind, receipt.number.as_str(), receipt.body.title.as_str()), (DocumentKind::SupplementReceipt, "补收〔2026〕1号", "补正材料接收凭证"));
    assert_eq!(receipt.body.paragraphs[1..], ["收到的补正材料：", "1. 平面图（文件 1 个）"]);
    assert_eq!(view.history.last().unwrap().document, Some(receipt.id));
} }

both! { migrations, async fn a_supplement_leaves_what_was_filed(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let filed = world.own_view(case).await;
    let lease = filed.materials.iter().find(|material| material.has_file).unwrap().id;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "租赁合同缺少签字页")).await.unwrap();
    world.detach(&world.applicant, case, lease).await.unwrap();
    let first = world.attach_input(case, "lease").await;
    let first = world.attach(&world.applicant, first).await.unwrap();
    world.detach(&world.applicant, case, first).await.unwrap();
    let again = world.attach_input(case, "lease").await;
    let again = world.attach(&world.applicant, again).await.unwrap();
    world.save_draft(&world.applicant, world.save_input(case, json!({ "area": 75 }))).await.unwrap();

    // Until it is handed in it is the applicant's alone: the office reads what was filed.
    let own = world.own_view(case).await;
    assert_eq!(own.values.get("area"), Some(&json!(75)));
    assert_eq!(own.materials.iter().filter(|material| material.has_file).map(|material| material.id).collect::<Vec<_>>(), [again]);
    let office = world.view(&world.clerk(), case).await.unwrap();
    assert_eq!((&office.values, office.materials.len()), (&filed.values, filed.materials.len()));
    assert!(office.materials.iter().any(|material| material.id == lease) && office.filed_before.is_none());
    assert!(file_of(&world.store, &world.clerk(), case, again).await.unwrap().is_none());
    assert!(file_of(&world.store, &world.clerk(), case, lease).await.unwrap().is_some());

    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    let office = world.view(&world.clerk(), case).await.unwrap();
    assert_eq!(office.values.get("area"), Some(&json!(75)));
    let before = office.filed_before.unwrap();
    assert_eq!(before.changed.iter().collect::<Vec<_>>(), [(&"area".to_owned(), filed.values.get("area").unwrap())]);
    assert_eq!(before.superseded.iter().map(|material| material.id).collect::<Vec<_>>(), [lease], "what was never filed is gone");
    let marks: Vec<_> = office.materials.iter().map(|material| (material.has_file, material.supplement)).collect();
    assert_eq!(marks, [(false, false), (true, true)]);
    for file in [lease, again] {
        let file = file_of(&world.store, &world.approver(), case, file).await.unwrap().unwrap();
        world.store.blobs().get(&file.blob).await.unwrap();
    }
} }

both! { migrations, async fn a_supplement_that_was_never_handed_in_says_what_was_filed(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let filed = world.own_view(case).await.values;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "面积填错了")).await.unwrap();
    world.save_draft(&world.applicant, world.save_input(case, json!({ "area": 75 }))).await.unwrap();
    world.withdraw(&world.applicant, tongban_cases::Withdraw { case, seen: None }).await.unwrap();
    for reader in [&world.applicant, &world.clerk()] {
        let view = world.view(reader, case).await.unwrap();
        assert_eq!((view.state, &view.values), (State::Withdrawn, &filed));
        assert!(view.filed_before.is_none());
    }
} }
