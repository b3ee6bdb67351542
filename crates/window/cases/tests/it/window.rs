//! 窗口: a clerk files for the person who stands there.

use serde_json::json;
use tongban_access::{Actor, Role};
use tongban_cases::{
    Applicant, Attend, Channel, Deliver, Error, ServeNotice, StartDraft, WithdrawAtWindow, notice_to_serve,
    progress_by_code, progress_by_number, progress_code, window_drafts,
};
use tongban_procedure::{DocumentKind, State};
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

async fn at_the_window(world: &World) -> StartDraft {
    StartDraft {
        present: true,
        ..world.start_input(&world.applicant).await
    }
}

both! { migrations, async fn a_clerk_files_for_the_person_who_is_there(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let case = world.start_draft(&clerk, at_the_window(&world).await).await.unwrap().case;
    assert!(world.view(&world.applicant, case).await.is_none(), "a draft is for who fills it");
    world.fill_draft(&clerk, world.fill_input(case, register_facts())).await.unwrap();
    world.save_draft(&clerk, world.save_input(case, json!({ "shop": "阳光小馆", "area": 80 }))).await.unwrap();
    let lease = world.attach_input(case, "lease").await;
    world.attach(&clerk, lease).await.unwrap();
    let drafts = window_drafts(&world.store, &clerk, &world.calendar, PageRequest::new(1, 20)).await.unwrap();
    assert_eq!(drafts.rows.iter().map(|line| line.id).collect::<Vec<_>>(), [case]);
    let colleague = staff_of(Role::Approver, world.office, "519900000000");
    assert!(window_drafts(&world.store, &colleague, &world.calendar, PageRequest::new(1, 20)).await.unwrap().rows.is_empty());
    assert!(matches!(world.submit(&world.applicant, world.submit_input(case)).await, Err(Error::NotFound)));
    world.submit(&clerk, world.submit_input(case)).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.channel), (State::Submitted, Channel::Window));
    assert_eq!(view.history[0].by, OFFICE);
    let audit = world.store.log_of("case", &case.to_string()).await.unwrap();
    assert_eq!(audit[0].detail["presence"], "recorded");
} }

both! { migrations, async fn who_has_an_account_is_served_at_the_window_too(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let colleague = Actor::staff(Uuid::from_u128(999), clerk.post().unwrap().clone());
    let (case, _) = world.submitted(&world.applicant).await;
    let there = |present| Attend { case, present };
    world.ask_supplement(&clerk, world.ask_input(case, "面积以合同为准")).await.unwrap();
    let typed = || world.save_input(case, json!({ "area": 75 }));
    assert!(matches!(world.save_draft(&clerk, typed()).await, Err(Error::Denied(_))), "nobody stands there");
    assert_eq!(refusal(world.attend(&clerk, there(false)).await), "case.presence");
    for outsider in [&world.applicant, &world.approver()] {
        assert!(matches!(world.attend(outsider, there(true)).await, Err(Error::Denied(_))), "{outsider:?}");
    }
    for _twice in 0..2 {
        world.attend(&clerk, there(true)).await.unwrap();
    }
    let view = world.own_view(case).await;
    assert_eq!(view.history.iter().filter(|line| line.kind == "attended").count(), 1);
    assert!(world.view(&clerk, case).await.unwrap().attended && !view.attended);
    assert!(matches!(world.save_draft(&colleague, typed()).await, Err(Error::Denied(_))), "at another window");
    world.save_draft(&clerk, typed()).await.unwrap();
    // the next day the person stands there no longer
    kit.clock.set(beijing("2026-11-24 00:01"));
    assert!(matches!(world.answer_supplement(&clerk, world.answer_input(case)).await, Err(Error::Denied(_))));
    world.attend(&clerk, there(true)).await.unwrap();
    world.answer_supplement(&clerk, world.answer_input(case)).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.state, view.values.get("area")), (State::Submitted, Some(&json!(75))));
    assert_eq!(view.history.last().unwrap().by, OFFICE);
} }

