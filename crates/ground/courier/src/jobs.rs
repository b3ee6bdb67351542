//! The job that sends.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tongban_store::{Message, Store, WorkError, Worker};
use uuid::Uuid;

use crate::{
    SendError, SendSms, SmsGateway,
    sms::{PHONE_FIELD, TEXT_FIELD},
};

/// How long a gateway may take: well below the lease of a job.
const LONGEST_SEND: Duration = Duration::from_secs(30);
/// How many sent jobs a process remembers.
const REMEMBERED: usize = 1_000;

/// Gives the worker the job of this room, and the gateway through which it sends.
#[must_use]
pub fn wire(worker: Worker, gateway: Arc<dyn SmsGateway>) -> Worker {
    let sender = Arc::new(Sender {
        gateway,
        sent: Mutex::new(VecDeque::new()),
    });
    worker.job::<SendSms, _, _>(move |store, message| {
        let sender = Arc::clone(&sender);
        async move { sender.deliver(&store, message).await }
    })
}

struct Sender {
    gateway: Arc<dyn SmsGateway>,
    /// Jobs that were sent and may come again because their end could not be written.
    sent: Mutex<VecDeque<Uuid>>,
}

impl Sender {
    async fn deliver(&self, store: &Store, message: Message<SendSms>) -> Result<(), WorkError> {
        if self.was_sent(message.id) {
            return Ok(());
        }
        if message.body.until.is_some_and(|until| until <= store.now()) {
            tracing::warn!(job.id = %message.id, "a short message was too late to be of use and was erased unsent");
            return Ok(());
        }
        let phone = store.unseal(PHONE_FIELD, &message.body.phone)?;
        let text = store.unseal(TEXT_FIELD, &message.body.text)?;
        let answer = tokio::time::timeout(LONGEST_SEND, self.gateway.send(message.id, &phone, &text))
            .await
            .unwrap_or_else(|_| Err(SendError::Unavailable("no answer in time".to_owned())));
        // The error rests in the job's row: neither number nor code nor text may come along.
        answer.map_err(|error| WorkError(blot_digits(&error.to_string().replace(&text, "(the text)"))))?;
        self.remember(message.id);
        Ok(())
    }

    fn was_sent(&self, job: Uuid) -> bool {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&job)
    }

    fn remember(&self, job: Uuid) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push_front(job);
        sent.truncate(REMEMBERED);
    }
}

/// Every run of four or more digits becomes four stars.
fn blot_digits(words: &str) -> String {
    let mut clean = String::with_capacity(words.len());
    let mut run = String::new();
    for letter in words.chars().chain(std::iter::once('\n')) {
        if letter.is_ascii_digit() {
            run.push(letter);
        } else {
            clean.push_str(if run.len() >= 4 { "****" } else { &run });
            run.clear();
            clean.push(letter);
        }
    }
    clean.pop();
    clean
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use tongban_store::Message;

    use super::*;
    use crate::ScreenSink;

    fn sealed(store: &Store, until: Option<chrono::DateTime<chrono::Utc>>) -> SendSms {
        SendSms {
            phone: store.seal(PHONE_FIELD, "10012345678").unwrap(),
            text: store.seal(TEXT_FIELD, "您好").unwrap(),
            until,
        }
    }

    async fn sent_after(runs: usize, until: Option<chrono::DateTime<chrono::Utc>>) -> usize {
        let kit = tongban_testkit::open(tongban_testkit::Database::Sqlite, tongban_store::migrations()).await;
        let sink = ScreenSink::new();
        let sender = Sender {
            gateway: Arc::new(sink.clone()),
            sent: Mutex::default(),
        };
        let id = kit
            .store
            .write(tongban_store::Signer::system(), |tx| async move {
                Ok::<_, tongban_store::StoreError>(tx.new_id())
            })
            .await
            .unwrap();
        for _ in 0..runs {
            let message = Message {
                id,
                at: kit.store.now(),
                body: sealed(&kit.store, until),
            };
            sender.deliver(&kit.store, message).await.unwrap();
        }
        sink.messages("10012345678").len()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_job_that_comes_twice_sends_once() {
        assert_eq!(sent_after(2, None).await, 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_message_that_is_too_late_is_not_sent() {
        let start = tongban_testkit::start();
        assert_eq!(sent_after(1, Some(start + Duration::seconds(1))).await, 1);
        assert_eq!(sent_after(1, Some(start)).await, 0);
    }

    #[test]
    fn blots_out_what_looks_like_a_number() {
        for (words, clean) in [
            ("no such number 10012345678", "no such number ****"),
            ("code 123456, status 503", "code ****, status 503"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(blot_digits(words), clean);
        }
    }
}
