//! Notices for offices: they come once a colour, to whom they concern, and go when the office has acted.

use chrono::TimeDelta;
use sea_orm_migration::sea_orm::ConnectionTrait;
use tongban_access::{Actor, Role};
use tongban_cases::events::{CaseDecided, ClockWarned, LimitExtended};
use tongban_codes::Light;
use tongban_engage::{notices, open_notices};
use tongban_store::{Event, PageRequest, Signer, Store, WorkError, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{migrations, worker, world::*};

/// Lets an event come, as the room of cases tells it.
async fn tell<E: Event + Clone + Sync>(store: &Store, event: E) {
    store
        .write(Signer::system(), move |tx| {
            let event = event.clone();
            async move { tx.emit(&event).await }
        })
        .await
        .unwrap();
}

fn warned(case: Uuid, rule: &str, light: Light) -> ClockWarned {
    ClockWarned {
        case,
        rule: rule.to_owned(),
        light,
    }
}

/// Rule and colour of what stands for somebody.
async fn standing(store: &Store, actor: &Actor) -> Vec<(String, String)> {
    let page = notices(store, actor, PageRequest::new(1, 20)).await.unwrap();
    assert_eq!(page.total, open_notices(store, actor).await.unwrap());
    page.rows
        .into_iter()
        .map(|notice| (notice.rule, notice.light))
        .collect()
}

fn one(rule: &str, light: &str) -> Vec<(String, String)> {
    vec![(rule.to_owned(), light.to_owned())]
}

both! { migrations, async fn a_notice_reaches_whom_it_concerns_and_goes_when_the_office_acts(kit: Kit) {
    let world = World::open(&kit).await;
    let store = &world.store;
    let supervisor = staff_of(Role::Supervisor, Uuid::from_u128(7), "519900000000");
    let elsewhere = [
        staff_of(Role::Approver, Uuid::from_u128(8), "519901000000"),
        staff_of(Role::Supervisor, Uuid::from_u128(9), "519800000000"),
        staff_of(Role::Operator, world.office, "519900000000"),
        world.applicant.clone(),
        Actor::Nobody,
    ];
    let (case, submitted) = world.submitted(&world.applicant).await;
    tell(store, warned(case, "supplement_notice", Light::Yellow)).await;
    worker(store).drain().await.unwrap();
    // The window accepts, the department may: both are told. The supervisor hears of it when it is late.
    for actor in [world.clerk(), world.approver()] {
        assert_eq!(standing(store, &actor).await, one("supplement_notice", "yellow"));
    }
    assert_eq!(standing(store, &supervisor).await, []);
    kit.clock.advance(TimeDelta::days(1));
    tell(store, warned(case, "supplement_notice", Light::Red)).await;
    worker(store).drain().await.unwrap();
    for actor in [world.clerk(), world.approver(), supervisor.clone()] {
        assert_eq!(standing(store, &actor).await, one("supplement_notice", "red"), "red takes the place of yellow");
    }
    for actor in &elsewhere {
        assert_eq!(standing(store, actor).await, [], "{actor:?}");
    }
    let page = notices(store, &world.approver(), PageRequest::new(1, 20)).await.unwrap();
    let shown = serde_json::to_string(&page.rows).unwrap();
    assert!(shown.contains(&submitted.number) && !shown.contains("王小明"), "{shown}");

    kit.clock.advance(TimeDelta::minutes(1));
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    worker(store).drain().await.unwrap();
    for actor in [world.clerk(), world.approver(), supervisor.clone()] {
        assert_eq!(standing(store, &actor).await, []);
    }
    // The decision is the department's.
    tell(store, warned(case, "decide", Light::Yellow)).await;
    // The word about acceptance comes late: nothing is put up any more.
    tell(store, warned(case, "supplement_notice", Light::Red)).await;
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &world.approver()).await, one("decide", "yellow"));
    assert_eq!(standing(store, &world.clerk()).await, []);
    kit.clock.advance(TimeDelta::minutes(1));
    world.extend(&world.approver(), world.extend_input(case)).await.unwrap();
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &world.approver()).await, []);
} }

