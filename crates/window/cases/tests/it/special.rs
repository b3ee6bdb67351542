//! 特别程序 and extension: what stops the clock of a decision, and what does not.

use tongban_access::{Actor, Role};
use tongban_cases::{EndSpecial, Error, Extend, StartSpecial, WorkFilter, clocks_of, work_list};
use tongban_catalogue::{Limit, SpecialProcedure};
use tongban_codes::{ItemType, Light, LimitUnit, Step};
use tongban_procedure::{DocumentKind, Effect, State};
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

both! { migrations, async fn the_clock_stands_still_while_experts_look(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.reviewed(&world.applicant).await;
    assert_eq!(world.own_view(case).await.clocks[0].due_on, Some(day("2026-11-27")));
    kit.clock.set(beijing("2026-11-24 10:00"));
    let approver = world.approver();
    world.start_special(&approver, world.special_input(case, "expert_review", 10)).await.unwrap();
    let view = world.own_view(case).await;
    let clock = &view.clocks[0];
    assert_eq!((clock.due_on, clock.earliest, clock.stopped_since), (None, None, Some(day("2026-11-24"))));
    assert_eq!((clock.used, clock.left), (Some(1), Some(4)), "only the 23rd had counted");
    let stop = &view.procedures[0];
    assert_eq!((stop.kind.as_str(), stop.name.as_str(), stop.effect, stop.days), ("expert_review", "专家评审", Effect::Stops, 10));
    assert_eq!((stop.article.as_str(), stop.ended_on), ("《中华人民共和国行政许可法》第四十五条", None));
    let notice = view.documents.last().unwrap();
    assert_eq!((notice.kind, notice.number.as_str()), (DocumentKind::SpecialNotice, "特〔2026〕1号"));
    assert_eq!((notice.body.title.as_str(), notice.issued_on), ("行政许可特别程序告知书", day("2026-11-24")));
    assert!(notice.body.paragraphs[0].contains("场所改造方案需要专家论证") && notice.body.paragraphs[0].contains("第四十五条"));
    assert!(notice.body.paragraphs[1].contains("自 2026 年 11 月 24 日 起") && notice.body.paragraphs[1].contains("10 个工作日"));
    let line = view.history.last().unwrap();
    assert_eq!((line.kind.as_str(), line.document), ("special_started", Some(notice.id)));

    // Long after the old last day nothing is late, and nothing is decided; the time that was announced is nearly up.
    kit.clock.set(beijing("2026-12-04 23:59"));
    assert_eq!(world.own_view(case).await.clocks[0].light, Light::Yellow);
    let listed = work_list(&world.store, &approver, WorkFilter::ToDecide, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!((listed.rows[0].stopped_since, listed.rows[0].due_on), (Some(day("2026-11-24")), None));
    assert_eq!(refusal(world.decide(&approver, world.decide_input(case, true, "")).await), "case.special_open");

    // 2026-12-04 is the last day that does not count: four are left from Monday the 7th.
    world.end_special(&approver, world.special_end_input(case, "同意改造方案")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.clocks[0].due_on, view.clocks[0].used), (Some(day("2026-12-10")), Some(1)));
    assert_eq!((view.procedures[0].ended_on, view.procedures[0].result.as_deref()), (Some(day("2026-12-04")), Some("同意改造方案")));
    assert_eq!(view.history.last().unwrap().note.as_deref(), Some("专家评审：同意改造方案"));
    let explained = clocks_of(&world.store, case).await.unwrap()[0].explain(&world.calendar);
    let stop = Step::Stop { from: day("2026-11-24"), to: Some(day("2026-12-04")), days: Some(11) };
    assert!(explained.explanation.steps.contains(&stop), "{:?}", explained.explanation.steps);
    assert_eq!(explained.procedures.len(), 1);
    kit.clock.set(beijing("2026-12-11 00:01"));
    assert_eq!(world.own_view(case).await.clocks[0].light, Light::Red);
    world.decide(&approver, world.decide_input(case, true, "")).await.unwrap();
    let audit: Vec<_> = world.store.log_of("case", &case.to_string()).await.unwrap().into_iter().map(|line| line.action).collect();
    assert_eq!(audit[audit.len() - 3..], ["case.start_special", "case.end_special", "case.decide"]);
} }