both! { migrations, async fn without_an_account_too(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let mut input = at_the_window(&world).await;
    input.applicant = Applicant { account: None, name: "赵六".to_owned(), number: citizen(104), ..input.applicant };
    let case = world.start_draft(&clerk, input.clone()).await.unwrap().case;
    let again = world.start_draft(&clerk, input).await.unwrap();
    assert!(!again.resumed, "another person may have the same matter");
    world.fill_draft(&clerk, world.fill_input(case, register_facts())).await.unwrap();
    world.save_draft(&clerk, world.save_input(case, json!({ "shop": "赵家小馆", "area": 20 }))).await.unwrap();
    let lease = world.attach_input(case, "lease").await;
    world.attach(&clerk, lease).await.unwrap();
    world.submit(&clerk, world.submit_input(case)).await.unwrap();
    // What is missing is handed in at the window again.
    world.ask_supplement(&clerk, world.ask_input(case, "缺少签字页")).await.unwrap();
    let page = world.attach_input(case, "lease").await;
    world.attach(&clerk, page).await.unwrap();
    world.answer_supplement(&clerk, world.answer_input(case)).await.unwrap();
    assert_eq!(world.view(&clerk, case).await.unwrap().state, State::Submitted);
    // There is no account that the decision could reach.
    world.accept(&clerk, world.accept_input(case)).await.unwrap();
    world.complete_step(&world.approver(), world.step_input(case, "不符合条件")).await.unwrap();
    let decided = world.decide(&world.approver(), world.decide_input(case, false, "不符合条件")).await.unwrap();
    assert!(!decided.delivered && world.view(&clerk, case).await.unwrap().delivered_at.is_none());
    let handed_over = Deliver { case, item: world.item.clone(), seen: None, note: "本人领取".to_owned() };
    world.deliver(&clerk, handed_over).await.unwrap();
    assert!(world.view(&clerk, case).await.unwrap().delivered_at.is_some());
} }

both! { migrations, async fn filing_at_the_window_is_refused(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let good = at_the_window(&world).await;
    let absent = StartDraft { present: false, ..good.clone() };
    assert_eq!(refusal(world.start_draft(&clerk, absent).await), "case.presence");
    let mut renamed = good.clone();
    renamed.applicant.name = "王大明".to_owned();
    assert_eq!(refusal(world.start_draft(&clerk, renamed).await), "case.name_differs");
    let mut renumbered = good.clone();
    renumbered.applicant.number = citizen(105);
    assert_eq!(refusal(world.start_draft(&clerk, renumbered).await), "case.name_differs");
    let mut unknown = good.clone();
    unknown.applicant.account = Some(Uuid::from_u128(404));
    assert!(matches!(world.start_draft(&clerk, unknown).await, Err(Error::NotFound)));
    let elsewhere = staff_of(Role::Clerk, Uuid::from_u128(1), "519902000000");
    for other in [elsewhere, world.approver(), staff_of(Role::Supervisor, world.office, "519900000000")] {
        assert!(matches!(world.start_draft(&other, good.clone()).await, Err(Error::Denied(_))), "{other:?}");
    }
} }

/// A case that was filed at the window for somebody without an account.
async fn filed_without_an_account(world: &World) -> Uuid {
    let clerk = world.clerk();
    let mut input = at_the_window(world).await;
    input.applicant = Applicant {
        account: None,
        name: "赵六".to_owned(),
        number: citizen(104),
        ..input.applicant
    };
    let case = world.start_draft(&clerk, input).await.unwrap().case;
    world
        .fill_draft(&clerk, world.fill_input(case, register_facts()))
        .await
        .unwrap();
    world
        .save_draft(
            &clerk,
            world.save_input(case, json!({ "shop": "赵家小馆", "area": 20 })),
        )
        .await
        .unwrap();
    let lease = world.attach_input(case, "lease").await;
    world.attach(&clerk, lease).await.unwrap();
    world.submit(&clerk, world.submit_input(case)).await.unwrap();
    case
}

both! { migrations, async fn who_has_no_account_reads_what_was_told(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let case = filed_without_an_account(&world).await;
    world.ask_supplement(&clerk, world.ask_input(case, "缺少签字页")).await.unwrap();
    let (store, calendar) = (&world.store, &world.calendar);
    let code = progress_code(store, &clerk, case).await.unwrap().unwrap();
    let by_link = progress_by_code(store, calendar, &code).await.unwrap().unwrap();
    assert!(by_link.alone && by_link.letters.is_empty(), "the link alone shows no words");
    let number = world.view(&clerk, case).await.unwrap().number.unwrap();
    let (_, read) = progress_by_number(store, calendar, &number, &citizen(104)[14..]).await.unwrap().unwrap();
    let words: Vec<_> = read.letters.iter().flat_map(|letter| letter.body.paragraphs.clone()).collect();
    assert!(words.contains(&"缺少签字页".to_owned()), "{words:?}");
    assert!(progress_by_number(store, calendar, &number, "0000").await.unwrap().is_none());
} }

fn take_back(case: Uuid) -> WithdrawAtWindow {
    WithdrawAtWindow {
        case,
        seen: None,
        present: true,
        reason: " 不想办了 ".to_owned(),
    }
}

