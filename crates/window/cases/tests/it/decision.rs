//! In the department: steps, decision, handing over, taking back.

use tongban_access::{Actor, Role};
use tongban_cases::{
    CompleteStep, Decide, Deliver, Delivery, Error, Submit, Withdraw, WorkFilter, work_list, work_totals,
};
use tongban_codes::ItemType;
use tongban_procedure::{DocumentKind, State};
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

fn handing_over(world: &World, case: Uuid, note: &str) -> Deliver {
    Deliver {
        case,
        item: world.item.clone(),
        seen: None,
        note: note.to_owned(),
    }
}

both! { migrations, async fn steps_come_before_the_decision(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.accepted(&world.applicant).await;
    let approver = world.approver();
    assert_eq!(refusal(world.decide(&approver, world.decide_input(case, true, "")).await), "case.steps_open");
    assert_eq!(refusal(world.complete_step(&approver, world.step_input(case, " ")).await), "case.opinion_missing");
    let mut stale = world.step_input(case, "材料齐全");
    stale.seen = Some(1);
    assert!(matches!(world.complete_step(&approver, stale).await, Err(Error::Conflict)));
    world.complete_step(&approver, world.step_input(case, "材料齐全")).await.unwrap();
    assert_eq!(refusal(world.complete_step(&approver, world.step_input(case, "再审")).await), "case.no_step_left");
    assert_eq!(refusal(world.decide(&approver, world.decide_input(case, false, " ")).await), "case.reason_missing");
    let stale = Decide { seen: Some(1), ..world.decide_input(case, true, "") };
    assert!(matches!(world.decide(&approver, stale).await, Err(Error::Conflict)));
    world.decide(&approver, world.decide_input(case, true, "")).await.unwrap();
    assert_eq!(refusal(world.decide(&approver, world.decide_input(case, true, "")).await), "case.wrong_state");
    assert_eq!(refusal(world.complete_step(&approver, world.step_input(case, "再审")).await), "case.wrong_state");
} }

both! { migrations, async fn a_step_is_done_by_the_role_that_it_names(kit: Kit) {
    let mut content = content();
    content.steps[1].role = "clerk".to_owned();
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", content).await;
    let case = world.accepted(&world.applicant).await;
    let far = staff_of(Role::Clerk, world.office, "519902000000");
    assert!(matches!(world.complete_step(&far, world.step_input(case, "可以")).await, Err(Error::NotFound)));
    for onlooker in [&world.applicant, &staff_of(Role::Supervisor, world.office, "519900000000")] {
        let done = world.complete_step(onlooker, world.step_input(case, "可以")).await;
        assert!(matches!(done, Err(Error::Denied(_))), "{onlooker:?}");
    }
    world.complete_step(&world.clerk(), world.step_input(case, "材料齐全")).await.unwrap();
    let again = world.complete_step(&world.clerk(), world.step_input(case, "再审")).await;
    assert!(matches!(again, Err(Error::Denied(_))), "what follows is the department's");
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
} }

both! { migrations, async fn two_officers_inspect_for_a_permit(kit: Kit) {
    let mut inspected = content();
    inspected.steps[1].code = "inspect".to_owned();
    inspected.steps[1].name = "现场核查".to_owned();
    let mut world = World::open(&kit).await.with_item("1-EXAMPLE-2", inspected.clone()).await;
    let case = world.accepted(&world.applicant).await;
    let approver = world.approver();
    let by = |names: &[&str]| CompleteStep {
        officers: names.iter().map(|name| (*name).to_owned()).collect(),
        ..world.step_input(case, "符合条件")
    };
    for too_few in [&[][..], &["刘敏"], &["刘敏", " 刘敏 "], &["刘敏", " "]] {
        assert_eq!(refusal(world.complete_step(&approver, by(too_few)).await), "case.officers_missing", "{too_few:?}");
    }
    world.complete_step(&approver, by(&["刘敏", "何川"])).await.unwrap();
    let notes: Vec<_> = world.own_view(case).await.history.into_iter().filter_map(|line| line.note).collect();
    assert!(notes.contains(&"现场核查：符合条件（核查人员：刘敏、何川）".to_owned()), "{notes:?}");

    // The licensing law asks nothing of other matters.
    inspected.item_type = ItemType::Confirmation;
    world = world.with_item("1-EXAMPLE-3", inspected).await;
    let case = world.accepted(&world.applicant).await;
    world.complete_step(&approver, world.step_input(case, "符合条件")).await.unwrap();
} }