both! { migrations, async fn midnight_in_beijing_parts_the_days_that_count(kit: Kit) {
    let world = World::open(&kit).await;
    for (person, start, end, due) in [
        // accepted on Friday 20 November: without a stop the 27th
        (201, "2026-11-24 23:59", "2026-11-24 23:59", "2026-11-30"),
        (202, "2026-11-24 23:59", "2026-11-25 00:01", "2026-12-01"),
        (203, "2026-11-25 00:01", "2026-11-25 00:02", "2026-11-30"),
    ] {
        kit.clock.set(beijing("2026-11-20 10:00"));
        let case = world.accepted(&world.person("某人", person).await).await;
        kit.clock.set(beijing(start));
        world.start_special(&world.approver(), world.special_input(case, "hearing", 1)).await.unwrap();
        kit.clock.set(beijing(end));
        world.end_special(&world.approver(), world.special_end_input(case, "听证笔录已存卷")).await.unwrap();
        let view = world.view(&world.clerk(), case).await.unwrap();
        assert_eq!(view.clocks[0].due_on, Some(day(due)), "{start} {end}");
    }
} }

both! { migrations, async fn only_what_law_or_item_list_stops_a_clock(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.accepted(&world.applicant).await;
    let approver = world.approver();
    assert_eq!(refusal(world.start_special(&approver, world.special_input(case, "meeting", 3)).await), "case.special_not_listed");
    let silent = StartSpecial { reason: " ".to_owned(), ..world.special_input(case, "hearing", 3) };
    assert_eq!(refusal(world.start_special(&approver, silent).await), "case.reason_missing");
    for days in [0, 251] {
        assert_eq!(refusal(world.start_special(&approver, world.special_input(case, "hearing", days)).await), "case.special_days");
    }
    assert_eq!(refusal(world.end_special(&approver, world.special_end_input(case, "没有")).await), "case.special_none");
    world.start_special(&approver, world.special_input(case, "hearing", 3)).await.unwrap();
    assert_eq!(refusal(world.start_special(&approver, world.special_input(case, "testing", 3)).await), "case.special_open");
    assert_eq!(refusal(world.end_special(&approver, world.special_end_input(case, " ")).await), "case.result_missing");
    // The next one may follow, and both are told in writing.
    world.end_special(&approver, world.special_end_input(case, "听证结束")).await.unwrap();
    world.start_special(&approver, world.special_input(case, "testing", 3)).await.unwrap();
    let numbers: Vec<_> = world.own_view(case).await.documents.into_iter().map(|document| document.number).collect();
    assert_eq!(numbers[2..], ["特〔2026〕1号", "特〔2026〕2号"]);

    // The item narrows the list, and bounds the days.
    let mut narrow = content();
    narrow.special_procedures = vec![SpecialProcedure {
        code: "expert_review".to_owned(),
        name: "专家评审".to_owned(),
        basis: "某条例第八条".to_owned(),
        longest_workdays: Some(10),
    }];
    let narrow_world = World { item: world.item.clone(), ..world };
    let world = narrow_world.with_item("1-EXAMPLE-2", narrow).await;
    let case = world.accepted(&world.applicant).await;
    assert_eq!(refusal(world.start_special(&approver, world.special_input(case, "hearing", 3)).await), "case.special_not_listed");
    assert_eq!(refusal(world.start_special(&approver, world.special_input(case, "expert_review", 11)).await), "case.special_days");
    world.start_special(&approver, world.special_input(case, "expert_review", 10)).await.unwrap();

    // The list of the licensing law is for permits: a service stops only where its own item says so.
    let mut service = content();
    service.item_type = ItemType::PublicService;
    let world = world.with_item("1-EXAMPLE-3", service.clone()).await;
    let case = world.accepted(&world.applicant).await;
    assert_eq!(refusal(world.start_special(&approver, world.special_input(case, "hearing", 3)).await), "case.special_not_listed");
    assert_eq!(refusal(world.extend(&approver, world.extend_input(case)).await), "case.extension_none");
    service.special_procedures = vec![SpecialProcedure {
        code: "survey".to_owned(),
        name: "现场核查".to_owned(),
        basis: "某办法第五条".to_owned(),
        longest_workdays: None,
    }];
    let world = world.with_item("1-EXAMPLE-4", service).await;
    let case = world.accepted(&world.applicant).await;
    world.start_special(&approver, world.special_input(case, "survey", 3)).await.unwrap();
    let notice = world.own_view(case).await.documents.pop().unwrap();
    assert!(notice.body.title == "特别程序告知书" && notice.body.paragraphs[0].contains("依照某办法第五条"), "{notice:?}");
} }

