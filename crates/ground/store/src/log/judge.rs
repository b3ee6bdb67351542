//! Judging a log in one pass: leaves by number, checkpoints by size. Pure: who reads the rows hands them in.
//!
//! Two trees grow: one over the hashes that the leaves say, one over the hashes that the rows give now. They are the same
//! until a row does not fit its leaf. The next good checkpoint then says which of the two was signed, and so whether
//! the row or the leaf was changed.

use std::collections::HashMap;

use tongban_crypto::{Digest32, Sm2Public, merkle::Frontier};
use uuid::Uuid;

use super::{
    checkpoint::Checkpoint,
    finding::{Finding, Findings},
};

/// The row behind a leaf, as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowNow {
    Hash(Digest32),
    Gone,
    Unreadable,
    /// The leaf does not say which row it is.
    Unknown,
}

/// The tree over the rows as they are now.
#[derive(Debug)]
enum RowTree {
    /// No different from the tree over the leaves.
    Same,
    Other(Frontier),
    /// A row is missing, so nothing can be said until the next good checkpoint.
    Lost,
}

#[derive(Debug)]
pub(super) struct Judge {
    keys: HashMap<String, Sm2Public>,
    kept: Option<Checkpoint>,
    findings: Findings,
    /// The number that comes next.
    next: u64,
    leaves: Frontier,
    rows: RowTree,
    /// Leaves are missing or are not those that were signed: no root can be computed any more.
    broken: bool,
    /// Rows that do not fit their leaves, since the last good checkpoint.
    suspects: Vec<(u64, Uuid)>,
    /// Size of the last checkpoint whose root was found good.
    good: u64,
    /// Size of the last checkpoint seen.
    before: u64,
    newest: Option<Checkpoint>,
    checkpoints: u64,
    kept_judged: bool,
}

/// What the pass over leaves and checkpoints gave.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) findings: Findings,
    /// The last checkpoint with a good signature.
    pub(super) newest: Option<Checkpoint>,
    pub(super) checkpoints: u64,
    /// The frontier over all leaves; `None` if they are not what was signed.
    pub(super) frontier: Option<Frontier>,
}

impl Judge {
    pub(super) fn new(keys: Vec<Sm2Public>, kept: Option<Checkpoint>) -> Self {
        Self {
            keys: keys
                .into_iter()
                .map(|key| (key.key_id().to_owned(), key))
                .collect(),
            kept_judged: kept.is_none(),
            kept,
            findings: Findings::default(),
            next: 1,
            leaves: Frontier::new(),
            rows: RowTree::Same,
            broken: false,
            suspects: Vec::new(),
            good: 0,
            before: 0,
            newest: None,
            checkpoints: 0,
        }
    }

    /// How many leaves there are so far.
    pub(super) fn size(&self) -> u64 {
        self.next - 1
    }

    pub(super) fn find(&mut self, finding: Finding) {
        self.findings.add(finding);
    }

    /// A leaf that cannot be read at all: what follows is no longer the tree that was signed.
    pub(super) fn unreadable_leaf(&mut self) {
        self.find(Finding::LeafUnreadable { after: self.size() });
        self.break_off();
    }

    pub(super) fn unreadable_checkpoint(&mut self) {
        self.checkpoints += 1;
        self.find(Finding::CheckpointUnreadable { after: self.before });
    }

    /// The next leaf. Checkpoints with a size below its number have been handed in.
    pub(super) fn leaf(&mut self, number: u64, row: Uuid, hash: Digest32, now: RowNow) {
        debug_assert!(number >= self.next, "leaves come by number");
        if number > self.next {
            self.find(Finding::LeavesGone {
                first: self.next,
                last: number - 1,
            });
            self.break_off();
        }
        self.next = number + 1;
        match now {
            RowNow::Unknown => self.rows = RowTree::Lost,
            RowNow::Gone => {
                self.find(Finding::RowGone { number, row });
                self.rows = RowTree::Lost;
            }
            RowNow::Unreadable => {
                self.find(Finding::RowUnreadable { number, row });
                self.rows = RowTree::Lost;
            }
            RowNow::Hash(current) => {
                if current != hash {
                    if self.broken {
                        self.find(Finding::RowOrLeafChanged { number, row });
                    } else {
                        self.suspects.push((number, row));
                        if matches!(self.rows, RowTree::Same) {
                            self.rows = RowTree::Other(self.leaves.clone());
                        }
                    }
                }
                if let RowTree::Other(tree) = &mut self.rows {
                    tree.append(current);
                }
            }
        }
        if !self.broken {
            self.leaves.append(hash);
        }
        self.judge_kept();
    }

