//! 延续 (行政许可法 50): decided before the licence ends, or by silence where it was applied for in time. The job runs twice.

use chrono::NaiveDate;
use tongban_access::{Actor, PartyKind};
use tongban_cases::{Error, Submit, Withdraw, clocks_of, events::RenewedBySilence, renewable_licences};
use tongban_catalogue::Limit;
use tongban_codes::{LimitUnit, Step};
use tongban_licences::{
    ChangeStatus, HeldLicence, LicenceStatus, StatusChange, change_status, held, licence_view,
};
use tongban_procedure::{DocumentKind, State};
use tongban_store::{Message, Signer, Worker};
use tongban_testkit::{Kit, both};
use uuid::Uuid;

use crate::{time::run_twice, world::*};

async fn opened(kit: &Kit) -> World {
    World::open(kit)
        .await
        .with_item("1-EXAMPLE-2", renewal_content())
        .await
}

/// Types, last days and states of what the applicant holds.
async fn holds(world: &World) -> Vec<HeldLicence> {
    held(&world.store, PartyKind::Person, &citizen(101))
        .await
        .unwrap()
}

fn last_days(held: &[HeldLicence]) -> Vec<Option<NaiveDate>> {
    held.iter().map(|held| held.valid_to).collect()
}

fn kinds(view: &tongban_cases::CaseView) -> Vec<&str> {
    view.history.iter().map(|line| line.kind.as_str()).collect()
}

async fn suspend(world: &World, licence: Uuid) {
    let input = ChangeStatus {
        licence,
        change: StatusChange::Suspend,
        cause: "penalty_suspension".to_owned(),
        reason: "行政处罚".to_owned(),
        version: 1,
    };
    world
        .store
        .write(Signer::system(), move |tx| {
            let input = input.clone();
            async move { change_status(&tx, &Actor::System, input).await }
        })
        .await
        .unwrap();
}