both! { migrations, async fn a_clock_that_does_not_run_is_not_stopped(kit: Kit) {
    let world = World::open(&kit).await;
    let approver = world.approver();
    let (case, _) = world.submitted(&world.applicant).await;
    assert_eq!(refusal(world.start_special(&approver, world.special_input(case, "hearing", 3)).await), "case.wrong_state");
    assert_eq!(refusal(world.extend(&approver, world.extend_input(case)).await), "case.wrong_state");
    let decided = world.decided(&world.person("李四", 102).await, true).await;
    assert_eq!(refusal(world.start_special(&approver, world.special_input(decided, "hearing", 3)).await), "case.wrong_state");
    // Taken back while it stands still: the stop ends with the case.
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    world.start_special(&approver, world.special_input(case, "hearing", 3)).await.unwrap();
    world.withdraw(&world.applicant, tongban_cases::Withdraw { case, seen: None }).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.procedures[0].ended_on), (State::Withdrawn, Some(day("2026-11-20"))));
    assert_eq!(refusal(world.end_special(&approver, world.special_end_input(case, "结束")).await), "case.wrong_state");
} }

both! { migrations, async fn only_the_department_stops_and_extends(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.accepted(&world.applicant).await;
    let start = || world.special_input(case, "hearing", 3);
    let end = || world.special_end_input(case, "结束");
    let other_office = staff_of(Role::Approver, Uuid::from_u128(2), "519901000000");
    let stranger = world.person("李四", 102).await;
    for outsider in [&other_office, &stranger, &Actor::Nobody] {
        assert!(matches!(world.start_special(outsider, start()).await, Err(Error::NotFound)), "{outsider:?}");
        assert!(matches!(world.end_special(outsider, end()).await, Err(Error::NotFound)));
        assert!(matches!(world.extend(outsider, world.extend_input(case)).await, Err(Error::NotFound)));
    }
    for onlooker in [&world.clerk(), &world.applicant, &staff_of(Role::Supervisor, world.office, "519900000000")] {
        assert!(matches!(world.start_special(onlooker, start()).await, Err(Error::Denied(_))), "{onlooker:?}");
        assert!(matches!(world.end_special(onlooker, end()).await, Err(Error::Denied(_))));
        assert!(matches!(world.extend(onlooker, world.extend_input(case)).await, Err(Error::Denied(_))));
    }
    // A page that was read before, and an item that is not the case's, change nothing.
    let approver = world.approver();
    let stale = StartSpecial { seen: Some(1), ..start() };
    assert!(matches!(world.start_special(&approver, stale).await, Err(Error::Conflict)));
    let stale = Extend { seen: Some(1), ..world.extend_input(case) };
    assert!(matches!(world.extend(&approver, stale).await, Err(Error::Conflict)));
    let mut other = world.item.clone();
    other.id = Uuid::from_u128(404);
    let foreign = StartSpecial { item: other.clone(), ..start() };
    assert!(matches!(world.start_special(&approver, foreign).await, Err(Error::Conflict)));
    let mut foreign = world.step_input(case, "材料齐全");
    foreign.item = other;
    assert!(matches!(world.complete_step(&approver, foreign).await, Err(Error::Conflict)));
    world.start_special(&approver, start()).await.unwrap();
    let stale = EndSpecial { seen: Some(1), ..end() };
    assert!(matches!(world.end_special(&approver, stale).await, Err(Error::Conflict)));
} }

