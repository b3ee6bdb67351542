//! Guessing is braked.

use chrono::Duration;
use tongban_store::{Brake, Store};

use crate::kit::both;

const BRAKE: Brake = Brake {
    kind: "test",
    most: 3,
    window: Duration::minutes(15),
};

async fn tries(store: &Store, about: &str, count: usize) -> Vec<Option<u64>> {
    let mut answers = Vec::new();
    for _ in 0..count {
        answers.push(store.brake(BRAKE, about).await.unwrap());
    }
    answers
}

both! {
    async fn after_some_tries_one_has_to_wait(kit: Kit) {
        assert_eq!(tries(&kit.store, "a", 4).await, [None, None, None, Some(900)]);
        kit.clock.advance(Duration::minutes(10));
        assert_eq!(tries(&kit.store, "a", 1).await, [Some(300)]);
        assert_eq!(tries(&kit.store, "b", 1).await, [None], "another number");
        let other = Brake { kind: "other", ..BRAKE };
        assert_eq!(kit.store.brake(other, "a").await.unwrap(), None, "another kind");
        kit.clock.advance(Duration::minutes(5));
        assert_eq!(tries(&kit.store, "a", 1).await, [None], "the window is over");
    }
}

both! {
    async fn a_right_try_releases(kit: Kit) {
        tries(&kit.store, "a", 3).await;
        kit.store.release(BRAKE, "a").await.unwrap();
        assert_eq!(tries(&kit.store, "a", 3).await, [None, None, None]);
    }
}

both! {
    async fn tries_at_the_same_moment_are_all_counted(kit: Kit) {
        let all = (0..12).map(|_| {
            let store = kit.store.clone();
            tokio::spawn(async move { store.brake(BRAKE, "a").await.unwrap() })
        });
        let mut free = 0;
        for task in all.collect::<Vec<_>>() {
            free += usize::from(task.await.unwrap().is_none());
        }
        assert_eq!(free, 3);
    }
}

both! {
    async fn what_is_over_is_pruned_and_nothing_is_kept_in_plain_text(kit: Kit) {
        use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
        tries(&kit.store, "519901198803121210", 1).await;
        let keys = || async {
            let reader = kit.store.reader();
            let query = Statement::from_string(reader.get_database_backend(), "SELECT key FROM brakes");
            let rows = reader.query_all_raw(query).await.unwrap();
            rows.iter().map(|row| row.try_get::<String>("", "key").unwrap()).collect::<Vec<_>>()
        };
        let before = keys().await;
        assert!(before.len() == 1 && !before[0].contains("5199"), "{before:?}");
        kit.clock.advance(Duration::minutes(16));
        tries(&kit.store, "another", 1).await;
        let after = keys().await;
        assert!(after.len() == 1 && after != before);
    }
}

// What comes often is counted in lots: the same limit over all nodes, few writes, and nothing gained by a restart.
both! {
    async fn lots_are_shared_and_lost_with_their_node(kit: Kit) {
        let limit = Brake { kind: "of the test in lots", most: 25, window: Duration::minutes(10) };
        let store = &kit.store;
        let tries = async |store: &Store, count: usize| {
            let mut passed = 0;
            for _try in 0..count {
                if store.brake_in_lots(limit, "somebody", 10).await.unwrap().is_none() {
                    passed += 1;
                }
            }
            passed
        };
        let before = store.counted();
        assert_eq!(tries(store, 10).await, 10);
        assert_eq!(store.counted().acts - before.acts, 1, "one write for a lot");
        // another node, or this one after a restart: what was taken and not spent is not there for it
        assert_eq!(tries(store, 3).await, 3);
        let other = kit.another().await;
        assert_eq!(tries(&other, 20).await, 5, "of 25, twenty were taken");
        let wait = other.brake_in_lots(limit, "somebody", 10).await.unwrap().unwrap();
        assert_eq!(wait, 600);
        assert_eq!(tries(store, 20).await, 7, "its own lot is still good");
        assert!(other.brake_in_lots(limit, "somebody else", 10).await.unwrap().is_none());
        kit.clock.advance(Duration::minutes(10));
        assert_eq!(tries(&other, 1).await, 1, "a new window");
    }
}
