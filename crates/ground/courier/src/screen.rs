//! The gateway of the demo: messages appear on a page instead of a telephone.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use uuid::Uuid;

use crate::{SendError, SmsGateway};

/// Messages kept for one number.
const MESSAGES: usize = 5;
/// Numbers kept.
const PHONES: usize = 200;

/// Numbers with their messages. The number that got one last stands at the front, and so does its newest message.
type Kept = VecDeque<(String, VecDeque<String>)>;

/// Keeps the last messages of each number in memory only. Clones share them.
#[derive(Clone, Default)]
pub struct ScreenSink {
    kept: Arc<Mutex<Kept>>,
}

/// A message as the demo's page shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownMessage {
    /// The number in clear; pages mask it.
    pub phone: String,
    pub text: String,
}

impl ScreenSink {
    pub fn new() -> Self {
        Self::default()
    }

    /// The messages of one number, newest first.
    pub fn messages(&self, phone: &str) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(known, _)| known == phone)
            .map(|(_, texts)| texts.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// The newest message of each of the numbers that got one last, newest first.
    pub fn recent(&self, count: usize) -> Vec<ShownMessage> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .take(count)
            .filter_map(|(phone, texts)| {
                Some(ShownMessage {
                    phone: phone.clone(),
                    text: texts.front()?.clone(),
                })
            })
            .collect()
    }
}

impl std::fmt::Debug for ScreenSink {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ScreenSink").finish_non_exhaustive()
    }
}

#[async_trait]
impl SmsGateway for ScreenSink {
    async fn send(&self, _id: Uuid, phone: &str, text: &str) -> Result<(), SendError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept
            .iter()
            .position(|(known, _)| known == phone)
            .and_then(|position| kept.remove(position));
        let (phone, mut texts) = known.unwrap_or_else(|| (phone.to_owned(), VecDeque::new()));
        texts.push_front(text.to_owned());
        texts.truncate(MESSAGES);
        kept.push_front((phone, texts));
        kept.truncate(PHONES);
        Ok(())
    }

    fn simulated(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_the_last_messages_of_each_number() {
        let sink = ScreenSink::new();
        for number in 0..7 {
            sink.send(Uuid::nil(), "10012345678", &format!("message {number}"))
                .await
                .unwrap();
        }
        sink.send(Uuid::nil(), "10012345679", "other").await.unwrap();
        assert_eq!(
            sink.messages("10012345678"),
            ["message 6", "message 5", "message 4", "message 3", "message 2"]
        );
        let recent: Vec<String> = sink.recent(10).into_iter().map(|message| message.text).collect();
        assert_eq!(recent, ["other", "message 6"]);
        assert!(sink.messages("10000000000").is_empty());
        assert!(sink.simulated());
    }

    #[tokio::test]
    async fn forgets_the_oldest_number() {
        let sink = ScreenSink::new();
        for number in 0..=PHONES {
            sink.send(Uuid::nil(), &format!("100{number:08}"), "text")
                .await
                .unwrap();
        }
        assert_eq!(sink.recent(PHONES * 2).len(), PHONES);
        assert!(sink.messages("10000000000").is_empty());
    }
}
