//! What a provider of short messages must do.

use async_trait::async_trait;
use uuid::Uuid;

/// Why a message was not taken. The words go into logs and before operators: a gateway leaves number and text out,
/// and the courier blots out whatever looks like them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The provider did not answer, or says that it is busy.
    #[error("the provider is not available: {0}")]
    Unavailable(String),
    /// The provider answered and will not take this message.
    #[error("the provider refused the message: {0}")]
    Refused(String),
}

/// A provider of short messages.
#[async_trait]
pub trait SmsGateway: Send + Sync + 'static {
    /// Hands one message over. `phone` is a mainland mobile number of 11 digits. Answers when the provider has taken it. A
    /// message that comes again comes with the same `id`.
    async fn send(&self, id: Uuid, phone: &str, text: &str) -> Result<(), SendError>;

    /// Whether messages only pretend to be sent. Pages say so where they are.
    fn simulated(&self) -> bool;
}
