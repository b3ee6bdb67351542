//! What a look at the log can find, in words.

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

/// Something in the log is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    #[error("row {row} (number {number}) was changed: it is not what was numbered and signed")]
    RowChanged { number: u64, row: Uuid },
    #[error("row {row} (number {number}) is gone")]
    RowGone { number: u64, row: Uuid },
    #[error("row {row} (number {number}) was changed: a column of it cannot be read")]
    RowUnreadable { number: u64, row: Uuid },
    #[error("the leaf with number {number} was changed; its row {row} is as it was signed")]
    LeafChanged { number: u64, row: Uuid },
    #[error("row {row} and its leaf (number {number}) do not fit each other: one of them was changed")]
    RowOrLeafChanged { number: u64, row: Uuid },
    #[error("{} gone", leaves(.first, .last))]
    LeavesGone { first: u64, last: u64 },
    #[error("the leaf after number {after} was changed: a column of it cannot be read")]
    LeafUnreadable { after: u64 },
    #[error("there is a leaf with the number {number}, which is never given")]
    LeafForeign { number: i64 },
    #[error(
        "{} not what the checkpoint at {last} was signed over: exchanged, reordered, removed or written anew",
        leaves(.first, .last)
    )]
    LeavesChanged { first: u64, last: u64 },
    #[error("{} under no checkpoint", leaves(.first, .last))]
    LeavesUnsigned { first: u64, last: u64 },
    #[error("the checkpoint at {size} was changed: its signature does not fit what it says")]
    CheckpointChanged { size: u64 },
    #[error("the checkpoint at {size} names the key {key_id}, which the key ring does not hold")]
    CheckpointKey { size: u64, key_id: String },
    #[error("a checkpoint after the one at {after} was changed: a column of it cannot be read")]
    CheckpointUnreadable { after: u64 },
    #[error("a checkpoint at {missing} stood before the one at {size} and is gone")]
    CheckpointGone { missing: u64, size: u64 },
    #[error(
        "a checkpoint at {size} covers more rows than the {leaves} leaves that there are: the end was cut off"
    )]
    CheckpointBeyond { size: u64, leaves: u64 },
    #[error("the stored frontier of the tree does not fit the leaves")]
    HeadChanged,
    #[error(
        "row {row} has no number and does not wait for one: it was not written by the program, or its leaf was taken away"
    )]
    RowForeign { row: Uuid },
    #[error("row {row} was written at {} and is gone before it got a number", instant(.at))]
    WaitingGone { row: Uuid, at: DateTime<Utc> },
    #[error(
        "row {row} of {} waits for a number, although a checkpoint was signed more than 60 seconds later: it was slipped in, or numbering has stopped",
        instant(.at)
    )]
    WaitingLong { row: Uuid, at: DateTime<Utc> },
    #[error("row {row} has a number and waits for one all the same")]
    WaitingTwice { row: Uuid },
    #[error("the list of rows that wait for a number cannot be read")]
    WaitingUnreadable,
    #[error(
        "the log ends at {leaves}, but the checkpoint kept elsewhere covers {size} rows: the end was cut off"
    )]
    KeptBeyond { size: u64, leaves: u64 },
    #[error(
        "the first {size} rows are not those of the checkpoint kept elsewhere: the log was written anew, or the checkpoint is of another log"
    )]
    KeptDiffers { size: u64 },
}

fn leaves(first: &u64, last: &u64) -> String {
    if first == last {
        format!("the leaf with number {first} is")
    } else {
        format!("the leaves with numbers {first} to {last} are")
    }
}

fn instant(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Most findings that are kept in words; a log that was changed everywhere has as many as it has rows.
const MOST: usize = 100;

/// Findings, the first of them in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    pub(super) list: Vec<Finding>,
    /// How many more there are.
    pub(super) more: u64,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        if self.list.len() < MOST {
            self.list.push(finding);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn add_uncounted(&mut self, count: u64) {
        self.more += count;
    }
}