both! { migrations, async fn only_the_department_decides(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.reviewed(&world.applicant).await;
    let other_office = staff_of(Role::Approver, Uuid::from_u128(2), "519901000000");
    let stranger = world.person("李四", 102).await;
    for outsider in [&other_office, &stranger, &Actor::Nobody] {
        let decided = world.decide(outsider, world.decide_input(case, true, "")).await;
        assert!(matches!(decided, Err(Error::NotFound)), "{outsider:?}");
        let step = world.complete_step(outsider, world.step_input(case, "可以")).await;
        assert!(matches!(step, Err(Error::NotFound)));
    }
    for onlooker in [&world.clerk(), &world.applicant, &staff_of(Role::Supervisor, world.office, "519900000000")] {
        let decided = world.decide(onlooker, world.decide_input(case, true, "")).await;
        assert!(matches!(decided, Err(Error::Denied(_))), "{onlooker:?}");
    }
    assert_eq!(world.own_view(case).await.state, State::Accepted);
} }

both! { migrations, async fn a_refusal_has_reasons_and_remedies_and_no_licence(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.reviewed(&world.applicant).await;
    let decided = world.decide(&world.approver(), world.decide_input(case, false, "场所不符合条件")).await.unwrap();
    assert_eq!(decided.licence, None);
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.licence), (State::Refused, None));
    let document = view.documents.last().unwrap();
    assert_eq!((document.kind, document.number.as_str()), (DocumentKind::Refusal, "不准〔2026〕1号"));
    assert_eq!((document.body.paragraphs[1].as_str(), document.body.remedies.len()), ("场所不符合条件", 1));
    assert_eq!(view.history.last().unwrap().note.as_deref(), Some("场所不符合条件"));
} }

both! { migrations, async fn paper_is_handed_over(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let mut submit = world.submit_input(case);
    submit.delivery = Delivery::Post;
    submit.delivery_address = Some("示范市邮寄路9号".to_owned());
    world.submit(&world.applicant, submit).await.unwrap();
    let (clerk, approver) = (world.clerk(), world.approver());
    world.accept(&clerk, world.accept_input(case)).await.unwrap();
    assert_eq!(refusal(world.deliver(&clerk, handing_over(&world, case, "本人")).await), "case.nothing_to_deliver");
    world.complete_step(&approver, world.step_input(case, "材料齐全")).await.unwrap();
    world.decide(&approver, world.decide_input(case, true, "")).await.unwrap();
    assert!(world.own_view(case).await.delivered_at.is_none());
    let waiting = work_list(&world.store, &clerk, WorkFilter::ToDeliver, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(waiting.rows.iter().map(|line| line.id).collect::<Vec<_>>(), [case]);
    // Who sends it reads where to; who decides need not.
    let mut read = Vec::new();
    for actor in [&clerk, &world.applicant, &approver] {
        read.push(world.view(actor, case).await.unwrap().delivery_address);
    }
    let address = Some("示范市邮寄路9号".to_owned());
    assert_eq!(read, [address.clone(), address, None]);

    assert_eq!(refusal(world.deliver(&clerk, handing_over(&world, case, " ")).await), "case.delivery_note_missing");
    assert!(matches!(world.deliver(&approver, handing_over(&world, case, "本人")).await, Err(Error::Denied(_))));
    assert!(matches!(world.deliver(&world.applicant, handing_over(&world, case, "本人")).await, Err(Error::Denied(_))));
    let elsewhere = staff_of(Role::Clerk, Uuid::from_u128(1), "519902000000");
    assert!(matches!(world.deliver(&elsewhere, handing_over(&world, case, "本人")).await, Err(Error::NotFound)));
    let stale = Deliver { seen: Some(1), ..handing_over(&world, case, "本人") };
    assert!(matches!(world.deliver(&clerk, stale).await, Err(Error::Conflict)));
    world.deliver(&clerk, handing_over(&world, case, "邮件 EX0001")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.delivered_at.is_some()), (State::Granted, true));
    assert_eq!(view.history.last().unwrap().note.as_deref(), Some("邮件 EX0001"));
    assert_eq!(refusal(world.deliver(&clerk, handing_over(&world, case, "再次")).await), "case.nothing_to_deliver");
} }

