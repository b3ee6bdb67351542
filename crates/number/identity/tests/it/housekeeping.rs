//! The daily sweep.

use chrono::Duration;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use tongban_identity::{AccountKind, Sweep, load_session};
use tongban_store::{Signer, Store};
use tongban_testkit::both;

use crate::builders::*;

async fn count(store: &Store, table: &str) -> i64 {
    let reader = store.reader();
    let query = Statement::from_string(
        reader.get_database_backend(),
        format!("SELECT COUNT(*) AS number FROM {table}"),
    );
    reader
        .query_one_raw(query)
        .await
        .unwrap()
        .unwrap()
        .try_get("", "number")
        .unwrap()
}

both! { migrations,
async fn the_first_sign_in_of_a_day_plans_one_sweep(kit: Kit) {
    person(&kit.store).await;
    let (_, worker) = telephones(&kit.store);
    signed_in(&kit.store).await;
    signed_in(&kit.store).await;
    assert_eq!(worker.drain().await.unwrap(), 1);
    kit.clock.advance(Duration::days(1));
    signed_in(&kit.store).await;
    assert_eq!(worker.drain().await.unwrap(), 1);
} }

both! { migrations,
async fn a_sweep_erases_what_has_run_out_and_may_run_twice(kit: Kit) {
    person(&kit.store).await;
    let (_, worker) = telephones(&kit.store);
    signed_in(&kit.store).await;
    by_password(&kit.store, AccountKind::Person, "10055555555", "wrong-password-1").await.unwrap_err();
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    assert_eq!((count(&kit.store, "sessions").await, count(&kit.store, "sign_in_codes").await), (1, 1));
    kit.clock.advance(Duration::days(4));
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    let kept = signed_in(&kit.store).await;
    for _ in 0..2 {
        kit.store
            .write(Signer::system(), |tx| async move {
                let now = tx.now();
                tx.enqueue(&Sweep {}, now).await
            })
            .await
            .unwrap();
        worker.drain().await.unwrap();
        assert_eq!((count(&kit.store, "sessions").await, count(&kit.store, "sign_in_codes").await), (1, 1));
        assert!(load_session(&kit.store, &kept.token).await.unwrap().is_some());
    }
    // Left are at most the two counters of the code that was just asked for.
    assert!(count(&kit.store, "sign_in_guards").await <= 2);
} }