    /// The next checkpoint, once all leaves up to its size have been handed in.
    pub(super) fn checkpoint(&mut self, checkpoint: Checkpoint) {
        self.checkpoints += 1;
        let size = checkpoint.size;
        let before = std::mem::replace(&mut self.before, size);
        let Some(key) = self.keys.get(&checkpoint.key_id) else {
            self.find(Finding::CheckpointKey {
                size,
                key_id: checkpoint.key_id,
            });
            return;
        };
        if !checkpoint.signed_by(key) {
            self.find(Finding::CheckpointChanged { size });
            return;
        }
        if checkpoint.previous != before {
            self.find(Finding::CheckpointGone {
                missing: checkpoint.previous,
                size,
            });
        }
        if size > self.size() {
            self.find(Finding::CheckpointBeyond {
                size,
                leaves: self.size(),
            });
        } else if !self.broken {
            self.judge_root(&checkpoint);
        }
        self.newest = Some(checkpoint);
    }

    fn judge_root(&mut self, checkpoint: &Checkpoint) {
        let number = checkpoint.size;
        let fits = |tree: &Frontier| hex::encode(tree.root()) == checkpoint.root;
        if fits(&self.leaves) {
            for (number, row) in std::mem::take(&mut self.suspects) {
                self.find(Finding::RowChanged { number, row });
            }
        } else if let RowTree::Other(tree) = &self.rows
            && fits(tree)
        {
            self.leaves = tree.clone();
            for (number, row) in std::mem::take(&mut self.suspects) {
                self.find(Finding::LeafChanged { number, row });
            }
        } else {
            self.find(Finding::LeavesChanged {
                first: self.good + 1,
                last: number,
            });
            self.break_off();
            return;
        }
        self.rows = RowTree::Same;
        self.good = number;
    }

    /// From here on no root can be computed.
    fn break_off(&mut self) {
        self.broken = true;
        self.rows = RowTree::Lost;
        for (number, row) in std::mem::take(&mut self.suspects) {
            self.find(Finding::RowOrLeafChanged { number, row });
        }
    }

    fn judge_kept(&mut self) {
        if self.kept_judged {
            return;
        }
        let size = self.size();
        let Some(kept) = self.kept.as_ref().filter(|kept| kept.size <= size) else {
            return;
        };
        self.kept_judged = true;
        let fits = |tree: &Frontier| hex::encode(tree.root()) == kept.root;
        // Where leaves were changed and the rows are as they were, the rows are what was kept.
        let whole = !self.broken
            && size == kept.size
            && (fits(&self.leaves) || matches!(&self.rows, RowTree::Other(tree) if fits(tree)));
        if !whole {
            let size = kept.size;
            self.find(Finding::KeptDiffers { size });
        }
    }

    /// Nothing follows.
    pub(super) fn finish(mut self) -> Judged {
        let size = self.size();
        if let Some(kept) = self.kept.as_ref().filter(|_| !self.kept_judged) {
            let finding = Finding::KeptBeyond {
                size: kept.size,
                leaves: size,
            };
            self.find(finding);
        }
        for (number, row) in std::mem::take(&mut self.suspects) {
            self.find(Finding::RowOrLeafChanged { number, row });
        }
        let signed = self.newest.as_ref().map_or(0, |newest| newest.size);
        if size > signed {
            self.find(Finding::LeavesUnsigned {
                first: signed + 1,
                last: size,
            });
        }
        Judged {
            findings: self.findings,
            newest: self.newest,
            checkpoints: self.checkpoints,
            frontier: (!self.broken).then_some(self.leaves),
        }
    }
}