both! { migrations, async fn who_applied_in_time_and_hears_nothing_is_renewed(kit: Kit) {
    let mut slow = renewal_content();
    slow.promised_limit = Some(Limit { amount: 30, unit: LimitUnit::Workday, basis: None, explain: None });
    slow.legal_limit.clone_from(&slow.promised_limit);
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", slow).await;
    let old = world.licence_until(101, day("2026-12-24")).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let renewal = world.own_view(case).await.renewal.unwrap();
    assert_eq!((renewal.licence, renewal.expires_on, renewal.apply_by, renewal.in_time), (old, day("2026-12-24"), day("2026-11-24"), true));
    let receipt = &world.own_view(case).await.documents[0];
    assert!(receipt.body.paragraphs.last().unwrap().contains("第五十条，视为准予延续"), "{:?}", receipt.body.paragraphs);

    // Thirty working days would end in a year whose calendar is not known; the licence ends before.
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    let clock = world.own_view(case).await.clocks.remove(0);
    assert_eq!((clock.rule.as_str(), clock.total, clock.due_on, clock.missing_year), ("decide", 30, Some(day("2026-12-24")), None));
    let steps = clocks_of(&world.store, case).await.unwrap()[0].explain(&world.calendar).explanation.steps;
    assert!(steps.contains(&Step::Until { date: day("2026-12-24") }), "{steps:?}");
    let notice = world.own_view(case).await.documents.pop().unwrap();
    assert!(notice.body.paragraphs[1].contains("2026 年 12 月 24 日"), "{:?}", notice.body.paragraphs);
    // Experts do not stop the licence from ending.
    let approver = world.approver();
    world.complete_step(&approver, world.step_input(case, "材料齐全")).await.unwrap();
    world.start_special(&approver, world.special_input(case, "expert_review", 5)).await.unwrap();
    assert_eq!(world.own_view(case).await.clocks[0].due_on, Some(day("2026-12-24")));

    kit.clock.set(beijing("2026-12-24 23:59"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Accepted, "the last day belongs to the office");
    kit.clock.set(beijing("2026-12-25 00:01"));
    // Nothing is left to decide, also where no job has come yet.
    for answer in [
        world.decide(&approver, world.decide_input(case, false, "不符合条件")).await.map(|_| ()),
        world.end_special(&approver, world.special_end_input(case, "不同意")).await,
        world.extend(&approver, world.extend_input(case)).await,
        world.withdraw(&world.applicant, Withdraw { case, seen: None }).await,
    ] {
        assert_eq!(refusal(answer), "case.counts_as_renewed");
    }
    run_twice(&kit).await;
    let view = world.own_view(case).await;
    assert_eq!((view.state, kinds(&view).pop()), (State::Granted, Some("renewed_by_silence")));
    assert_eq!(kinds(&view).iter().filter(|kind| **kind == "renewed_by_silence").count(), 1, "once");
    assert!(view.clocks.iter().all(|clock| clock.ended_on.is_some()) && view.procedures[0].ended_on.is_some());
    let notice = view.documents.last().unwrap();
    assert_eq!((notice.kind, notice.number.as_str()), (DocumentKind::RenewalBySilence, "视延〔2026〕1号"));
    assert!(notice.body.paragraphs[0].contains("第五十条") && notice.body.paragraphs[1].contains("2031 年 12 月 24 日"), "{:?}", notice.body.paragraphs);
    let held = holds(&world).await;
    assert_eq!((last_days(&held), view.licence), (vec![Some(day("2031-12-24"))], Some(held[0].id)));
    assert_eq!((held[0].valid_from, held[0].status), (day("2021-12-01"), LicenceStatus::Valid));
    let before = licence_view(&world.store, &Actor::System, old).await.unwrap();
    assert_eq!(before.status, LicenceStatus::Replaced);
    let audit = world.store.log_of("case", &case.to_string()).await.unwrap();
    assert_eq!(audit.iter().filter(|line| line.action == "case.renew_by_silence").count(), 1);
    assert_eq!(refusal(world.decide(&approver, world.decide_input(case, true, "")).await), "case.wrong_state");
} }

both! { migrations, async fn the_supervisors_hear_of_it_once(kit: Kit) {
    let world = opened(&kit).await;
    world.licence_until(101, day("2026-12-24")).await;
    let case = world.accepted(&world.applicant).await;
    kit.clock.set(beijing("2026-12-25 00:01"));
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = std::sync::Arc::clone(&told);
    for _twice in 0..2 {
        let heard = std::sync::Arc::clone(&heard);
        tongban_cases::wire(Worker::new(world.store.clone()))
            .subscribe("test", move |_store, message: Message<RenewedBySilence>| {
                heard.lock().unwrap().push(message.body.case);
                async { Ok(()) }
            })
            .drain()
            .await
            .unwrap();
    }
    assert_eq!(*told.lock().unwrap(), [case]);
} }

both! { migrations, async fn a_decision_in_time_prolongs_the_licence_or_leaves_it(kit: Kit) {
    let world = opened(&kit).await;
    world.licence_until(101, day("2026-12-24")).await;
    let case = world.decided(&world.applicant, true).await;
    let view = world.own_view(case).await;
    let held = holds(&world).await;
    assert_eq!((last_days(&held), view.licence), (vec![Some(day("2031-12-24"))], Some(held[0].id)), "one licence, prolonged");
    let grant = view.documents.last().unwrap();
    assert!(grant.kind == DocumentKind::Grant && grant.body.paragraphs[0].contains("准予延续"), "{:?}", grant.body.paragraphs);

    let other = world.person("李四", 102).await;
    world.licence_until(102, day("2026-12-24")).await;
    let refused = world.decided(&other, false).await;
    kit.clock.set(beijing("2026-12-25 00:01"));
    run_twice(&kit).await;
    let view = world.view(&other, refused).await.unwrap();
    assert_eq!((view.state, kinds(&view).pop()), (State::Refused, Some("refused")));
    let left = tongban_licences::held(&world.store, PartyKind::Person, &citizen(102)).await.unwrap();
    assert_eq!(last_days(&left), [Some(day("2026-12-24"))]);
    assert_eq!(world.own_view(case).await.documents.len(), 3, "and nothing happens to what was granted");
} }

both! { migrations, async fn who_applies_too_late_has_the_ordinary_way(kit: Kit) {
    let world = opened(&kit).await;
    world.licence_until(101, day("2026-12-19")).await;
    let case = world.accepted(&world.applicant).await;
    let view = world.own_view(case).await;
    assert_eq!(view.renewal.as_ref().map(|renewal| (renewal.in_time, renewal.apply_by)), Some((false, day("2026-11-19"))));
    assert!(view.documents[0].body.paragraphs.last().unwrap().contains("不适用视为准予延续"));
    assert_eq!(view.clocks[0].due_on, Some(day("2026-11-27")));
    kit.clock.set(beijing("2026-12-24 10:00"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Accepted);
    assert_eq!(last_days(&holds(&world).await), [Some(day("2026-12-19"))]);
    // What is granted after the end begins anew.
    world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
    let held = holds(&world).await;
    assert_eq!((held.len(), held[0].valid_from, held[0].valid_to), (1, day("2026-12-24"), Some(day("2031-12-23"))));
} }

both! { migrations, async fn the_item_may_have_a_term_of_its_own(kit: Kit) {
    let mut own = renewal_content();
    own.results[0].renew_before_days = Some(2);
    own.results[0].renew_before_basis = Some("某条例第九条".to_owned());
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", own).await;
    world.licence_until(101, day("2026-11-24")).await;
    let (case, _) = world.submitted(&world.applicant).await;
    let other = world.person("李四", 102).await;
    world.licence_until(102, day("2026-11-24")).await;
    let (asked, _) = world.submitted(&other).await;
    assert_eq!(world.own_view(case).await.renewal.map(|renewal| (renewal.apply_by, renewal.in_time)), Some((day("2026-11-22"), true)));
    kit.clock.set(beijing("2026-11-23 10:00"));
    world.ask_supplement(&world.clerk(), world.ask_input(asked, "缺少签字页")).await.unwrap();

    // One was not even accepted; for the other the applicant had the turn on the last day.
    kit.clock.set(beijing("2026-11-25 00:01"));
    for answer in [
        world.not_accept(&world.clerk(), world.not_accept_input(case, "不属于职权范围")).await,
        world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await,
        world.accept(&world.clerk(), world.accept_input(case)).await,
    ] {
        assert_eq!(refusal(answer), "case.counts_as_renewed");
    }
    run_twice(&kit).await;
    let view = world.own_view(case).await;
    assert_eq!((view.state, kinds(&view)), (State::Granted, vec!["submitted", "renewed_by_silence"]));
    assert_eq!(view.accepted_at, view.submitted_at);
    assert_eq!(last_days(&holds(&world).await), [Some(day("2031-11-24"))]);
    assert_eq!(world.view(&other, asked).await.unwrap().state, State::Supplement);

    kit.clock.set(beijing("2026-11-26 10:00"));
    world.answer_supplement(&other, world.answer_input(asked)).await.unwrap();
    world.accept(&world.clerk(), world.accept_input(asked)).await.unwrap();
    run_twice(&kit).await;
    let view = world.view(&other, asked).await.unwrap();
    assert_eq!((view.state, view.clocks[0].due_on), (State::Accepted, Some(day("2026-12-03"))), "its ordinary way");
} }

both! { migrations, async fn one_licence_is_named_and_no_other(kit: Kit) {
    let world = opened(&kit).await;
    let case = world.filled(&world.applicant).await;
    assert_eq!(refusal(world.submit(&world.applicant, world.submit_input(case)).await), "case.renewal_none");
    let first = world.licence_until(101, day("2026-12-24")).await;
    let second = world.licence_until(101, day("2027-12-24")).await;
    let over = world.licence_until(101, day("2026-11-19")).await;
    let suspended = world.licence_until(101, day("2026-12-24")).await;
    suspend(&world, suspended).await;
    let foreign = world.licence_until(102, day("2026-12-24")).await;
    let offered = renewable_licences(&world.store, &world.applicant, case).await.unwrap().unwrap();
    let offered: Vec<Uuid> = offered.into_iter().map(|known| known.licence).collect();
    assert_eq!(offered, [second, first]);
    let stranger = world.person("李四", 102).await;
    assert_eq!(renewable_licences(&world.store, &stranger, case).await.unwrap(), None);

    assert_eq!(refusal(world.submit(&world.applicant, world.submit_input(case)).await), "case.renewal_choose");
    for wrong in [over, suspended, foreign, Uuid::from_u128(404)] {
        let input = Submit { renews: Some(wrong), ..world.submit_input(case) };
        assert_eq!(refusal(world.submit(&world.applicant, input).await), "case.renewal_none");
    }
    let input = Submit { renews: Some(first), ..world.submit_input(case) };
    world.submit(&world.applicant, input).await.unwrap();
    assert_eq!(world.own_view(case).await.renewal.map(|renewal| renewal.licence), Some(first));
    assert_eq!(renewable_licences(&world.store, &world.applicant, case).await.unwrap(), None, "it is filed");

    // A second application for the same licence waits for the first.
    let again = world.filled(&world.applicant).await;
    let input = Submit { renews: Some(first), ..world.submit_input(again) };
    assert_eq!(refusal(world.submit(&world.applicant, input.clone()).await), "case.renewal_open");
    world.withdraw(&world.applicant, Withdraw { case, seen: None }).await.unwrap();
    world.submit(&world.applicant, input).await.unwrap();
} }

both! { migrations, async fn what_no_longer_stands_is_not_renewed_by_silence(kit: Kit) {
    let world = opened(&kit).await;
    let licence = world.licence_until(101, day("2026-12-24")).await;
    let case = world.reviewed(&world.applicant).await;
    suspend(&world, licence).await;
    kit.clock.set(beijing("2026-12-25 00:01"));
    run_twice(&kit).await;
    assert_eq!(world.own_view(case).await.state, State::Accepted);
    let granted = world.decide(&world.approver(), world.decide_input(case, true, "")).await;
    assert!(matches!(granted, Err(Error::Licence(_))), "{granted:?}");
    world.decide(&world.approver(), world.decide_input(case, false, "许可证被暂扣")).await.unwrap();
    assert_eq!(last_days(&holds(&world).await), [Some(day("2026-12-24"))]);
} }
