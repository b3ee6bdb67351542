//! A signed record: the text that an electronic licence or document stands for, whatever carries
//! it (a PDF attachment, an OFD file, an API answer).

use crate::{Sm2Public, Sm2Signer, constant_time_eq, sm3_hex};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The only algorithm name that a [`SignedRecord`] may carry.
pub const SIGNATURE_ALGORITHM: &str = "SM2-SM3";

/// A text with its digest and signature. The signature covers exactly the bytes of `payload`,
/// so the text is kept as it was written and is never parsed and printed again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRecord {
    /// The exact JSON text that is signed.
    pub payload: String,
    /// SM3 of `payload` in hexadecimal.
    pub digest: String,
    /// Always [`SIGNATURE_ALGORITHM`].
    pub alg: String,
    /// The signer's key id, as in [`Sm2Public::key_id`].
    pub key_id: String,
    /// The signer's public key: 65 uncompressed bytes in hexadecimal.
    pub public_key: String,
    /// The DER signature in base64url without padding.
    pub signature: String,
}

/// What a look at the record alone can tell. Whether the signer is one of ours, and whether the
/// licence is still in force, is for the caller to find out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordCheck {
    /// The digest in the record is the digest of its payload.
    pub digest_ok: bool,
    /// The signature is that of the carried public key over the payload, and the key id is that
    /// of the carried key.
    pub signature_ok_under_carried_key: bool,
    /// The key id of the carried public key, computed here; `None` if it is not a key.
    pub key_id: Option<String>,
}

impl fmt::Debug for SignedRecord {
    /// Without the payload, which names people.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SignedRecord")
            .field("digest", &self.digest)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl SignedRecord {
    /// Signs a text.
    pub fn sign(signer: &Sm2Signer, payload: impl Into<String>) -> Self {
        let payload = payload.into();
        Self {
            digest: sm3_hex(&payload),
            alg: SIGNATURE_ALGORITHM.to_owned(),
            key_id: signer.key_id().to_owned(),
            public_key: signer.public_key().to_hex(),
            signature: URL_SAFE_NO_PAD.encode(signer.sign(payload.as_bytes())),
            payload,
        }
    }

    /// Checks the record against itself.
    pub fn verify(&self) -> RecordCheck {
        let key = Sm2Public::from_hex(&self.public_key).ok();
        let signature = URL_SAFE_NO_PAD.decode(&self.signature).ok();
        let signature_ok = match (&key, &signature) {
            (Some(key), Some(signature)) => {
                self.alg == SIGNATURE_ALGORITHM
                    && self.key_id == key.key_id()
                    && key.verify(self.payload.as_bytes(), signature)
            }
            _ => false,
        };
        RecordCheck {
            digest_ok: constant_time_eq(sm3_hex(&self.payload), &self.digest),
            signature_ok_under_carried_key: signature_ok,
            key_id: key.map(|key| key.key_id().to_owned()),
        }
    }

    /// Whether `key`, which the caller trusts, signed exactly this payload. What the record says
    /// about its own key plays no part.
    pub fn signed_by(&self, key: &Sm2Public) -> bool {
        self.alg == SIGNATURE_ALGORITHM
            && URL_SAFE_NO_PAD
                .decode(&self.signature)
                .is_ok_and(|signature| key.verify(self.payload.as_bytes(), &signature))
    }
}

impl RecordCheck {
    /// Nothing in the record contradicts the rest of it.
    pub fn is_intact(&self) -> bool {
        self.digest_ok && self.signature_ok_under_carried_key
    }
}