both! { migrations, async fn a_clerk_takes_a_case_back_for_who_is_there(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let case = filed_without_an_account(&world).await;
    let seen = world.view(&clerk, case).await.unwrap().version;
    world.withdraw_at_window(&clerk, WithdrawAtWindow { seen: Some(seen), ..take_back(case) }).await.unwrap();
    let view = world.view(&clerk, case).await.unwrap();
    assert_eq!(view.state, State::Withdrawn);
    assert!(view.clocks.iter().all(|clock| clock.ended_on.is_some()));
    let line = view.history.iter().find(|line| line.kind == "withdrawn").unwrap();
    assert_eq!((line.note.as_deref(), line.by.as_str()), (Some("不想办了"), OFFICE));
    let audit = world.store.log_of("case", &case.to_string()).await.unwrap();
    let entry = audit.iter().find(|line| line.action == "case.withdraw").unwrap();
    assert_eq!(entry.detail["presence"], "recorded");
    assert!(!entry.detail.to_string().contains("不想办了"), "the log names no words of the person");
    // what is withdrawn is over
    assert_eq!(refusal(world.withdraw_at_window(&clerk, take_back(case)).await), "case.wrong_state");
} }

both! { migrations, async fn taking_back_at_the_window_is_refused(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let case = filed_without_an_account(&world).await;
    for (input, code) in [
        (WithdrawAtWindow { present: false, ..take_back(case) }, "case.presence"),
        (WithdrawAtWindow { reason: " ".to_owned(), ..take_back(case) }, "case.withdraw_reason_missing"),
    ] {
        assert_eq!(refusal(world.withdraw_at_window(&clerk, input).await), code);
    }
    let stale = WithdrawAtWindow { seen: Some(1), ..take_back(case) };
    assert!(matches!(world.withdraw_at_window(&clerk, stale).await, Err(Error::Conflict)));
    let elsewhere = staff_of(Role::Clerk, Uuid::from_u128(1), "519902000000");
    for outsider in [elsewhere, world.applicant.clone()] {
        assert!(matches!(world.withdraw_at_window(&outsider, take_back(case)).await, Err(Error::NotFound)), "{outsider:?}");
    }
    assert!(matches!(world.withdraw_at_window(&world.approver(), take_back(case)).await, Err(Error::Denied(_))));
    assert_eq!(world.view(&clerk, case).await.unwrap().state, State::Submitted);

    // somebody with an account may stand there too
    let (own, _) = world.submitted(&world.applicant).await;
    world.withdraw_at_window(&clerk, take_back(own)).await.unwrap();
    assert_eq!(world.own_view(own).await.state, State::Withdrawn);
    // after the decision it is too late
    world.accept(&clerk, world.accept_input(case)).await.unwrap();
    world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
    assert_eq!(refusal(world.withdraw_at_window(&clerk, take_back(case)).await), "case.wrong_state");
} }

both! { migrations, async fn a_notice_reaches_who_has_no_account(kit: Kit) {
    let world = World::open(&kit).await;
    let clerk = world.clerk();
    let mut input = at_the_window(&world).await;
    input.applicant = Applicant { account: None, name: "赵六".to_owned(), number: citizen(104), ..input.applicant };
    let case = world.start_draft(&clerk, input).await.unwrap().case;
    world.fill_draft(&clerk, world.fill_input(case, register_facts())).await.unwrap();
    world.save_draft(&clerk, world.save_input(case, json!({ "shop": "阳光小馆", "area": 80 }))).await.unwrap();
    let lease = world.attach_input(case, "lease").await;
    world.attach(&clerk, lease).await.unwrap();
    world.submit(&clerk, world.submit_input(case)).await.unwrap();
    let serve = |note: &str| ServeNotice { case, item: world.item.clone(), seen: None, note: note.to_owned() };
    assert_eq!(refusal(world.serve_notice(&clerk, serve("本人")).await), "case.nothing_to_deliver");
    world.ask_supplement(&clerk, world.ask_input(case, "请补签字页")).await.unwrap();
    assert_eq!(notice_to_serve(&world.view(&clerk, case).await.unwrap()), Some(DocumentKind::SupplementNotice));
    assert!(matches!(world.serve_notice(&world.applicant, serve("本人")).await, Err(Error::NotFound | Error::Denied(_))));
    assert_eq!(refusal(world.serve_notice(&clerk, serve(" ")).await), "case.delivery_note_missing");
    world.serve_notice(&clerk, serve("本人当场领取")).await.unwrap();
    let view = world.view(&clerk, case).await.unwrap();
    let receipt = view.documents.iter().find(|document| document.kind == DocumentKind::DeliveryReceipt).unwrap();
    assert!(receipt.body.paragraphs[0].contains("申请材料补正告知书已于") && receipt.body.paragraphs[1].contains("本人当场领取"), "{receipt:?}");
    assert_eq!((view.state, notice_to_serve(&view)), (State::Supplement, None));
    assert_eq!(refusal(world.serve_notice(&clerk, serve("再次")).await), "case.nothing_to_deliver");
} }
