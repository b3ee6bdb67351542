//! The legal clock: when it starts, when it ends, and what is said where the calendar ends.

use tongban_cases::clocks_of;
use tongban_catalogue::Limit;
use tongban_codes::{CaseNumber, ItemType, Light, LimitUnit};
use tongban_procedure::DocumentKind;
use tongban_testkit::both;

use crate::world::*;

both! { migrations, async fn a_permit_has_five_days_for_the_notice_and_then_the_promise(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let notice = world.own_view(case).await.clocks.remove(0);
    assert_eq!((notice.rule.as_str(), notice.total, notice.unit), ("supplement_notice", 5, LimitUnit::Workday));
    assert_eq!(notice.article.as_deref(), Some("《中华人民共和国行政许可法》第三十二条"));
    assert_eq!((notice.started_on, notice.due_on, notice.used), (day("2026-11-20"), Some(day("2026-11-27")), Some(0)));
    kit.clock.set(beijing("2026-11-24 10:00"));
    assert_eq!(world.own_view(case).await.clocks[0].used, Some(2));
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    let clocks = world.own_view(case).await.clocks;
    let read: Vec<_> = clocks.iter().map(|clock| (clock.rule.as_str(), clock.due_on, clock.ended_on)).collect();
    assert_eq!(read, [
        ("decide", Some(day("2026-12-01")), None),
        ("supplement_notice", Some(day("2026-11-27")), Some(day("2026-11-24"))),
    ]);
    assert_eq!((clocks[0].total, clocks[0].article.as_deref(), clocks[0].light), (5, Some("承诺办结时限"), Light::Green));
    kit.clock.set(beijing("2026-12-02 10:00"));
    let late = world.own_view(case).await.clocks.remove(0);
    assert_eq!((late.light, late.percent()), (Light::Red, 100));
    let explained = clocks_of(&world.store, case).await.unwrap()[0].explain(&world.calendar);
    assert_eq!((explained.rule.as_str(), explained.explanation.steps.is_empty()), ("decide", false));
} }

both! { migrations, async fn the_licensing_law_holds_for_permits_only(kit: Kit) {
    let mut service = content();
    service.item_type = ItemType::PublicService;
    service.promised_limit = None;
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", service).await;
    let case = world.accepted(&world.applicant).await;
    let view = world.own_view(case).await;
    assert!(view.clocks.is_empty(), "no law and no promise: no date");
    let notice = view.documents.last().unwrap();
    assert_eq!((notice.body.title.as_str(), notice.body.paragraphs.len()), ("申请受理通知书", 1));
} }

both! { migrations, async fn a_week_of_holidays_does_not_count(kit: Kit) {
    kit.clock.set(beijing("2026-09-29 15:00"));
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    // 30 September, 8, 9, 10 (a Saturday that is worked) and 12 October.
    assert_eq!(world.own_view(case).await.clocks[0].due_on, Some(day("2026-10-12")));
    kit.clock.set(beijing("2026-09-30 17:00"));
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.clocks[0].due_on, Some(day("2026-10-13")));
    assert!(view.documents[1].body.paragraphs[1].contains("2026 年 10 月 13 日"));
    kit.clock.set(beijing("2026-10-05 10:00"));
    assert_eq!(world.own_view(case).await.clocks[0].used, Some(0), "nothing is used up in the holidays");
} }

both! { migrations, async fn the_day_turns_at_midnight_in_beijing(kit: Kit) {
    kit.clock.set(beijing("2026-09-29 23:59"));
    let world = World::open(&kit).await;
    let (before, first) = world.submitted(&world.applicant).await;
    kit.clock.set(beijing("2026-09-30 00:01"));
    let (after, second) = world.submitted(&world.applicant).await;
    let numbers = [&first, &second].map(|submitted| CaseNumber::parse(&submitted.number).unwrap());
    assert_eq!(numbers.clone().map(|number| number.date()), [day("2026-09-29"), day("2026-09-30")]);
    assert_eq!(numbers.map(|number| number.serial()), [1, 1], "the serial begins anew with the day");
    let due = [world.own_view(before).await, world.own_view(after).await].map(|view| view.clocks[0].due_on);
    assert_eq!(due, [Some(day("2026-10-12")), Some(day("2026-10-13"))]);
    let receipt = world.own_view(after).await.documents.remove(0);
    assert_eq!((receipt.number.as_str(), receipt.issued_on), ("收〔2026〕2号", day("2026-09-30")), "documents count through the year");
} }

both! { migrations, async fn no_date_is_invented_where_the_calendar_ends(kit: Kit) {
    kit.clock.set(beijing("2026-12-28 10:00"));
    let world = World::open(&kit).await;
    assert!(!world.calendar.knows(2027));
    let (case, _) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.supplement_until, None);
    let notice = view.documents.last().unwrap();
    assert!(notice.body.paragraphs[2].contains("10 个工作日内补正"), "{:?}", notice.body.paragraphs);
    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    let view = world.own_view(case).await;
    let clock = &view.clocks[0];
    assert_eq!((clock.rule.as_str(), clock.due_on), ("decide", None));
    assert!(clock.earliest > Some(day("2026-12-31")), "{:?}", clock.earliest);
    let notice = view.documents.last().unwrap();
    assert_eq!(notice.kind, DocumentKind::Acceptance);
    assert!(notice.body.paragraphs[1].contains("5 个工作日内作出决定"), "{:?}", notice.body.paragraphs);
    let lines = tongban_cases::work_list(
        &world.store,
        &world.clerk(),
        tongban_cases::WorkFilter::ToDecide,
        &world.calendar,
        tongban_store::PageRequest::new(1, 10),
    )
    .await
    .unwrap();
    assert_eq!((lines.rows[0].due_on, lines.rows[0].due_earliest), (None, clock.earliest));
    // In the new year, the papers count from one again.
    kit.clock.set(beijing("2027-01-01 00:01"));
    world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
    let grant = world.own_view(case).await.documents.pop().unwrap();
    assert_eq!((grant.number.as_str(), grant.issued_on), ("准〔2027〕1号", day("2027-01-01")));
} }

both! { migrations, async fn a_limit_in_months_says_months(kit: Kit) {
    kit.clock.set(beijing("2026-12-28 10:00"));
    let mut content = content();
    content.promised_limit = Some(Limit { amount: 2, unit: LimitUnit::Month, basis: Some("某办法第八条".to_owned()), explain: None });
    content.legal_limit.clone_from(&content.promised_limit);
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", content).await;
    let case = world.accepted(&world.applicant).await;
    let view = world.own_view(case).await;
    assert_eq!(view.clocks[0].article.as_deref(), Some("某办法第八条"));
    let words = &view.documents.last().unwrap().body.paragraphs[1];
    assert!(view.clocks[0].due_on.is_some() || words.contains("2 个月内"), "{words}");
    assert!(!words.contains("工作日"), "{words}");
} }
