//! What time does where nobody acts, and what an imported calendar changes. Each job runs twice.

use sea_orm_migration::sea_orm::ConnectionTrait;
use tongban_access::Actor;
use tongban_cases::{Deliver, Delivery, Error, Submit, WorkFilter, work_list};
use tongban_codes::{ItemType, Light};
use tongban_directory::{calendar, import::ImportOptions, import::Source, import_calendar};
use tongban_procedure::{DocumentKind, State};
use tongban_store::{PageRequest, Worker};
use tongban_testkit::{Kit, both};
use uuid::Uuid;

use crate::world::*;

/// Runs what is due, keeps a copy of all that waited, and lets it come a second time.
pub async fn run_twice(kit: &Kit) {
    let database = kit.store.reader();
    database
        .execute_unprepared("CREATE TABLE again AS SELECT * FROM jobs")
        .await
        .unwrap();
    worker(kit).drain().await.unwrap();
    database
        .execute_unprepared("INSERT INTO jobs SELECT * FROM again WHERE id NOT IN (SELECT id FROM jobs)")
        .await
        .unwrap();
    database.execute_unprepared("DROP TABLE again").await.unwrap();
    worker(kit).drain().await.unwrap();
    let failed = kit.store.waiting_work(PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(failed.total, 0, "{failed:?}");
}

fn worker(kit: &Kit) -> Worker {
    tongban_cases::wire(Worker::new(kit.store.clone()))
}

/// The working days of 2027, of which only New Year's holiday is known here.
async fn import_2027(world: &mut World) {
    let list = "date,kind,name\n2027,year,complete\n2027-01-01,holiday,元旦\n";
    let source = Source::parse("2027.csv", list.as_bytes()).unwrap();
    import_calendar(&world.store, &Actor::System, &source, &ImportOptions::silent())
        .await
        .unwrap();
    world.calendar = calendar(&world.store).await.unwrap();
}

fn kinds(view: &tongban_cases::CaseView) -> Vec<&str> {
    view.history.iter().map(|line| line.kind.as_str()).collect()
}

both! { migrations, async fn silence_accepts_a_permit_from_the_day_it_was_received(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    // Five working days after Friday the 20th: the 27th, to its last minute.
    kit.clock.set(beijing("2026-11-27 23:59"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Submitted);
    kit.clock.set(beijing("2026-11-28 00:01"));
    run_twice(&kit).await;
    let view = world.own_view(case).await;
    assert_eq!((view.state, kinds(&view)), (State::Accepted, vec!["submitted", "accepted_by_silence"]));
    assert_eq!(view.accepted_at, view.submitted_at);
    let clock = &view.clocks[0];
    assert_eq!((clock.rule.as_str(), clock.started_on, clock.due_on), ("decide", day("2026-11-20"), Some(day("2026-11-27"))));
    assert_eq!(clock.light, Light::Red, "the silence does not prolong the decision");
    let notice = view.documents.last().unwrap();
    assert_eq!((notice.kind, notice.number.as_str(), notice.issued_on), (DocumentKind::Acceptance, "受〔2026〕1号", day("2026-11-28")));
    assert!(notice.body.paragraphs[0].contains("第三十二条") && notice.body.paragraphs[0].contains("2026 年 11 月 20 日"));
    let last = world.store.log_of("case", &case.to_string()).await.unwrap().pop().unwrap();
    assert_eq!(last.action, "case.accept_by_silence");
} }

both! { migrations, async fn silence_after_a_supplement_counts_from_its_answer(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await.unwrap();
    kit.clock.set(beijing("2026-11-25 09:00"));
    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    // The job of the first clock comes, and its clock has ended.
    kit.clock.set(beijing("2026-12-02 23:59"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Submitted);
    kit.clock.set(beijing("2026-12-03 00:01"));
    run_twice(&kit).await;
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.clocks[0].started_on), (State::Accepted, day("2026-11-25")));
    assert_eq!(view.accepted_at, Some(beijing("2026-11-25 09:00")));
} }

both! { migrations, async fn who_has_answered_is_not_silent(kit: Kit) {
    let world = World::open(&kit).await;
    let accepted = world.accepted(&world.applicant).await;
    let (refused, _) = world.submitted(&world.person("李四", 102).await).await;
    world.not_accept(&world.clerk(), world.not_accept_input(refused, "不属于职权范围")).await.unwrap();
    let mut service = content();
    service.item_type = ItemType::PublicService;
    let world = world.with_item("1-EXAMPLE-2", service).await;
    let (service, _) = world.submitted(&world.person("张三", 103).await).await;
    kit.clock.set(beijing("2026-12-30 09:00"));
    run_twice(&kit).await;
    for (case, state) in [(accepted, State::Accepted), (refused, State::NotAccepted), (service, State::Submitted)] {
        let view = world.view(&world.clerk(), case).await.unwrap();
        assert!(view.state == state && !kinds(&view).contains(&"accepted_by_silence"), "{state:?}");
    }
} }

both! { migrations, async fn silence_over_a_week_of_holidays_and_a_make_up_day(kit: Kit) {
    kit.clock.set(beijing("2026-09-29 23:59"));
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    kit.clock.set(beijing("2026-10-12 23:59"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Submitted, "Saturday the 10th is worked, the week before is not");
    kit.clock.set(beijing("2026-10-13 00:01"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Accepted);
} }

both! { migrations, async fn where_the_calendar_ends_time_waits_for_it(kit: Kit) {
    kit.clock.set(beijing("2026-12-29 10:00"));
    let mut world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let decided_later = world.accepted(&world.person("李四", 102).await).await;
    let asked = world.submitted(&world.person("张三", 103).await).await.0;
    world.ask_supplement(&world.clerk(), world.ask_input(asked, "缺少签字页")).await.unwrap();
    kit.clock.set(beijing("2027-01-20 10:00"));
    run_twice(&kit).await;
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.clocks[0].due_on, view.clocks[0].missing_year), (State::Submitted, None, Some(2027)));
    assert_eq!(view.clocks[0].light, Light::Yellow, "never red on a guess");

    kit.clock.set(beijing("2026-12-30 10:00"));
    import_2027(&mut world).await;
    run_twice(&kit).await;
    // 30 and 31 December, then 4, 5, 6 January.
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.clocks[0].due_on), (State::Submitted, Some(day("2027-01-06"))));
    assert_eq!(kinds(&view), ["submitted", "date_known"], "told once");
    assert_eq!(view.history[1].note.as_deref(), Some("2027 年 1 月 6 日"));
    let other = world.view(&world.clerk(), decided_later).await.unwrap();
    assert_eq!((other.clocks[0].due_on, other.history.last().unwrap().kind.as_str()), (Some(day("2027-01-06")), "date_known"));
    let listed = work_list(&world.store, &world.clerk(), WorkFilter::ToDecide, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(listed.rows[0].due_on, Some(day("2027-01-06")));
    let third = world.view(&world.clerk(), asked).await.unwrap();
    assert_eq!(third.supplement_until, Some(day("2027-01-13")));

    // A second import of the same changes nothing; the jobs that were planned anew do their work.
    import_2027(&mut world).await;
    kit.clock.set(beijing("2027-01-07 00:01"));
    run_twice(&kit).await;
    let view = world.own_view(case).await;
    assert_eq!(kinds(&view), ["submitted", "date_known", "accepted_by_silence"]);
    assert_eq!(view.documents.last().unwrap().number, "受〔2027〕1号");
    kit.clock.set(beijing("2027-01-14 00:01"));
    run_twice(&kit).await;
    assert_eq!(world.view(&world.clerk(), asked).await.unwrap().state, State::Lapsed);
} }

