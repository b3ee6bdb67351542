//! Every list carries its scope.

use tongban_access::{Actor, Role};
use tongban_cases::{
    Withdraw, WorkFilter, WorkTotals, case_of_number, case_summary, document_of, file_of, my_cases,
    progress_code, work_counts, work_list, work_totals,
};
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

async fn listed(world: &World, actor: &Actor, filter: WorkFilter) -> Vec<Uuid> {
    let page = work_list(
        &world.store,
        actor,
        filter,
        &world.calendar,
        PageRequest::new(1, 10),
    )
    .await
    .unwrap();
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.into_iter().map(|line| line.id).collect()
}

both! { migrations, async fn a_case_is_found_by_its_number_within_reach(kit: Kit) {
    let world = World::open(&kit).await;
    let (filed, _) = world.submitted(&world.applicant).await;
    let number = world.own_view(filed).await.number.unwrap();
    let spaced = format!(" {} {} ", &number[..6], &number[6..]);
    for reader in [&world.clerk(), &world.approver(), &world.applicant] {
        for typed in [&number, &spaced] {
            assert_eq!(case_of_number(&world.store, reader, typed).await.unwrap(), Some(filed), "{reader:?}");
        }
        assert_eq!(case_of_number(&world.store, reader, "519900").await.unwrap(), None);
    }
    let clerk_elsewhere = staff_of(Role::Clerk, Uuid::from_u128(1), "519902000000");
    let stranger = world.person("李四", 102).await;
    for outsider in [&clerk_elsewhere, &stranger, &Actor::Nobody] {
        assert_eq!(case_of_number(&world.store, outsider, &number).await.unwrap(), None, "{outsider:?}");
    }
} }

both! { migrations, async fn lists_end_where_the_actor_ends(kit: Kit) {
    let world = World::open(&kit).await;
    let stranger = world.person("李四", 102).await;
    let draft = world.filled(&stranger).await;
    let (filed, _) = world.submitted(&world.applicant).await;
    let accepted = world.accepted(&world.person("张三", 103).await).await;
    let clerk_elsewhere = staff_of(Role::Clerk, Uuid::from_u128(1), "519902000000");
    let other_office = staff_of(Role::Approver, Uuid::from_u128(2), "519901000000");
    let supervisor = staff_of(Role::Supervisor, Uuid::from_u128(3), "519900000000");
    let operator = staff_of(Role::Operator, world.office, "519900000000");
    for reader in [&world.clerk(), &world.approver(), &supervisor] {
        let open = listed(&world, reader, WorkFilter::Open).await;
        assert_eq!(open.len(), 2, "{reader:?}");
        assert!(open.contains(&filed) && open.contains(&accepted) && !open.contains(&draft), "drafts are private");
        assert_eq!(listed(&world, reader, WorkFilter::ToAccept).await, [filed]);
        assert_eq!(listed(&world, reader, WorkFilter::ToDecide).await, [accepted]);
        let totals = WorkTotals { accept: 1, decide: 1, open: 2, ..WorkTotals::default() };
        assert_eq!(work_totals(&world.store, reader).await.unwrap(), totals);
        let counts = work_counts(&world.store, reader, &world.calendar).await.unwrap();
        assert_eq!(counts.red + counts.yellow + counts.green + counts.no_clock, 2);
        assert!(world.view(reader, filed).await.is_some());
        assert!(world.view(reader, draft).await.is_none());
    }
    for outsider in [&clerk_elsewhere, &other_office, &operator, &Actor::Nobody] {
        assert!(listed(&world, outsider, WorkFilter::Open).await.is_empty(), "{outsider:?}");
        assert_eq!(work_totals(&world.store, outsider).await.unwrap(), WorkTotals::default());
        assert!(world.view(outsider, filed).await.is_none());
        let mine = my_cases(&world.store, outsider, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
        assert!(mine.rows.is_empty());
    }
    assert_eq!(listed(&world, &stranger, WorkFilter::Open).await, [] as [Uuid; 0]);
    assert!(world.view(&stranger, filed).await.is_none());
    let mine = my_cases(&world.store, &stranger, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(mine.rows.iter().map(|line| line.id).collect::<Vec<_>>(), [draft]);
} }

both! { migrations, async fn what_is_due_first_stands_first(kit: Kit) {
    let world = World::open(&kit).await;
    let (early, _) = world.submitted(&world.applicant).await;
    kit.clock.set(beijing("2026-11-24 09:00"));
    let (late, _) = world.submitted(&world.person("李四", 102).await).await;
    kit.clock.set(beijing("2026-11-25 09:00"));
    world.accept(&world.clerk(), world.accept_input(early)).await.unwrap();
    assert_eq!(listed(&world, &world.clerk(), WorkFilter::Open).await, [late, early]);
    let page = work_list(&world.store, &world.clerk(), WorkFilter::Open, &world.calendar, PageRequest::new(1, 1)).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (2, 1));
    assert_eq!((page.rows[0].applicant.as_str(), page.rows[0].remaining), ("李×", Some(4)));
    assert_eq!((page.rows[0].shared, page.rows[0].uploaded), (1, 1));
    world.withdraw(&world.applicant, Withdraw { case: early, seen: None }).await.unwrap();
    let granted = world.decided(&world.person("张三", 103).await, true).await;
    let mut closed = listed(&world, &world.clerk(), WorkFilter::Closed).await;
    closed.sort();
    assert_eq!(closed, [early, granted]);
    assert_eq!(work_totals(&world.store, &world.clerk()).await.unwrap().closed, 2);
} }

both! { migrations, async fn parts_of_a_case_are_as_private_as_the_case(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, submitted) = world.submitted(&world.applicant).await;
    let (other, _) = world.submitted(&world.person("李四", 102).await).await;
    let view = world.own_view(case).await;
    let (document, file) = (view.documents[0].id, view.materials[1].id);
    let stranger = world.person("张三", 103).await;
    let store = &world.store;
    for reader in [&world.applicant, &world.clerk()] {
        assert!(document_of(store, reader, case, document).await.unwrap().is_some());
        assert!(file_of(store, reader, case, file).await.unwrap().is_some());
        assert!(document_of(store, reader, other, document).await.unwrap().is_none(), "of another case");
        assert!(file_of(store, reader, other, file).await.unwrap().is_none());
    }
    assert!(document_of(store, &stranger, case, document).await.unwrap().is_none());
    assert!(file_of(store, &stranger, case, file).await.unwrap().is_none());
    assert!(progress_code(store, &stranger, case).await.unwrap().is_none());
    assert_eq!(progress_code(store, &world.applicant, case).await.unwrap(), Some(submitted.progress_code));
    assert_eq!(view.applicant_masked, format!("{}**********{}", &citizen(101)[..4], &citizen(101)[14..]));
    assert_eq!(view.phone_masked.as_deref(), Some("100****5678"));
    let summary = case_summary(store, case).await.unwrap().unwrap();
    assert_eq!((summary.number, summary.due_on), (view.number, Some(day("2026-11-27"))));
    assert!(case_summary(store, Uuid::from_u128(404)).await.unwrap().is_none());
} }
