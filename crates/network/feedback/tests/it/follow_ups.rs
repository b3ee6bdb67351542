//! A bad rating is a task for the department.

use tongban_access::{Actor, Role};
use tongban_feedback::{Error, FollowUpLine, follow_ups};
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::{answer, give, migrations, rating, refused, world::*};

async fn listed(world: &World, actor: &Actor) -> Vec<FollowUpLine> {
    let page = follow_ups(&world.store, actor, PageRequest::new(1, 10))
        .await
        .unwrap();
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows
}

both! { migrations, async fn the_department_answers_once(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.decided(&world.applicant, false).await;
    give(&world.store, &world.applicant, rating(case, 2)).await.unwrap();
    let line = listed(&world, &world.approver()).await.remove(0);
    assert_eq!((line.case, line.score, line.open, line.opened_on), (Some(case), 2, true, day("2026-11-20")));
    assert_eq!(line.item_name, "示范经营许可");

    let store = &world.store;
    let other_office = staff_of(Role::Approver, Uuid::from_u128(2), "519901000000");
    let supervisor = staff_of(Role::Supervisor, Uuid::from_u128(3), "519900000000");
    for other in [&other_office, &supervisor, &world.clerk(), &world.applicant, &Actor::Nobody] {
        assert!(matches!(answer(store, other, line.id, "已整改").await, Err(Error::NotFound)), "{other:?}");
    }
    assert!(matches!(answer(store, &world.approver(), Uuid::from_u128(404), "已整改").await, Err(Error::NotFound)));
    assert_eq!(refused(answer(store, &world.approver(), line.id, " ").await), "rating.answer_missing");
    answer(store, &world.approver(), line.id, " 已改进告知方式 ").await.unwrap();
    assert_eq!(refused(answer(store, &world.approver(), line.id, "再答").await), "rating.answered");
    let line = listed(&world, &world.approver()).await.remove(0);
    assert_eq!((line.open, line.answer.as_deref()), (false, Some("已改进告知方式")));
} }

both! { migrations, async fn lists_end_where_the_actor_ends(kit: Kit) {
    let world = World::open(&kit).await;
    let person = world.person("李四", 102).await;
    for (who, score) in [(&world.applicant, 1), (&person, 2)] {
        let case = world.decided(who, false).await;
        give(&world.store, who, rating(case, score)).await.unwrap();
    }
    let first = listed(&world, &world.approver()).await.remove(0);
    assert_eq!(first.score, 1, "the oldest first");
    answer(&world.store, &world.approver(), first.id, "已改进").await.unwrap();
    let scores: Vec<_> = listed(&world, &world.approver()).await.iter().map(|line| (line.score, line.open)).collect();
    assert_eq!(scores, [(2, true), (1, false)], "open ones first");
    let supervisor = |region| staff_of(Role::Supervisor, Uuid::from_u128(3), region);
    assert_eq!(listed(&world, &supervisor("519900000000")).await.len(), 2);
    let nothing = [
        supervisor("519902000000"),
        staff_of(Role::Approver, Uuid::from_u128(2), "519901000000"),
        staff_of(Role::Operator, world.office, "519900000000"),
        world.clerk(),
        world.applicant.clone(),
        Actor::Nobody,
    ];
    for other in nothing {
        assert!(listed(&world, &other).await.is_empty(), "{other:?}");
    }
} }
