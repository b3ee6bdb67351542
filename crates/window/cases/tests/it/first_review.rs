//! 初审 (行政许可法 43): the organ below has a term of its own beside that of the decision.

use std::sync::{Arc, Mutex};

use tongban_cases::{clocks_of, events::FirstReviewed};
use tongban_catalogue::{ItemContent, Limit};
use tongban_codes::{ItemType, Light, LimitUnit};
use tongban_procedure::State;
use tongban_store::{Message, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

/// The permit whose 审核 is the first review, with the law's limits.
fn by_law() -> ItemContent {
    let mut content = content();
    content.promised_limit = None;
    content.steps[1].first_review = true;
    content
}

fn limit(amount: u32, unit: LimitUnit, basis: &str) -> Option<Limit> {
    Some(Limit {
        amount,
        unit,
        basis: Some(basis.to_owned()),
        explain: None,
    })
}

/// The running clocks of a case: rule, days, last day, article.
async fn running(world: &World, case: Uuid) -> Vec<(String, u32, Option<chrono::NaiveDate>, Option<String>)> {
    let view = world.view(&world.clerk(), case).await.unwrap();
    view.clocks
        .into_iter()
        .filter(|clock| clock.ended_on.is_none())
        .map(|clock| (clock.rule, clock.total, clock.due_on, clock.article))
        .collect()
}

both! { migrations, async fn it_runs_beside_the_decision_and_ends_with_its_step(kit: Kit) {
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", by_law()).await;
    let case = world.accepted(&world.applicant).await;
    let article = |number: &str| Some(format!("《中华人民共和国行政许可法》第{number}条"));
    assert_eq!(running(&world, case).await, [
        ("decide".to_owned(), 20, Some(day("2026-12-18")), article("四十二")),
        ("first_review".to_owned(), 20, Some(day("2026-12-18")), article("四十三")),
    ]);
    let explained = clocks_of(&world.store, case).await.unwrap()[1].explain(&world.calendar);
    assert_eq!((explained.rule.as_str(), explained.explanation.due.date()), ("first_review", Some(day("2026-12-18"))));
    assert_eq!(refusal(world.decide(&world.approver(), world.decide_input(case, true, "")).await), "case.steps_open");

    kit.clock.set(beijing("2026-12-01 10:00"));
    world.complete_step(&world.approver(), world.step_input(case, "现场符合要求，报请决定")).await.unwrap();
    let view = world.own_view(case).await;
    let read: Vec<_> = view.clocks.iter().map(|clock| (clock.rule.as_str(), clock.used, clock.ended_on)).collect();
    assert_eq!(read[..2], [("decide", Some(7), None), ("first_review", Some(7), Some(day("2026-12-01")))]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    Worker::new(world.store.clone())
        .subscribe("test", move |_store, message: Message<FirstReviewed>| {
            heard.lock().unwrap().push(message.body.case);
            async { Ok(()) }
        })
        .drain()
        .await
        .unwrap();
    assert_eq!(*told.lock().unwrap(), [case], "told once");
    // Long after, the ended clock still says what it used.
    kit.clock.set(beijing("2026-12-30 10:00"));
    let ended = world.own_view(case).await.clocks.remove(1);
    assert_eq!((ended.used, ended.light), (Some(7), Light::Green));
} }

both! { migrations, async fn it_is_no_longer_than_the_promise_and_may_have_a_law_of_its_own(kit: Kit) {
    let mut promised = content();
    promised.steps[1].first_review = true;
    let mut world = World::open(&kit).await.with_item("1-EXAMPLE-2", promised.clone()).await;
    let case = world.accepted(&world.applicant).await;
    let clock = running(&world, case).await.remove(1);
    assert_eq!((clock.1, clock.2), (5, Some(day("2026-11-27"))), "promised for the whole are five days");
    assert_eq!(clock.3.as_deref(), Some("《中华人民共和国行政许可法》第四十三条"));

    // Another law's term counts, a longer one than the licensing law's too, within the promise in whatever unit.
    for (code, own, promise, expected) in [
        ("1-EXAMPLE-3", limit(3, LimitUnit::Workday, "某条例第九条"), limit(5, LimitUnit::Workday, "承诺"), "2026-11-25"),
        ("1-EXAMPLE-4", limit(25, LimitUnit::Workday, "某条例第九条"), None, "2026-12-25"),
        ("1-EXAMPLE-5", limit(25, LimitUnit::Workday, "某条例第九条"), limit(2, LimitUnit::Week, "承诺"), "2026-12-04"),
    ] {
        promised.steps[1].first_review_limit = own;
        promised.promised_limit = promise;
        world = world.with_item(code, promised.clone()).await;
        let case = world.accepted(&world.applicant).await;
        let clock = running(&world, case).await.remove(1);
        assert_eq!((clock.2, clock.3.as_deref()), (Some(day(expected)), Some("某条例第九条")), "{code}");
    }
} }

both! { migrations, async fn only_permits_have_it(kit: Kit) {
    let mut service = by_law();
    service.item_type = ItemType::Confirmation;
    service.promised_limit = limit(5, LimitUnit::Workday, "承诺");
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", service).await;
    let case = world.accepted(&world.applicant).await;
    let rules: Vec<String> = running(&world, case).await.into_iter().map(|clock| clock.0).collect();
    assert_eq!(rules, ["decide"]);
} }

both! { migrations, async fn a_special_procedure_stops_it_and_an_extension_does_not_lengthen_it(kit: Kit) {
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", by_law()).await;
    let case = world.accepted(&world.applicant).await;
    let approver = world.approver();
    world.extend(&approver, world.extend_input(case)).await.unwrap();
    let days: Vec<u32> = running(&world, case).await.into_iter().map(|clock| clock.1).collect();
    assert_eq!(days, [30, 20], "ten more for the decision, none for the first review");
    kit.clock.set(beijing("2026-11-24 10:00"));
    world.start_special(&approver, world.special_input(case, "hearing", 5)).await.unwrap();
    let stopped: Vec<_> = world.own_view(case).await.clocks.iter().take(2).map(|clock| (clock.stopped_since, clock.left)).collect();
    assert_eq!(stopped, [(Some(day("2026-11-24")), Some(29)), (Some(day("2026-11-24")), Some(19))]);
    kit.clock.set(beijing("2026-12-04 10:00"));
    world.end_special(&approver, world.special_end_input(case, "听证结束")).await.unwrap();
    // Nine working days did not count, the 24th to the 4th.
    assert_eq!(running(&world, case).await[1].2, Some(day("2026-12-31")));

    // Completed while time stands still: what comes after is none of its business.
    kit.clock.set(beijing("2026-12-08 10:00"));
    world.start_special(&approver, world.special_input(case, "testing", 5)).await.unwrap();
    kit.clock.set(beijing("2026-12-10 10:00"));
    world.complete_step(&approver, world.step_input(case, "同意")).await.unwrap();
    kit.clock.set(beijing("2026-12-22 10:00"));
    let clock = world.own_view(case).await.clocks.into_iter().find(|clock| clock.rule == "first_review").unwrap();
    assert_eq!((clock.ended_on, clock.used, clock.stopped_since), (Some(day("2026-12-10")), Some(2), None));
    world.end_special(&approver, world.special_end_input(case, "合格")).await.unwrap();
    world.start_special(&approver, world.special_input(case, "appraisal", 5)).await.unwrap();
    let explained = clocks_of(&world.store, case).await.unwrap().into_iter().find(|clock| clock.rule == "first_review").unwrap();
    assert_eq!(explained.explain(&world.calendar).procedures.len(), 2, "the hearing and the test, not what began later");
} }

both! { migrations, async fn it_begins_with_silence_too_and_waits_for_the_calendar(kit: Kit) {
    kit.clock.set(beijing("2026-12-28 10:00"));
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", by_law()).await;
    let case = world.accepted(&world.applicant).await;
    let view = world.own_view(case).await;
    let open: Vec<_> = view.clocks.iter().take(2).map(|clock| (clock.rule.as_str(), clock.due_on, clock.missing_year)).collect();
    assert_eq!(open, [("decide", None, Some(2027)), ("first_review", None, Some(2027))]);

    kit.clock.set(beijing("2026-11-20 09:00"));
    let (silent, _) = world.submitted(&world.person("李四", 102).await).await;
    kit.clock.set(beijing("2026-11-28 00:01"));
    tongban_cases::wire(Worker::new(kit.store.clone())).drain().await.unwrap();
    let view = world.view(&world.clerk(), silent).await.unwrap();
    let read: Vec<_> = view.clocks.iter().take(2).map(|clock| (clock.rule.as_str(), clock.started_on)).collect();
    assert_eq!((view.state, read), (State::Accepted, vec![("decide", day("2026-11-20")), ("first_review", day("2026-11-20"))]));
} }
