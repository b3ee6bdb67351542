//! A signed statement of what the log was at one instant.
//!
//! What is signed is this text, with a line break after every line:
//!
//! ```text
//! tongban log checkpoint 1
//! size 1042
//! previous 1007
//! root 64 hexadecimal digits
//! at 2026-11-20T02:30:00.123456Z
//! key 16 hexadecimal digits
//! ```

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use tongban_crypto::{Digest32, KeyRing, SIGNATURE_ALGORITHM, Sm2Public, Sm2Signer};

use crate::{StoreError, row::audit_checkpoint};

/// Whose keys sign checkpoints.
pub(super) const PURPOSE: &str = "checkpoint";
const FORMAT: &str = "tongban-checkpoint-1";

/// The log had `size` rows under this root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// How many rows it covers: those with the numbers 1 to `size`.
    pub size: u64,
    /// The size of the checkpoint that stands before this one in the table; 0 for the first.
    pub previous: u64,
    /// Root of the tree of RFC 6962 over SM3, in hexadecimal.
    pub root: String,
    pub at: DateTime<Utc>,
    pub key_id: String,
    /// SM2 over SM3, DER, in base64url without padding.
    pub signature: String,
}

impl Checkpoint {
    pub(super) fn sign(
        signer: &Sm2Signer,
        size: u64,
        previous: u64,
        root: &Digest32,
        at: DateTime<Utc>,
    ) -> Self {
        let mut checkpoint = Self {
            size,
            previous,
            root: hex::encode(root),
            at,
            key_id: signer.key_id().to_owned(),
            signature: String::new(),
        };
        checkpoint.signature = URL_SAFE_NO_PAD.encode(signer.sign(checkpoint.statement().as_bytes()));
        checkpoint
    }

    fn statement(&self) -> String {
        format!(
            "tongban log checkpoint 1\nsize {}\nprevious {}\nroot {}\nat {}\nkey {}\n",
            self.size,
            self.previous,
            self.root,
            self.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            self.key_id,
        )
    }

    /// Whether this key signed exactly this statement.
    pub fn signed_by(&self, key: &Sm2Public) -> bool {
        self.key_id == key.key_id()
            && URL_SAFE_NO_PAD
                .decode(&self.signature)
                .is_ok_and(|signature| key.verify(self.statement().as_bytes(), &signature))
    }

    /// Whether any checkpoint key of the ring, current or rotated away, signed it.
    pub fn is_ours(&self, keys: &KeyRing) -> bool {
        keys.public_keys(PURPOSE).iter().any(|key| self.signed_by(key))
    }

    pub(super) fn from_row(row: audit_checkpoint::Model) -> Result<Self, StoreError> {
        let count = |value: i64| {
            u64::try_from(value)
                .map_err(|_| StoreError::Corrupt("a checkpoint with a negative size".to_owned()))
        };
        Ok(Self {
            size: count(row.size)?,
            previous: count(row.previous)?,
            root: row.root,
            at: row.at,
            key_id: row.key_id,
            signature: row.signature,
        })
    }

    /// The checkpoint as a file to be kept elsewhere, with the public key that verifies it. `None` if the ring does not
    /// hold that key.
    pub fn to_file(&self, keys: &KeyRing) -> Option<CheckpointFile> {
        let key = keys
            .public_keys(PURPOSE)
            .into_iter()
            .find(|key| key.key_id() == self.key_id)?;
        Some(CheckpointFile {
            format: FORMAT.to_owned(),
            size: self.size,
            previous: self.previous,
            root: self.root.clone(),
            at: self.at,
            alg: SIGNATURE_ALGORITHM.to_owned(),
            key_id: self.key_id.clone(),
            public_key: key.to_hex(),
            signature: self.signature.clone(),
        })
    }
}

/// A checkpoint on its own, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointFile {
    format: String,
    size: u64,
    previous: u64,
    root: String,
    at: DateTime<Utc>,
    alg: String,
    key_id: String,
    public_key: String,
    signature: String,
}

impl CheckpointFile {
    /// The checkpoint, if the file is one of ours in form and its signature is that of the key it carries. Otherwise the
    /// reason in words.
    pub fn open(self) -> Result<Checkpoint, &'static str> {
        if self.format != FORMAT || self.alg != SIGNATURE_ALGORITHM {
            return Err("it is not a checkpoint in a form that this program knows");
        }
        let key = Sm2Public::from_hex(&self.public_key).map_err(|_| "its public key is not a key")?;
        let checkpoint = Checkpoint {
            size: self.size,
            previous: self.previous,
            root: self.root,
            at: self.at,
            key_id: self.key_id,
            signature: self.signature,
        };
        if checkpoint.size == 0 {
            Err("it covers no rows")
        } else if checkpoint.signed_by(&key) {
            Ok(checkpoint)
        } else {
            Err("its signature does not fit what it says")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn checkpoint(keys: &KeyRing) -> Checkpoint {
        let at = Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap();
        Checkpoint::sign(&keys.signer(PURPOSE).unwrap(), 10, 4, &[7; 32], at)
    }

    #[test]
    fn every_part_is_under_the_signature() {
        let keys = KeyRing::from_seed([1; 32]);
        let good = checkpoint(&keys);
        assert!(good.is_ours(&keys));
        let changes: [fn(&mut Checkpoint); 6] = [
            |changed| changed.size = 11,
            |changed| changed.previous = 3,
            |changed| changed.root = "08".repeat(32),
            |changed| changed.at += chrono::Duration::nanoseconds(1),
            |changed| changed.key_id = "0123456789abcdef".to_owned(),
            |changed| changed.signature = changed.signature.replacen('A', "B", 1) + "A",
        ];
        for change in changes {
            let mut changed = good.clone();
            change(&mut changed);
            assert!(!changed.is_ours(&keys), "{changed:?}");
        }
    }

    #[test]
    fn older_keys_of_the_ring_are_ours_and_strangers_are_not() {
        let keys = KeyRing::from_seed([1; 32]);
        let old = checkpoint(&keys);
        keys.rotate_signer(PURPOSE).unwrap();
        assert!(old.is_ours(&keys));
        assert!(checkpoint(&keys).is_ours(&keys));
        assert!(!old.is_ours(&KeyRing::from_seed([2; 32])));
    }

    #[test]
    fn a_file_stands_on_its_own() {
        let keys = KeyRing::from_seed([1; 32]);
        let good = checkpoint(&keys);
        let text = serde_json::to_string(&good.to_file(&keys).unwrap()).unwrap();
        let read = |text: &str| serde_json::from_str::<CheckpointFile>(text).unwrap().open();
        assert_eq!(read(&text), Ok(good.clone()));
        read(&text.replace("\"size\":10", "\"size\":11")).unwrap_err();
        read(&text.replace("checkpoint-1", "checkpoint-2")).unwrap_err();
        assert!(good.to_file(&KeyRing::from_seed([2; 32])).is_none());
    }
}
