//! What is sent twice is done once; what was refused is tried again, once each time it is sent.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::http::{HeaderMap, StatusCode};
use tongban_access::Actor;
use tongban_store::{ANSWERS_KEPT, Store, migrations};
use tongban_testkit::{Database, both};
use tongban_web::{OnceKey, WebError, once, testing};

/// The key that a program would send.
fn key(given: &str, body: &str) -> Option<OnceKey> {
    let mut headers = HeaderMap::new();
    headers.insert("idempotency-key", given.parse().unwrap());
    OnceKey::of_program(
        &testing::kit().unwrap(),
        &headers,
        &Actor::System,
        "POST /things",
        "",
        &body,
    )
    .unwrap()
}

/// A use case that counts its runs, and is refused while `refused` says so.
async fn act(
    store: &Store,
    key: Option<OnceKey>,
    runs: &Arc<AtomicUsize>,
    refused: bool,
) -> Result<i64, WebError> {
    let runs = Arc::clone(runs);
    once(store, &Actor::System, key, (), move |tx, _, ()| {
        let runs = Arc::clone(&runs);
        async move {
            runs.fetch_add(1, Ordering::SeqCst);
            let number = tx.next_number("things").await?;
            if refused {
                let none: [(&str, &str); 0] = [];
                return Err(WebError::refused(
                    "thing.refused",
                    none,
                    StatusCode::UNPROCESSABLE_ENTITY,
                ));
            }
            Ok(number)
        }
    })
    .await
}

both! { migrations,
    async fn what_is_refused_runs_once_and_keeps_nothing(kit: Kit) {
        let runs = Arc::new(AtomicUsize::new(0));
        for sent in 1..=2 {
            let refused = act(&kit.store, key("k", "a"), &runs, true).await.unwrap_err();
            assert_eq!(refused.code(), "thing.refused");
            assert_eq!(runs.load(Ordering::SeqCst), sent, "one run for each time it is sent");
        }
        // what stood in the way is put right: the same key does it now, and then no more
        assert_eq!(act(&kit.store, key("k", "a"), &runs, false).await.unwrap(), 1);
        assert_eq!(act(&kit.store, key("k", "a"), &runs, true).await.unwrap(), 1);
        assert_eq!(runs.load(Ordering::SeqCst), 3);
        let other = act(&kit.store, key("k", "b"), &runs, false).await.unwrap_err();
        assert_eq!(other.code(), "api.idempotency_mismatch");
        assert_eq!(runs.load(Ordering::SeqCst), 3);
        // without a key it is done as often as it is sent, and refused once each time
        act(&kit.store, None, &runs, true).await.unwrap_err();
        assert_eq!(act(&kit.store, None, &runs, false).await.unwrap(), 2);
        assert_eq!(runs.load(Ordering::SeqCst), 5);
    }
}

both! { migrations,
    async fn an_answer_is_kept_for_two_days(kit: Kit) {
        let runs = Arc::new(AtomicUsize::new(0));
        assert_eq!(act(&kit.store, key("k", "a"), &runs, false).await.unwrap(), 1);
        kit.clock.advance(ANSWERS_KEPT - chrono::TimeDelta::seconds(1));
        assert_eq!(act(&kit.store, key("k", "a"), &runs, false).await.unwrap(), 1);
        kit.clock.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(act(&kit.store, key("k", "b"), &runs, false).await.unwrap(), 2, "a new request, whatever it asks for");
        assert_eq!(act(&kit.store, key("k", "b"), &runs, false).await.unwrap(), 2, "and kept anew");
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    }
}

/// On PostgreSQL two acts go side by side, and both find the key unused: the slower one fails at the end and is answered what the
/// quicker one kept. On SQLite acts follow one another, so there is no such moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_slower_of_two_twins_is_answered_what_the_quicker_kept() {
    let kit = tongban_testkit::open(Database::Postgres, migrations()).await;
    let both_are_in = Arc::new(tokio::sync::Barrier::new(2));
    let runs = Arc::new(AtomicUsize::new(0));
    let twin = || {
        let (both_are_in, runs) = (Arc::clone(&both_are_in), Arc::clone(&runs));
        once(&kit.store, &Actor::System, key("k", "a"), (), move |tx, _, ()| {
            let (both_are_in, runs) = (Arc::clone(&both_are_in), Arc::clone(&runs));
            async move {
                runs.fetch_add(1, Ordering::SeqCst);
                both_are_in.wait().await;
                Ok::<_, WebError>(tx.random_code())
            }
        })
    };
    let (one, two) = tokio::join!(twin(), twin());
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(runs.load(Ordering::SeqCst), 2, "each ran once");
}
