//! What became of each row.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Finding;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFate {
    /// Line of the file, from 1.
    pub line: u64,
    /// What names the row: its code.
    pub key: String,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The judgement of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Outcome {
    Accepted {
        changed: bool,
    },
    /// Accepted, with something to look at.
    Warned {
        changed: bool,
        warnings: Vec<Finding>,
    },
    Refused {
        reasons: Vec<Finding>,
    },
}

/// The three words of an [`Outcome`], for columns and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accepted,
    Warned,
    Refused,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Warned => "warned",
            Self::Refused => "refused",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Accepted, Self::Warned, Self::Refused]
            .into_iter()
            .find(|verdict| verdict.as_str() == word)
    }
}

impl RowFate {
    pub fn refused(line: u64, key: impl Into<String>, reasons: Vec<Finding>) -> Self {
        Self {
            line,
            key: key.into(),
            outcome: Outcome::Refused { reasons },
        }
    }

    pub fn verdict(&self) -> Verdict {
        match self.outcome {
            Outcome::Accepted { .. } => Verdict::Accepted,
            Outcome::Warned { .. } => Verdict::Warned,
            Outcome::Refused { .. } => Verdict::Refused,
        }
    }

    /// Whether the row changed what is kept.
    pub fn changed(&self) -> bool {
        match self.outcome {
            Outcome::Accepted { changed } | Outcome::Warned { changed, .. } => changed,
            Outcome::Refused { .. } => false,
        }
    }

    /// The warnings, or the reasons of a refusal.
    pub fn findings(&self) -> &[Finding] {
        match &self.outcome {
            Outcome::Accepted { .. } => &[],
            Outcome::Warned { warnings, .. } => warnings,
            Outcome::Refused { reasons } => reasons,
        }
    }
}

/// Gathers what there is to say about a row while it is judged.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    warnings: Vec<Finding>,
    reasons: Vec<Finding>,
}

impl Judgement {
    pub fn warn(&mut self, finding: Finding) {
        self.warnings.push(finding);
    }

    pub fn refuse(&mut self, finding: Finding) {
        self.reasons.push(finding);
    }

    /// Whether there is a reason to refuse the row.
    pub fn refuses(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// The fate that follows.
    pub fn fate(self, line: u64, key: impl Into<String>, changed: bool) -> RowFate {
        let outcome = if !self.reasons.is_empty() {
            Outcome::Refused {
                reasons: self.reasons,
            }
        } else if self.warnings.is_empty() {
            Outcome::Accepted { changed }
        } else {
            Outcome::Warned {
                changed,
                warnings: self.warnings,
            }
        };
        RowFate {
            line,
            key: key.into(),
            outcome,
        }
    }
}

/// What an import did, row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Under which the report is kept; none for a dry run.
    pub run: Option<Uuid>,
    pub rows: usize,
    /// Accepted without a word.
    pub accepted: usize,
    /// Accepted with warnings.
    pub warned: usize,
    pub refused: usize,
    /// Rows that changed what is kept; of a dry run, rows that would.
    pub changed: usize,
    pub fates: Vec<RowFate>,
}

impl ImportReport {
    pub(super) fn add(&mut self, fates: Vec<RowFate>) {
        for fate in &fates {
            self.rows += 1;
            match fate.verdict() {
                Verdict::Accepted => self.accepted += 1,
                Verdict::Warned => self.warned += 1,
                Verdict::Refused => self.refused += 1,
            }
            self.changed += usize::from(fate.changed());
        }
        self.fates.extend(fates);
    }

    /// `rows 1135 accepted A warned W refused R changed C`: the last line that the command prints.
    pub fn summary_line(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "rows {} accepted {} warned {} refused {} changed {}",
            self.rows, self.accepted, self.warned, self.refused, self.changed
        )
    }
}
