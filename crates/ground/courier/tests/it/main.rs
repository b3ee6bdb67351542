//! Messages are sent after the commit, once, and leave no trace in plain text.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests stop at the first surprise"
)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::Duration;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use tongban_courier::{ScreenSink, SendError, SmsGateway, send_sms, send_sms_until, wire};
use tongban_store::{PageRequest, Signer, Store, StoreError, Worker, migrations};
use tongban_testkit::both;
use uuid::Uuid;

mod http;

const PHONE: &str = "10012345678";

/// What rests in the table of jobs, as text.
async fn jobs(store: &Store) -> Vec<String> {
    let reader = store.reader();
    let query = Statement::from_string(
        reader.get_database_backend(),
        "SELECT payload, last_error FROM jobs",
    );
    let rows = reader.query_all_raw(query).await.unwrap();
    rows.iter()
        .map(|row| {
            let payload: String = row.try_get("", "payload").unwrap();
            let error: Option<String> = row.try_get("", "last_error").unwrap();
            format!("{payload} {}", error.unwrap_or_default())
        })
        .collect()
}

/// Fails a given number of times, and talks too much about it.
struct Moody {
    failures: AtomicUsize,
    sink: ScreenSink,
}

#[async_trait::async_trait]
impl SmsGateway for Moody {
    async fn send(&self, id: Uuid, phone: &str, text: &str) -> Result<(), SendError> {
        if self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok()
        {
            return Err(SendError::Unavailable(format!(
                "could not send “{text}” to {phone}"
            )));
        }
        self.sink.send(id, phone, text).await
    }

    fn simulated(&self) -> bool {
        true
    }
}

both! { migrations,
async fn a_message_is_sent_after_the_commit_and_erased(kit: Kit) {
    let sink = ScreenSink::new();
    let worker = wire(Worker::new(kit.store.clone()), Arc::new(sink.clone()));
    kit.store
        .write(Signer::system(), |tx| async move { send_sms(&tx, PHONE, "您的办件已受理").await })
        .await
        .unwrap();
    let resting = jobs(&kit.store).await;
    assert_eq!(resting.len(), 1);
    assert!(!resting[0].contains(PHONE) && !resting[0].contains("办件"), "{resting:?}");
    worker.drain().await.unwrap();
    assert_eq!(sink.messages(PHONE), ["您的办件已受理"]);
    assert!(jobs(&kit.store).await.is_empty());
    worker.drain().await.unwrap();
    assert_eq!(sink.messages(PHONE).len(), 1);
} }

both! { migrations,
async fn an_act_that_is_refused_sends_nothing(kit: Kit) {
    let sink = ScreenSink::new();
    let worker = wire(Worker::new(kit.store.clone()), Arc::new(sink.clone()));
    let refused: Result<(), StoreError> = kit
        .store
        .write(Signer::system(), |tx| async move {
            send_sms(&tx, PHONE, "不会发出").await?;
            Err(StoreError::Conflict("row"))
        })
        .await;
    refused.unwrap_err();
    worker.drain().await.unwrap();
    assert!(sink.messages(PHONE).is_empty());
} }

both! { migrations,
async fn a_malformed_number_stops_the_act(kit: Kit) {
    let answer = kit.store.write(Signer::system(), |tx| async move { send_sms(&tx, "12345", "text").await }).await;
    let error = answer.expect_err("a malformed number");
    assert!(!error.to_string().contains("12345"));
    assert!(jobs(&kit.store).await.is_empty());
} }

both! { migrations,
async fn a_gateway_that_fails_is_tried_again_and_its_words_are_cleaned(kit: Kit) {
    let sink = ScreenSink::new();
    let gateway = Moody { failures: AtomicUsize::new(1), sink: sink.clone() };
    let worker = wire(Worker::new(kit.store.clone()), Arc::new(gateway));
    kit.store.write(Signer::system(), |tx| async move { send_sms(&tx, PHONE, "验证码 123456").await }).await.unwrap();
    worker.drain().await.unwrap();
    assert!(sink.messages(PHONE).is_empty());
    let waiting = kit.store.waiting_work(PageRequest::new(1, 10)).await.unwrap();
    let words = waiting.rows[0].last_error.clone().unwrap();
    assert!(!words.contains(PHONE) && !words.contains("123456"), "{words}");
    kit.clock.advance(Duration::seconds(2));
    worker.drain().await.unwrap();
    assert_eq!(sink.messages(PHONE), ["验证码 123456"]);
    assert!(jobs(&kit.store).await.is_empty());
} }

both! { migrations,
async fn a_message_with_an_end_is_erased_when_it_is_too_late(kit: Kit) {
    let sink = ScreenSink::new();
    let worker = wire(Worker::new(kit.store.clone()), Arc::new(sink.clone()));
    kit.store
        .write(Signer::system(), |tx| async move {
            let until = tx.now() + Duration::minutes(5);
            send_sms_until(&tx, PHONE, "验证码 123456", until).await
        })
        .await
        .unwrap();
    kit.clock.advance(Duration::minutes(5));
    worker.drain().await.unwrap();
    assert!(sink.messages(PHONE).is_empty());
    assert!(jobs(&kit.store).await.is_empty());
} }