both! { migrations, async fn the_limit_is_extended_once_with_reasons_and_approval(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.accepted(&world.applicant).await;
    let approver = world.approver();
    let silent = Extend { reason: " ".to_owned(), ..world.extend_input(case) };
    assert_eq!(refusal(world.extend(&approver, silent).await), "case.reason_missing");
    let unapproved = Extend { approval: " ".to_owned(), ..world.extend_input(case) };
    assert_eq!(refusal(world.extend(&approver, unapproved).await), "case.approval_missing");
    kit.clock.set(beijing("2026-11-28 00:01"));
    assert_eq!(refusal(world.extend(&approver, world.extend_input(case)).await), "case.extension_late");
    kit.clock.set(beijing("2026-11-27 23:59"));
    world.extend(&approver, world.extend_input(case)).await.unwrap();
    let view = world.own_view(case).await;
    let clock = &view.clocks[0];
    assert_eq!((clock.total, clock.extended, clock.due_on), (15, 10, Some(day("2026-12-11"))));
    assert_eq!((view.procedures[0].effect, view.procedures[0].days), (Effect::Extends, 10));
    let notice = view.documents.last().unwrap();
    assert_eq!((notice.kind, notice.number.as_str()), (DocumentKind::ExtensionNotice, "延〔2026〕1号"));
    assert!(notice.body.paragraphs[0].contains("第四十二条") && notice.body.paragraphs[1].contains("外省"));
    assert!(notice.body.paragraphs[2].contains("2026 年 12 月 11 日"), "{:?}", notice.body.paragraphs);
    assert!(!serde_json::to_string(&view).unwrap().contains("张局长"), "who approved it is not for the applicant's page");
    assert_eq!(refusal(world.extend(&approver, world.extend_input(case)).await), "case.extension_once");
    // An extended limit can stop as well.
    world.start_special(&approver, world.special_input(case, "testing", 2)).await.unwrap();
    kit.clock.set(beijing("2026-11-30 09:00"));
    world.end_special(&approver, world.special_end_input(case, "合格")).await.unwrap();
    assert_eq!(world.own_view(case).await.clocks[0].due_on, Some(day("2026-12-15")));

    // A limit in months has its own law.
    let mut months = content();
    months.promised_limit = Some(Limit { amount: 2, unit: LimitUnit::Month, basis: None, explain: None });
    months.legal_limit.clone_from(&months.promised_limit);
    let world = world.with_item("1-EXAMPLE-2", months).await;
    let case = world.accepted(&world.applicant).await;
    assert_eq!(refusal(world.extend(&approver, world.extend_input(case)).await), "case.extension_none");
} }

both! { migrations, async fn a_stop_across_the_end_of_the_calendar(kit: Kit) {
    kit.clock.set(beijing("2026-12-28 10:00"));
    let world = World::open(&kit).await;
    let case = world.accepted(&world.applicant).await;
    let approver = world.approver();
    kit.clock.set(beijing("2026-12-31 23:59"));
    world.start_special(&approver, world.special_input(case, "appraisal", 5)).await.unwrap();
    let clock = world.own_view(case).await.clocks.remove(0);
    assert_eq!((clock.stopped_since, clock.left, clock.missing_year), (Some(day("2026-12-31")), Some(3), None));
    kit.clock.set(beijing("2027-01-05 00:01"));
    world.end_special(&approver, world.special_end_input(case, "鉴定完成")).await.unwrap();
    let clock = world.own_view(case).await.clocks.remove(0);
    assert_eq!((clock.due_on, clock.missing_year), (None, Some(2027)));
    assert!(clock.earliest > Some(day("2027-01-05")), "{:?}", clock.earliest);
} }

both! { migrations, async fn the_notice_of_a_hearing_names_its_terms(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.accepted(&world.applicant).await;
    world.start_special(&world.approver(), world.special_input(case, "hearing", 20)).await.unwrap();
    let notice = world.own_view(case).await.documents.pop().unwrap();
    let words = notice.body.paragraphs.join("\n");
    // Told on Friday the 20th of November: asked for until the 27th, held until the 25th of December, announced until the 16th.
    for said in ["5 个工作日内（最晚 2026 年 11 月 27 日）", "7 个工作日前（最晚 2026 年 12 月 16 日）", "20 个工作日内（最晚 2026 年 12 月 25 日）", "第四十七条", "第四十八条"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let other = world.accepted(&world.person("李四", 102).await).await;
    world.start_special(&world.approver(), world.special_input(other, "testing", 3)).await.unwrap();
    let notice = world.view(&world.clerk(), other).await.unwrap().documents.pop().unwrap();
    assert_eq!(notice.body.paragraphs.len(), 2, "no other procedure has them");
} }
