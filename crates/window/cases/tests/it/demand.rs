//! How often matters are filed.

use chrono::TimeDelta;
use tongban_cases::filed_since;
use tongban_testkit::both;

use crate::world::*;

both! { migrations, async fn what_was_filed_is_counted_by_item(kit: Kit) {
    let world = World::open(&kit).await;
    let first = world.item.item;
    let early = world.store.now();
    world.submitted(&world.applicant).await;
    kit.clock.advance(TimeDelta::days(10));
    let late = world.store.now();
    let other = world.person("李四", 102).await;
    world.submitted(&other).await;
    let world = world.with_item("1-EXAMPLE-2", content()).await;
    world.submitted(&other).await;
    world.draft(&world.applicant).await;
    let counted = filed_since(&world.store, early).await.unwrap();
    assert_eq!(counted, [(first, 2), (world.item.item, 1)], "drafts are not counted");
    let mut recent = filed_since(&world.store, late).await.unwrap();
    recent.sort();
    assert_eq!(recent.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 1]);
    assert!(filed_since(&world.store, late + TimeDelta::seconds(1)).await.unwrap().is_empty());
} }
