//! What a provider of face checks does for us.

use async_trait::async_trait;

/// Whose face it should be. `Debug` prints neither.
#[derive(Clone)]
pub struct FaceSubject {
    pub name: String,
    /// Citizen number, in clear: the provider holds the face against the picture of that number.
    pub number: String,
}

impl std::fmt::Debug for FaceSubject {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FaceSubject").finish_non_exhaustive()
    }
}

/// A check that the provider has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceStarted {
    /// The provider's name for it.
    pub reference: String,
    /// Where the browser goes now; the provider sends it back to the address it was given.
    pub address: String,
}

/// What the provider says about a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaceOutcome {
    Passed,
    Failed,
    /// The person has not finished.
    Pending,
}

/// The provider could not be asked. Holds no personal data.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the provider of face checks does not answer: {0}")]
pub struct FaceTrouble(pub String);

/// A provider of face checks. Asked outside of every act; the outcome is fetched from it and never taken from the browser.
#[async_trait]
pub trait FaceProvider: Send + Sync {
    /// Whether it looks at nobody: pages say so.
    fn is_simulated(&self) -> bool;

    /// Begins a check; the browser comes back to `back`, an address of ours.
    async fn begin(&self, who: FaceSubject, back: &str) -> Result<FaceStarted, FaceTrouble>;

    /// How a check ended.
    async fn outcome(&self, reference: &str) -> Result<FaceOutcome, FaceTrouble>;
}
