//! Kept answers: how long they hold, and the sweep that takes them away.

use chrono::TimeDelta;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use tongban_store::{ANSWERS_KEPT, Replay, Signer, Store, StoreError, SweepAnswers, Worker, wire};

use crate::kit::{Kit, both};

async fn keep(
    store: &Store,
    key: &'static str,
    request: &'static str,
    answer: &'static str,
) -> Result<(), StoreError> {
    store
        .write(Signer::system(), move |tx| async move {
            tx.remember(key, request, answer).await
        })
        .await
}

async fn look(store: &Store, key: &'static str, request: &'static str) -> Replay {
    let inside = store
        .write(Signer::system(), move |tx| async move {
            tx.replay(key, request).await
        })
        .await
        .unwrap();
    assert_eq!(
        store.replay(key, request).await.unwrap(),
        inside,
        "within an act and beside it"
    );
    inside
}

async fn number(kit: &Kit, sql: &str) -> i64 {
    let reader = kit.store.reader();
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    let row = reader.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

async fn answers(kit: &Kit) -> i64 {
    number(kit, "SELECT COUNT(*) FROM once_keys WHERE request IS NOT NULL").await
}

async fn sweep(kit: &Kit, worker: &Worker) {
    kit.store
        .write(Signer::system(), |tx| async move {
            let now = tx.now();
            tx.enqueue(&SweepAnswers {}, now).await
        })
        .await
        .unwrap();
    assert_eq!(worker.drain().await.unwrap(), 1);
}

both! { async fn an_old_key_is_a_new_request(kit: Kit) {
    keep(&kit.store, "key", "a", "made 7").await.unwrap();
    kit.clock.advance(ANSWERS_KEPT - TimeDelta::microseconds(1));
    assert_eq!(look(&kit.store, "key", "a").await, Replay::Again("made 7".to_owned()));
    assert_eq!(look(&kit.store, "key", "b").await, Replay::Mismatch);
    keep(&kit.store, "key", "a", "made 8").await.unwrap_err();
    kit.clock.advance(TimeDelta::microseconds(1));
    // An act that then comes to nothing leaves the old answer where it was.
    let refused: Result<(), StoreError> = kit
        .store
        .write(Signer::system(), |tx| async move {
            assert_eq!(tx.replay("key", "b").await?, Replay::First);
            Err(StoreError::Conflict("row"))
        })
        .await;
    refused.unwrap_err();
    assert_eq!(answers(&kit).await, 1);
    assert_eq!(look(&kit.store, "key", "b").await, Replay::First);
    keep(&kit.store, "key", "b", "made 8").await.unwrap();
    assert_eq!(look(&kit.store, "key", "b").await, Replay::Again("made 8".to_owned()));
} }

both! { async fn the_sweep_takes_old_answers_and_nothing_else(kit: Kit) {
    let worker = wire(Worker::new(kit.store.clone()));
    // More than one batch, and keys of subscribers, which hold for ever.
    kit.store
        .write(Signer::system(), |tx| async move {
            for turn in 0..1_203 {
                tx.remember(&format!("old:{turn}"), "request", "{}").await?;
            }
            assert!(tx.once("heard").await?);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    kit.clock.advance(ANSWERS_KEPT - TimeDelta::hours(1));
    keep(&kit.store, "young", "request", "made 7").await.unwrap();
    sweep(&kit, &worker).await;
    assert_eq!(answers(&kit).await, 1_204, "none is old yet");
    kit.clock.advance(TimeDelta::hours(1));
    for turn in 0..2 {
        sweep(&kit, &worker).await;
        assert_eq!(answers(&kit).await, 1, "turn {turn}");
        assert_eq!(look(&kit.store, "young", "request").await, Replay::Again("made 7".to_owned()));
    }
    let heard = kit.store.write(Signer::system(), |tx| async move { tx.once("heard").await }).await.unwrap();
    assert!(!heard, "who heard of it has heard of it");
} }

both! { async fn the_sweep_plans_itself_once_a_day(kit: Kit) {
    let planned = "SELECT COUNT(*) FROM jobs WHERE kind = 'store.sweep_answers'";
    let worker = wire(Worker::new(kit.store.clone()));
    sweep(&kit, &worker).await;
    sweep(&kit, &worker).await;
    assert_eq!(number(&kit, planned).await, 1, "for tomorrow, however often it ran today");
    kit.clock.advance(TimeDelta::days(1));
    assert_eq!(worker.drain().await.unwrap(), 1);
    assert_eq!(number(&kit, planned).await, 1, "for the day after");

    // The first start of a program begins the chain; the next starts find it begun.
    let fresh = crate::kit::open(kit.store.backend() == tongban_store::Backend::Postgres).await;
    for _ in 0..3 {
        let (stop, stopped) = tokio::sync::watch::channel(true);
        wire(Worker::new(fresh.store.clone())).run(stopped).await;
        drop(stop);
    }
    assert_eq!(number(&fresh, planned).await, 1, "today's is done, tomorrow's waits");
    assert_eq!(number(&fresh, "SELECT COUNT(*) FROM once_keys").await, 2, "today and tomorrow");
} }

/// The batch is found by the age of answers, not by walking over the keys of subscribers, which are many more.
#[tokio::test]
async fn sqlite_finds_old_answers_by_their_age() {
    let kit = crate::kit::open(false).await;
    let reader = kit.store.reader();
    let statement = Statement::from_sql_and_values(
        reader.get_database_backend(),
        "EXPLAIN QUERY PLAN DELETE FROM once_keys WHERE key IN (SELECT key FROM once_keys WHERE request IS NOT NULL AND at <= $1 LIMIT $2)",
        [kit.store.now().into(), 500_u64.into()],
    );
    let rows = reader.query_all_raw(statement).await.unwrap();
    let plan: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("", "detail").unwrap())
        .collect();
    assert!(
        plan.iter().any(|step| step.contains("once_keys_answered")),
        "{plan:?}"
    );
    assert!(
        !plan.iter().any(|step| step.starts_with("SCAN once_keys")),
        "{plan:?}"
    );
}
