//! How a screen that waits for a phone stands. Pure.

use chrono::Duration;
use serde::Serialize;

/// How long a screen waits.
pub(super) const LIVE: Duration = Duration::minutes(3);

/// How a scan stands, as the screen sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanStanding {
    /// Nobody has scanned it.
    Open,
    /// A phone shows the question.
    Seen,
    /// The person said yes: the screen may sign in.
    Approved,
    /// The person said no.
    Refused,
    /// Too late, used, or never there.
    Ended,
}

impl ScanStanding {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Seen => "seen",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Ended => "ended",
        }
    }

    pub(super) fn from_word(word: &str) -> Self {
        [Self::Open, Self::Seen, Self::Approved, Self::Refused]
            .into_iter()
            .find(|standing| standing.as_str() == word)
            .unwrap_or(Self::Ended)
    }
}