both! { migrations, async fn a_supplement_is_reminded_of_and_then_lapses(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.supplement_until, Some(day("2026-12-04")));
    assert!(view.clocks[0].rule == "supplement_answer" && !view.clocks[0].is_of_office());
    kit.clock.set(beijing("2026-12-01 08:59"));
    run_twice(&kit).await;
    assert!(!kinds(&world.own_view(case).await).contains(&"supplement_reminded"));
    kit.clock.set(beijing("2026-12-01 09:00"));
    run_twice(&kit).await;
    let reminded = world.own_view(case).await;
    assert_eq!(kinds(&reminded), ["submitted", "supplement_asked", "supplement_reminded"], "once");
    kit.clock.set(beijing("2026-12-05 00:01"));
    // The last day is over, also where no job has come yet.
    assert_eq!(refusal(world.answer_supplement(&world.applicant, world.answer_input(case)).await), "case.supplement_over");
    run_twice(&kit).await;
    let view = world.own_view(case).await;
    assert_eq!((view.state, kinds(&view).pop()), (State::Lapsed, Some("lapsed")));
    let notice = view.documents.last().unwrap();
    assert_eq!((notice.kind, notice.number.as_str()), (DocumentKind::Lapse, "终〔2026〕1号"));
    assert!(notice.body.paragraphs[0].contains("2026 年 12 月 4 日") && notice.body.paragraphs[1].contains("缺少签字页"));
    assert_eq!(notice.body.remedies.len(), 1);
    assert!(view.clocks.iter().all(|clock| clock.ended_on.is_some()));
    assert_eq!(refusal(world.answer_supplement(&world.applicant, world.answer_input(case)).await), "case.wrong_state");
} }

