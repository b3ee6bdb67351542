//! Digests, sealing, blind indexes, signatures and the key ring, all on the Chinese national
//! algorithms: SM2 (GB/T 32918), SM3 (GB/T 32905), SM4 (GB/T 32907) in GCM mode.
//!
//! Tokens for systems of others are signed with ES256 too, which their libraries know.
//!
//! No database and no network. The one thing read from and written to disk is the folder of the
//! [`KeyRing`]. Randomness for keys, nonces and salts comes from the operating system: a nonce
//! that a test could repeat is a nonce that production could repeat.

mod digest;
mod error;
mod foreign_digest;
mod jose;
mod keyring;
pub mod merkle;
pub mod password;
mod printable;
mod record;
pub mod ses;
mod sm2;

pub use digest::{Digest32, Sm3Stream, constant_time_eq, sm3, sm3_hex};
pub use error::CryptoError;
pub use foreign_digest::DigestMethod;
pub use jose::{TokenAlgorithm, TokenKey, sha256_base64url};
pub use keyring::{KeyRing, KeyRingLock, PURPOSES};
pub use printable::printable;
pub use record::{RecordCheck, SIGNATURE_ALGORITHM, SignedRecord};
pub use sm2::{Sm2Public, Sm2Signer, USER_ID, is_sm2_signature};
