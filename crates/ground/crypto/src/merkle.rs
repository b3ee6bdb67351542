//! A history tree over SM3, shaped as in RFC 6962 and RFC 9162: a leaf is hashed behind a zero
//! byte, a node behind a one byte, and a tree of n leaves splits at the largest power of two
//! below n. It holds the append-only log: whoever kept an old root can check that nothing before
//! it was changed.

use crate::{CryptoError, Digest32, digest::sm3};
use ::sm3::{Digest, Sm3};
use serde::{Deserialize, Serialize};

/// The hash of one entry: SM3(00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Digest32 {
    let mut hasher = Sm3::new();
    hasher.update([0u8]);
    hasher.update(entry);
    hasher.finalize().into()
}

/// The hash of two neighbours: SM3(01 ‖ left ‖ right).
pub fn node_hash(left: &Digest32, right: &Digest32) -> Digest32 {
    let mut hasher = Sm3::new();
    hasher.update([1u8]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The root of a tree without leaves: SM3 of nothing.
pub fn empty_root() -> Digest32 {
    sm3(b"")
}

/// The root over leaf hashes, oldest first.
pub fn root(leaves: &[Digest32]) -> Digest32 {
    match leaves {
        [] => empty_root(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two that is smaller than `count`; `count` is at least 2.
fn split(count: usize) -> usize {
    1 << (usize::BITS - 1 - (count - 1).leading_zeros())
}

/// The right edge of a growing tree: enough to append and to give the root, in at most 64
/// digests, whatever the number of leaves. Store it beside the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FrontierForm", into = "FrontierForm")]
pub struct Frontier {
    size: u64,
    /// Roots of the full subtrees from left to right: one for each one-bit of `size`.
    peaks: Vec<Digest32>,
}

/// How a frontier is written: peaks in hexadecimal.
#[derive(Serialize, Deserialize)]
struct FrontierForm {
    size: u64,
    peaks: Vec<String>,
}

impl From<Frontier> for FrontierForm {
    fn from(frontier: Frontier) -> Self {
        Self {
            size: frontier.size,
            peaks: frontier.peaks.iter().map(hex::encode).collect(),
        }
    }
}

impl TryFrom<FrontierForm> for Frontier {
    type Error = CryptoError;

    fn try_from(form: FrontierForm) -> Result<Self, CryptoError> {
        let peaks = form
            .peaks
            .iter()
            .map(|peak| {
                let mut digest = Digest32::default();
                hex::decode_to_slice(peak, &mut digest).map(|()| digest)
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| CryptoError::Malformed)?;
        Self::from_parts(form.size, peaks)
    }
}

impl Frontier {
    /// The frontier of an empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// A frontier that was stored. Refused if the number of peaks does not fit the size.
    pub fn from_parts(size: u64, peaks: Vec<Digest32>) -> Result<Self, CryptoError> {
        if peaks.len() == size.count_ones() as usize {
            Ok(Self { size, peaks })
        } else {
            Err(CryptoError::Malformed)
        }
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the full subtrees, left to right.
    pub fn peaks(&self) -> &[Digest32] {
        &self.peaks
    }

    /// Adds the hash of the next leaf.
    pub fn append(&mut self, leaf: Digest32) {
        let mut carry = leaf;
        // Every trailing one-bit of the size is a full subtree as large as the one carried.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                carry = node_hash(&left, &carry);
            }
        }
        self.peaks.push(carry);
        self.size += 1;
    }

    /// The root now.
    pub fn root(&self) -> Digest32 {
        let mut from_right = self.peaks.iter().rev();
        match from_right.next() {
            None => empty_root(),
            Some(last) => from_right.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

/// The audit path of leaf `index` in the tree over `leaves`, nearest sibling first.
/// `None` if there is no such leaf.
pub fn inclusion_proof(leaves: &[Digest32], index: usize) -> Option<Vec<Digest32>> {
    if index >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut leaves, mut index) = (leaves, index);
    while leaves.len() > 1 {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if index < left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            index -= left.len();
            leaves = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether `leaf` is at `index` of the tree with `size` leaves and this root (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: &Digest32, index: u64, size: u64, proof: &[Digest32], root: &Digest32) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// The proof that the tree over the first `old_size` leaves is a beginning of the tree over all.
/// Empty when nothing needs proving (`old_size` is 0 or all). `None` if `old_size` is too large.
pub fn consistency_proof(leaves: &[Digest32], old_size: usize) -> Option<Vec<Digest32>> {
    if old_size > leaves.len() {
        return None;
    }
    if old_size == 0 || old_size == leaves.len() {
        return Some(Vec::new());
    }
    let mut path = Vec::new();
    let (mut leaves, mut old_size) = (leaves, old_size);
    let mut whole = true; // the old tree is a subtree of its own, whose root the verifier holds
    while old_size != leaves.len() {
        let (left, right) = leaves.split_at(split(leaves.len()));
        if old_size <= left.len() {
            path.push(root(right));
            leaves = left;
        } else {
            path.push(root(left));
            old_size -= left.len();
            leaves = right;
            whole = false;
        }
    }
    if !whole {
        path.push(root(leaves));
    }
    path.reverse();
    Some(path)
}

/// Whether the tree of `old_size` leaves with `old_root` is a beginning of the tree of `new_size`
/// leaves with `new_root` (RFC 9162, 2.1.4.2).
pub fn verify_consistency(
    old_size: u64,
    old_root: &Digest32,
    new_size: u64,
    new_root: &Digest32,
    proof: &[Digest32],
) -> bool {
    if old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    if old_size == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    let mut rest = proof.iter();
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    // A power of two is a subtree of its own: its root stands at the head of the proof unsaid.
    let first = if old_size.is_power_of_two() {
        Some(old_root)
    } else {
        rest.next()
    };
    let Some(first) = first else { return false };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}