both! { migrations, async fn a_supplement_is_answered_until_midnight_and_waits_where_the_item_is_silent(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await.unwrap();
    kit.clock.set(beijing("2026-12-04 23:59"));
    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    let mut silent = content();
    silent.supplement_answer_days = None;
    let world = world.with_item("1-EXAMPLE-2", silent).await;
    let (waits, _) = world.submitted(&world.person("李四", 102).await).await;
    world.ask_supplement(&world.clerk(), world.ask_input(waits, "缺少签字页")).await.unwrap();
    kit.clock.set(beijing("2026-12-05 00:01"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Submitted);
    kit.clock.set(beijing("2027-06-01 00:01"));
    run_twice(&kit).await;
    let view = world.view(&world.clerk(), waits).await.unwrap();
    assert_eq!((view.state, view.supplement_until), (State::Supplement, None));
} }

both! { migrations, async fn the_licence_is_handed_over_within_ten_working_days(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    world.submit(&world.applicant, Submit { delivery: Delivery::PickUp, ..world.submit_input(case) }).await.unwrap();
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
    let clock = world.own_view(case).await.clocks.remove(0);
    assert_eq!((clock.rule.as_str(), clock.total, clock.due_on, clock.ended_on), ("deliver", 10, Some(day("2026-12-04")), None));
    assert_eq!(clock.article.as_deref(), Some("《中华人民共和国行政许可法》第四十四条"));
    kit.clock.set(beijing("2026-12-05 00:01"));
    let listed = work_list(&world.store, &world.clerk(), WorkFilter::ToDeliver, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!((listed.rows[0].light, listed.rows[0].due_on), (Some(Light::Red), Some(day("2026-12-04"))));
    let input = |item| Deliver { case, item, seen: None, note: "本人领取".to_owned() };
    let mut other = world.item.clone();
    other.id = Uuid::from_u128(404);
    assert!(matches!(world.deliver(&world.clerk(), input(other)).await, Err(Error::Conflict)));
    world.deliver(&world.clerk(), input(world.item.clone())).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.clocks[0].ended_on, Some(day("2026-12-05")));
    let receipt = view.documents.last().unwrap();
    assert_eq!((receipt.kind, receipt.body.title.as_str(), receipt.body.paragraphs[1].as_str()), (DocumentKind::DeliveryReceipt, "送达回证", "本人领取"));
    assert_eq!(view.history.last().unwrap().document, Some(receipt.id));

    // What is electronic is delivered with the decision; the law sets no term for handing a refusal over.
    let electronic = world.decided(&world.person("李四", 102).await, true).await;
    let clock = world.view(&world.clerk(), electronic).await.unwrap().clocks.into_iter().find(|clock| clock.rule == "deliver");
    assert_eq!(clock.and_then(|clock| clock.ended_on), Some(day("2026-12-05")));
    let refused = world.decided(&world.person("张三", 103).await, false).await;
    assert!(world.view(&world.clerk(), refused).await.unwrap().clocks.iter().all(|clock| clock.rule != "deliver"));
} }
