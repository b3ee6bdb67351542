//! What a platform of others does for us.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is asked of a platform. `Debug` prints no secret.
#[derive(Clone)]
pub struct UpstreamAsked {
    pub state: String,
    pub nonce: String,
    /// Of PKCE: its hash travels with the browser, itself only with the code.
    pub verifier: String,
    /// Where the platform sends the browser back.
    pub redirect: String,
    /// Whether the platform is to ask the person anew, even where they are signed in there.
    pub anew: bool,
}

impl std::fmt::Debug for UpstreamAsked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("UpstreamAsked").finish_non_exhaustive()
    }
}

/// What the browser brought back, with what was asked. `Debug` prints no secret.
#[derive(Clone)]
pub struct UpstreamAnswer {
    pub code: String,
    /// Which platform says that it answered (RFC 9207).
    pub issuer: Option<String>,
    pub nonce: String,
    pub verifier: String,
    pub redirect: String,
}

impl std::fmt::Debug for UpstreamAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("UpstreamAnswer").finish_non_exhaustive()
    }
}

/// Whom a platform names. It rests sealed while the person decides. `Debug` prints nothing of them.
#[derive(Clone, Serialize, Deserialize)]
pub struct UpstreamPerson {
    /// Who says so: a subject means something beside its issuer alone.
    pub issuer: String,
    pub subject: String,
    pub name: Option<String>,
    /// Citizen number; believed of a platform that vouches.
    pub number: Option<String>,
    /// A phone that the platform has verified.
    pub phone: Option<String>,
    /// When the person last showed the platform who they are, where it says so.
    pub authenticated_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for UpstreamPerson {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("UpstreamPerson").finish_non_exhaustive()
    }
}

/// Why a platform named nobody. Holds no personal data and no words of the platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamTrouble {
    #[error("the platform does not answer: {0}")]
    Silent(String),
    /// It answered, and the answer is not to be believed.
    #[error("the answer of the platform does not fit: {0}")]
    Unfit(String),
}

/// A platform that signs people in. Asked outside of every act; what the browser brings is a code and nothing more.
#[async_trait]
pub trait UpstreamProvider: Send + Sync {
    /// The operator's short word for it; stands in addresses.
    fn id(&self) -> &str;

    /// What people know it by.
    fn name(&self) -> &str;

    /// Whether its word on name and number is as good as a register's.
    fn vouches(&self) -> bool;

    /// Where the browser goes now.
    async fn address(&self, asked: &UpstreamAsked) -> Result<String, UpstreamTrouble>;

    /// Whom a code stands for. Everything in the answer was verified.
    async fn person(&self, answer: &UpstreamAnswer) -> Result<UpstreamPerson, UpstreamTrouble>;
}
