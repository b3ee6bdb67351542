//! Events and jobs: each is delivered, a failure is kept and tried again.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::Duration;
use serde::{Deserialize, Serialize};
use tongban_store::{Event, Job, PageRequest, Signer, StoreError, WorkError, Worker};

use crate::kit::both;

#[derive(Serialize, Deserialize)]
struct Happened {
    number: u32,
}
impl Event for Happened {
    const TOPIC: &'static str = "test.happened";
}

#[derive(Serialize, Deserialize)]
struct Errand;
impl Job for Errand {
    const KIND: &'static str = "test.errand";
}

both! { async fn an_event_reaches_every_subscriber_once(kit: Kit) {
    let (first, second) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (one, two) = (first.clone(), second.clone());
    let worker = Worker::new(kit.store.clone())
        .subscribe::<Happened, _, _>("one", move |_, message| {
            one.fetch_add(message.body.number as usize, Ordering::SeqCst);
            async { Ok(()) }
        })
        .subscribe::<Happened, _, _>("two", move |_, message| {
            two.fetch_add(message.body.number as usize, Ordering::SeqCst);
            async { Ok(()) }
        });
    for number in 1..=5 {
        kit.store
            .write(Signer::system(), move |tx| async move { tx.emit(&Happened { number }).await })
            .await
            .unwrap();
    }
    let refused: Result<(), StoreError> = kit
        .store
        .write(Signer::system(), |tx| async move {
            tx.emit(&Happened { number: 1_000 }).await?;
            Err(StoreError::Conflict("row"))
        })
        .await;
    refused.unwrap_err();
    worker.drain().await.unwrap();
    assert_eq!(first.load(Ordering::SeqCst), 15);
    assert_eq!(second.load(Ordering::SeqCst), 15);
    assert_eq!(worker.drain().await.unwrap(), 0);
} }

both! { async fn a_failed_job_waits_and_comes_back(kit: Kit) {
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let worker = Worker::new(kit.store.clone()).job::<Errand, _, _>(move |_, _| {
        let turn = counted.fetch_add(1, Ordering::SeqCst);
        async move { if turn < 2 { Err(WorkError("the other side is down".to_owned())) } else { Ok(()) } }
    });
    kit.store
        .write(Signer::system(), |tx| async move {
            let at = tx.now();
            tx.enqueue(&Errand, at).await
        })
        .await
        .unwrap();
    worker.drain().await.unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 1, "it is not tried again at once");
    let waiting = kit.store.waiting_work(PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(waiting.rows[0].last_error.as_deref(), Some("the other side is down"));
    kit.clock.advance(Duration::seconds(2));
    worker.drain().await.unwrap();
    kit.clock.advance(Duration::seconds(3));
    worker.drain().await.unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 3);
    assert_eq!(kit.store.waiting_work(PageRequest::new(1, 10)).await.unwrap().total, 0);
} }

both! { async fn a_job_of_a_dead_worker_is_taken_over(kit: Kit) {
    kit.store
        .write(Signer::system(), |tx| async move {
            let at = tx.now();
            tx.enqueue(&Errand, at).await
        })
        .await
        .unwrap();
    // A worker that dies in the middle: it claims, and never finishes.
    let dying = Worker::new(kit.store.clone()).job::<Errand, _, _>(|_, _| std::future::pending());
    let death = tokio::time::timeout(std::time::Duration::from_millis(500), dying.drain()).await;
    assert!(death.is_err());
    let done = Arc::new(AtomicUsize::new(0));
    let counted = done.clone();
    let worker = Worker::new(kit.store.clone()).job::<Errand, _, _>(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok(()) }
    });
    worker.drain().await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 0, "the lease still runs");
    kit.clock.advance(Duration::minutes(5));
    worker.drain().await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 1);
} }

both! { async fn a_job_that_panics_harms_no_other(kit: Kit) {
    let worker = Worker::new(kit.store.clone())
        .job::<Errand, _, _>(|_, _| async { panic!("a defect") })
        .subscribe::<Happened, _, _>("one", |_, _| async { Ok(()) });
    kit.store
        .write(Signer::system(), |tx| async move {
            let at = tx.now();
            tx.enqueue(&Errand, at).await?;
            tx.emit(&Happened { number: 1 }).await
        })
        .await
        .unwrap();
    worker.drain().await.unwrap();
    let waiting = kit.store.waiting_work(PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(waiting.rows.len(), 1, "the event was handled, the errand waits");
    assert_eq!(waiting.rows[0].last_error.as_deref(), Some("the work panicked"));
} }

both! { async fn long_work_holds_nothing_up_and_is_given_back_at_the_end(kit: Kit) {
    let begun = Arc::new(tokio::sync::Notify::new());
    let (quick, seen) = (Arc::new(tokio::sync::Notify::new()), begun.clone());
    let told = quick.clone();
    let worker = Worker::new(kit.store.clone())
        .subscribe_long::<Happened, _, _>("one", move |_, _| {
            seen.notify_one();
            std::future::pending()
        })
        .job::<Errand, _, _>(move |_, _| {
            told.notify_one();
            async { Ok(()) }
        });
    let stop = tokio::sync::watch::Sender::new(false);
    let working = tokio::spawn(worker.run(stop.subscribe()));
    kit.store
        .write(Signer::system(), |tx| async move { tx.emit(&Happened { number: 1 }).await })
        .await
        .unwrap();
    begun.notified().await;
    kit.store
        .write(Signer::system(), |tx| async move {
            let at = tx.now();
            tx.enqueue(&Errand, at).await
        })
        .await
        .unwrap();
    // the errand is run although the long work does not end
    quick.notified().await;
    stop.send_replace(true);
    working.await.unwrap();
    // the next process takes the work over at once, and no failure is noted
    assert_eq!(kit.store.waiting_work(PageRequest::new(1, 10)).await.unwrap().total, 0);
    let done = Arc::new(AtomicUsize::new(0));
    let counted = done.clone();
    let next = Worker::new(kit.store.clone()).subscribe_long::<Happened, _, _>("one", move |_, message| {
        counted.fetch_add(message.body.number as usize, Ordering::SeqCst);
        async { Ok(()) }
    });
    assert_eq!(next.drain().await.unwrap(), 1);
    assert_eq!((done.load(Ordering::SeqCst), next.drain().await.unwrap()), (1, 0));
} }