both! { migrations, async fn the_applicant_takes_it_back(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.draft(&world.applicant).await;
    let back = Withdraw { case, seen: None };
    assert_eq!(refusal(world.withdraw(&world.applicant, back.clone()).await), "case.wrong_state", "a draft is not filed");
    let case = world.accepted(&world.applicant).await;
    let back = Withdraw { case, seen: None };
    let stranger = world.person("李四", 102).await;
    assert!(matches!(world.withdraw(&stranger, back.clone()).await, Err(Error::NotFound)));
    assert!(matches!(world.withdraw(&world.clerk(), back.clone()).await, Err(Error::Denied(_))));
    let stale = Withdraw { seen: Some(1), ..back.clone() };
    assert!(matches!(world.withdraw(&world.applicant, stale).await, Err(Error::Conflict)));
    world.withdraw(&world.applicant, back.clone()).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.state, State::Withdrawn);
    assert!(view.clocks.iter().all(|clock| clock.ended_on.is_some()));
    assert_eq!(refusal(world.withdraw(&world.applicant, back).await), "case.wrong_state");
    assert_eq!(refusal(world.decide(&world.approver(), world.decide_input(case, true, "")).await), "case.wrong_state");
    // And one may apply again.
    let again = world.draft(&world.applicant).await;
    assert_ne!(again, case);
} }

both! { migrations, async fn a_refusal_is_served_as_a_grant_is(kit: Kit) {
    let world = World::open(&kit).await;
    let (clerk, approver) = (world.clerk(), world.approver());
    let electronic = world.decided(&world.person("李四", 102).await, false).await;
    let view = world.view(&clerk, electronic).await.unwrap();
    assert!(view.delivered_at.is_some(), "it stands in the account at once");
    assert_eq!(refusal(world.deliver(&clerk, handing_over(&world, electronic, "本人")).await), "case.nothing_to_deliver");

    let case = world.filled(&world.applicant).await;
    let submit = Submit { delivery: Delivery::PickUp, ..world.submit_input(case) };
    world.submit(&world.applicant, submit).await.unwrap();
    world.accept(&clerk, world.accept_input(case)).await.unwrap();
    world.complete_step(&approver, world.step_input(case, "场所不符合条件")).await.unwrap();
    let decided = world.decide(&approver, world.decide_input(case, false, "场所不符合条件")).await.unwrap();
    assert!(!decided.delivered);
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.decided_at.is_some(), view.delivered_at), (State::Refused, true, None));
    assert!(view.documents.last().unwrap().body.paragraphs[0].contains("决定不予行政许可"));
    let waiting = work_list(&world.store, &clerk, WorkFilter::ToDeliver, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(waiting.rows.iter().map(|line| (line.id, line.state)).collect::<Vec<_>>(), [(case, State::Refused)]);
    assert_eq!(work_totals(&world.store, &clerk).await.unwrap().deliver, 1);

    assert!(matches!(world.deliver(&approver, handing_over(&world, case, "本人")).await, Err(Error::Denied(_))));
    world.deliver(&clerk, handing_over(&world, case, "王小明本人领取")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.delivered_at.is_some()), (State::Refused, true));
    let receipt = view.documents.last().unwrap();
    assert_eq!((receipt.kind, receipt.body.paragraphs[1].as_str()), (DocumentKind::DeliveryReceipt, "王小明本人领取"));
    assert!(receipt.body.paragraphs[0].contains("不予行政许可决定书已于 2026 年 11 月 20 日 送达"));
    assert_eq!(refusal(world.deliver(&clerk, handing_over(&world, case, "再次")).await), "case.nothing_to_deliver");
} }
