//! SM2 signatures (GB/T 32918.2) with SM3 and the usual user id, as DER.

use crate::{CryptoError, digest::sm3};
use ::sm2::dsa::signature::{RandomizedSigner, Signer, Verifier};
use ::sm2::dsa::{Signature, SigningKey, VerifyingKey};
use ::sm2::elliptic_curve::sec1::ToSec1Point;
use der::{Decode as _, Reader as _, SliceReader, Tag, asn1::AnyRef};
use std::fmt;

/// The user id that GM/T 0009-2012 fixes when none is agreed. Some tools take an empty one by
/// default (`openssl verify` wants `-vfyopt distid:1234567812345678`).
pub const USER_ID: &str = "1234567812345678";

/// A private key that signs.
#[derive(Clone)]
pub struct Sm2Signer {
    key: SigningKey,
    public: Sm2Public,
}

impl Sm2Signer {
    /// A signer from the 32 bytes of its private number. `None` if the number is outside
    /// `[1, n-2]`, which of random bytes one in 2³² is.
    pub(crate) fn from_secret(secret: &[u8; 32]) -> Option<Self> {
        let key = SigningKey::from_slice(USER_ID, secret).ok()?;
        // d = n-1 leaves 1+d without an inverse: such a key cannot sign at all.
        Signer::<Signature>::try_sign(&key, b"").ok()?;
        let public = Sm2Public::from_verifying_key(key.verifying_key())?;
        Some(Self { key, public })
    }

    /// Signs a message: DER `SEQUENCE { r, s }`. The same message gives the same signature
    /// (the secret number is derived as in RFC 6979).
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signed: Result<Signature, _> = self.key.try_sign(message);
        loop {
            match signed {
                Ok(signature) => return signature.to_der().as_bytes().to_vec(),
                // r, s or r+k was zero, about once in 2²⁵⁶: the standard says take another k.
                Err(_) => signed = self.key.try_sign_with_rng(&mut rand::rngs::SysRng, message),
            }
        }
    }

    /// First 16 hexadecimal digits of the SM3 digest of the public key.
    pub fn key_id(&self) -> &str {
        &self.public.key_id
    }

    /// The key that verifies what this one signs.
    pub fn public_key(&self) -> &Sm2Public {
        &self.public
    }
}

impl fmt::Debug for Sm2Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sm2Signer")
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

/// A public key that verifies.
#[derive(Clone)]
pub struct Sm2Public {
    key: VerifyingKey,
    bytes: Vec<u8>,
    key_id: String,
}

impl Sm2Public {
    fn from_verifying_key(key: &VerifyingKey) -> Option<Self> {
        let bytes = key.to_sec1_point(false).as_bytes().to_vec();
        // 04 ‖ x ‖ y; the point at infinity has a one-byte form and is no key.
        (bytes.len() == 65).then(|| Self {
            key: key.clone(),
            key_id: key_id(&bytes),
            bytes,
        })
    }

    /// Reads the 65 uncompressed bytes `04 ‖ x ‖ y`. Refuses points that are not on the curve.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        if bytes.len() != 65 || bytes[0] != 4 {
            return Err(CryptoError::PublicKey);
        }
        VerifyingKey::from_sec1_bytes(USER_ID, bytes)
            .ok()
            .and_then(|key| Self::from_verifying_key(&key))
            .ok_or(CryptoError::PublicKey)
    }

    /// Reads the 130 hexadecimal digits of the uncompressed form.
    pub fn from_hex(text: &str) -> Result<Self, CryptoError> {
        if text.len() != 130 {
            return Err(CryptoError::PublicKey);
        }
        Self::from_bytes(&hex::decode(text).map_err(|_| CryptoError::PublicKey)?)
    }

    /// The uncompressed form, 65 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The uncompressed form in lower-case hexadecimal.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.bytes)
    }

    /// First 16 hexadecimal digits of the SM3 digest of the 65 bytes.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether a DER signature is this key's over the message. Garbage is `false`.
    pub fn verify(&self, message: &[u8], der_signature: &[u8]) -> bool {
        Signature::from_der(der_signature).is_ok_and(|signature| {
            // Re-encoding must give the same bytes: one signature has one form.
            signature.to_der().as_bytes() == der_signature && self.key.verify(message, &signature).is_ok()
        })
    }

    /// The same for signatures of others, who write them in more than one form. Not for our own: there one signature has one form.
    pub fn verify_any_form(&self, message: &[u8], signature: &[u8]) -> bool {
        any_form(signature).is_some_and(|signature| self.key.verify(message, &signature).is_ok())
    }
}

/// Whether bytes have one of the forms of a bare SM2 signature.
pub fn is_sm2_signature(bytes: &[u8]) -> bool {
    any_form(bytes).is_some()
}

/// A signature as others write it: DER with needless zeros or without, or the bare 64 bytes `r ‖ s`.
fn any_form(signature: &[u8]) -> Option<Signature> {
    let bare: Option<[u8; 64]> = signature.try_into().ok();
    let bytes = out_of_der(signature).or(bare)?;
    Signature::from_bytes(&bytes.into()).ok()
}

/// `r ‖ s` out of `SEQUENCE { r, s }`.
fn out_of_der(signature: &[u8]) -> Option<[u8; 64]> {
    let whole = AnyRef::from_der(signature).ok()?;
    if whole.header().tag() != Tag::Sequence {
        return None;
    }
    let mut numbers = SliceReader::new(whole.value()).ok()?;
    let mut bytes = [0u8; 64];
    for half in bytes.chunks_exact_mut(32) {
        let number = AnyRef::decode(&mut numbers).ok()?;
        let zeros = number.value().iter().take_while(|byte| **byte == 0).count();
        let digits = number.value().get(zeros..)?;
        if number.header().tag() != Tag::Integer || digits.len() > half.len() {
            return None;
        }
        let start = half.len() - digits.len();
        half[start..].copy_from_slice(digits);
    }
    numbers.is_finished().then_some(bytes)
}

impl PartialEq for Sm2Public {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Sm2Public {}

impl fmt::Debug for Sm2Public {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Sm2Public").field(&self.key_id).finish()
    }
}

fn key_id(public_key: &[u8]) -> String {
    hex::encode(&sm3(public_key)[..8])
}
