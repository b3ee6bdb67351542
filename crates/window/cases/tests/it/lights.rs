//! A limit that is about to pass, or has passed, is told once a colour.

use std::sync::{Arc, Mutex};

use tongban_cases::{WorkFilter, events::ClockWarned, work_list};
use tongban_catalogue::Limit;
use tongban_codes::{Light, LimitUnit};
use tongban_store::{Job, Message, PageRequest, Signer, Store, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

/// Runs what is due; answers what was told.
async fn drain(store: &Store) -> Vec<(Uuid, String, Light)> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    tongban_cases::wire(Worker::new(store.clone()))
        .subscribe("test", move |_store, message: Message<ClockWarned>| {
            let ClockWarned { case, rule, light } = message.body;
            heard.lock().unwrap().push((case, rule, light));
            async { Ok(()) }
        })
        .drain()
        .await
        .unwrap();
    std::mem::take(&mut told.lock().unwrap())
}

fn told(case: Uuid, rule: &str, light: Light) -> Vec<(Uuid, String, Light)> {
    vec![(case, rule.to_owned(), light)]
}

/// The day's look under another name: the job comes a second time.
#[derive(serde::Serialize, serde::Deserialize)]
struct Again {}

impl Job for Again {
    const KIND: &'static str = "cases.check_lights";
}

async fn again(store: &Store) {
    store
        .write(Signer::system(), |tx| async move {
            tx.enqueue(&Again {}, tx.now()).await
        })
        .await
        .unwrap();
}

both! { migrations, async fn yellow_once_and_red_once(kit: Kit) {
    let world = World::open(&kit).await;
    // Accepted on Friday the 20th, five working days: Friday the 27th is the last.
    let case = world.accepted(&world.applicant).await;
    for (instant, expected) in [
        ("2026-11-20 23:59", vec![]),
        ("2026-11-25 12:00", vec![]),
        // One working day is left.
        ("2026-11-26 00:06", told(case, "decide", Light::Yellow)),
        ("2026-11-26 12:00", vec![]),
        ("2026-11-27 23:59", vec![]),
        ("2026-11-28 00:06", told(case, "decide", Light::Red)),
        ("2026-11-29 12:00", vec![]),
        ("2026-12-08 12:00", vec![]),
    ] {
        kit.clock.set(beijing(instant));
        assert_eq!(drain(&world.store).await, expected, "{instant}");
        again(&world.store).await;
        assert_eq!(drain(&world.store).await, [], "{instant}: it came twice and told once");
    }
} }

both! { migrations, async fn the_first_review_is_urged_for_itself(kit: Kit) {
    let mut reviewed = content();
    reviewed.promised_limit = None;
    reviewed.steps[1].first_review = true;
    reviewed.steps[1].first_review_limit = Some(Limit {
        amount: 5,
        unit: LimitUnit::Workday,
        basis: Some("某条例第九条".to_owned()),
    explain: None,
    });
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", reviewed).await;
    let case = world.accepted(&world.applicant).await;
    for (instant, expected) in [
        ("2026-11-20 23:59", vec![]),
        ("2026-11-26 00:06", told(case, "first_review", Light::Yellow)),
        ("2026-11-28 00:06", told(case, "first_review", Light::Red)),
    ] {
        kit.clock.set(beijing(instant));
        assert_eq!(drain(&world.store).await, expected, "{instant}");
        again(&world.store).await;
        assert_eq!(drain(&world.store).await, [], "{instant}: it came twice and told once");
    }
    let listed = work_list(&world.store, &world.approver(), WorkFilter::ToDecide, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!((listed.rows[0].due_on, listed.rows[0].light), (Some(day("2026-12-18")), Some(Light::Green)), "lists tell of the decision");
} }

both! { migrations, async fn what_stands_still_or_waits_for_the_applicant_urges_nobody(kit: Kit) {
    let world = World::open(&kit).await;
    let stopped = world.accepted(&world.applicant).await;
    world.start_special(&world.approver(), world.special_input(stopped, "hearing", 15)).await.unwrap();
    let (asked, _) = world.submitted(&world.person("李四", 102).await).await;
    world.ask_supplement(&world.clerk(), world.ask_input(asked, "缺少签字页")).await.unwrap();
    let decided = world.decided(&world.person("王五", 103).await, true).await;
    for instant in ["2026-11-21 08:00", "2026-11-27 08:00", "2026-12-03 08:00"] {
        kit.clock.set(beijing(instant));
        assert_eq!(drain(&world.store).await, [], "{instant} {decided}");
    }
    world.end_special(&world.approver(), world.special_end_input(stopped, "听证结束")).await.unwrap();
    kit.clock.set(beijing("2026-12-09 08:00"));
    assert_eq!(drain(&world.store).await, told(stopped, "decide", Light::Yellow));
} }

both! { migrations, async fn a_procedure_that_takes_longer_than_announced_is_told(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.accepted(&world.applicant).await;
    // Five working days were announced on Friday the 20th: Friday the 27th is the last.
    world.start_special(&world.approver(), world.special_input(case, "hearing", 5)).await.unwrap();
    for (instant, expected) in [
        ("2026-11-25 12:00", vec![]),
        ("2026-11-26 00:06", told(case, "special", Light::Yellow)),
        ("2026-11-28 00:06", told(case, "special", Light::Red)),
        ("2026-12-03 12:00", vec![]),
    ] {
        kit.clock.set(beijing(instant));
        assert_eq!(drain(&world.store).await, expected, "{instant}");
        again(&world.store).await;
        assert_eq!(drain(&world.store).await, [], "{instant}: it came twice and told once");
    }
    let clock = world.own_view(case).await.clocks.remove(0);
    assert_eq!((clock.announced_until, clock.overruns, clock.light), (Some(day("2026-11-27")), true, Light::Red));
    let totals = work_list(&world.store, &world.approver(), WorkFilter::Open, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(totals.rows[0].light, Some(Light::Red), "the list shows it");
    world.end_special(&world.approver(), world.special_end_input(case, "听证结束")).await.unwrap();
    let clock = world.own_view(case).await.clocks.remove(0);
    assert_eq!((clock.announced_until, clock.overruns, clock.light), (None, false, Light::Green), "the limit runs again");
} }

both! { migrations, async fn the_window_is_urged_before_silence_accepts(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    kit.clock.set(beijing("2026-11-25 08:00"));
    assert_eq!(drain(&world.store).await, []);
    kit.clock.set(beijing("2026-11-26 08:00"));
    assert_eq!(drain(&world.store).await, told(case, "supplement_notice", Light::Yellow));
} }