both! { migrations, async fn the_first_review_and_the_decision_are_told_apart(kit: Kit) {
    let mut reviewed = content();
    reviewed.steps[1].first_review = true;
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", reviewed).await;
    let store = &world.store;
    let case = world.accepted(&world.applicant).await;
    worker(store).drain().await.unwrap();
    kit.clock.advance(TimeDelta::minutes(1));
    tell(store, warned(case, "first_review", Light::Red)).await;
    tell(store, warned(case, "decide", Light::Yellow)).await;
    worker(store).drain().await.unwrap();
    let both = [one("first_review", "red"), one("decide", "yellow")].concat();
    assert_eq!(standing(store, &world.approver()).await, both);
    assert_eq!(standing(store, &world.clerk()).await, [], "neither is the window's");
    // What is extended is the limit of the decision.
    kit.clock.advance(TimeDelta::minutes(1));
    world.extend(&world.approver(), world.extend_input(case)).await.unwrap();
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &world.approver()).await, one("first_review", "red"));
    kit.clock.advance(TimeDelta::minutes(1));
    world.complete_step(&world.approver(), world.step_input(case, "同意")).await.unwrap();
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &world.approver()).await, []);
    // The word about it comes late: nothing is put up any more.
    tell(store, warned(case, "first_review", Light::Red)).await;
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &world.approver()).await, []);
} }

both! { migrations, async fn the_office_and_its_supervisors_hear_that_nobody_decided(kit: Kit) {
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", renewal_content()).await;
    let store = &world.store;
    let supervisor = staff_of(Role::Supervisor, Uuid::from_u128(7), "519900000000");
    world.licence_until(101, day("2026-12-24")).await;
    let case = world.accepted(&world.applicant).await;
    kit.clock.set(beijing("2026-12-25 00:01"));
    tongban_cases::wire(worker(store)).drain().await.unwrap();
    let told = one("renewed_by_silence", "red");
    for actor in [&world.approver(), &supervisor] {
        assert_eq!(standing(store, actor).await, told, "{actor:?}");
    }
    assert_eq!(standing(store, &world.clerk()).await, []);
    // The event comes a second time, and so does the decision: neither changes anything.
    tell(store, CaseDecided { case }).await;
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &supervisor).await, told);
    kit.clock.set(beijing("2027-01-25 00:01"));
    assert_eq!(standing(store, &supervisor).await, [], "after a month it is history");
} }

/// Takes the notices and lets each fail once, so that it waits as a job.
fn unable(store: &Store) -> Worker {
    Worker::new(store.clone()).subscribe(
        "engage.notices",
        |_store: Store, _message: tongban_store::Message<ClockWarned>| async {
            Err(WorkError("not now".to_owned()))
        },
    )
}

both! { migrations, async fn a_delivery_that_comes_twice_puts_up_one_notice(kit: Kit) {
    let world = World::open(&kit).await;
    let store = &world.store;
    let case = world.accepted(&world.applicant).await;
    worker(store).drain().await.unwrap();
    tell(store, warned(case, "decide", Light::Red)).await;
    // The delivery exists now as a job; a copy of it stands for a second delivery with the same id.
    unable(store).drain().await.unwrap();
    let database = store.reader();
    database.execute_unprepared("CREATE TABLE second_delivery AS SELECT * FROM jobs").await.unwrap();
    kit.clock.advance(TimeDelta::hours(1));
    worker(store).drain().await.unwrap();
    database
        .execute_unprepared("INSERT INTO jobs SELECT * FROM second_delivery WHERE id NOT IN (SELECT id FROM jobs)")
        .await
        .unwrap();
    assert!(worker(store).drain().await.unwrap() >= 1);
    assert_eq!(standing(store, &world.approver()).await, one("decide", "red"));

    // What closes comes twice as well, and what came up after it stays.
    tell(store, LimitExtended { case }).await;
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &world.approver()).await, []);
    tell(store, LimitExtended { case }).await;
    kit.clock.advance(TimeDelta::minutes(1));
    tell(store, warned(case, "decide", Light::Yellow)).await;
    worker(store).drain().await.unwrap();
    assert_eq!(standing(store, &world.approver()).await, one("decide", "yellow"));
} }
