//! What can go wrong. No variant carries plain text, key material or a whole sealed value.

use std::path::PathBuf;

/// A failure of this room.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// The text or bytes are not in the form that sealing produces.
    #[error("not a sealed value")]
    Malformed,
    /// The value names a key that this ring does not hold.
    #[error("sealed with key {kid}, which this key ring does not hold")]
    UnknownKey {
        /// The eight hexadecimal digits that name the key.
        kid: String,
    },
    /// The authentication tag does not match: changed, cut, or sealed for another field.
    #[error("the sealed value was changed or belongs to another field")]
    Refused,
    /// Nobody signs for this purpose.
    #[error("no signing key for the purpose {purpose}")]
    UnknownPurpose {
        /// The purpose that was asked for.
        purpose: String,
    },
    /// The key in use cannot be retired; rotate first.
    #[error("key {kid} is in use; rotate before retiring it")]
    KeyInUse {
        /// The eight hexadecimal digits that name the key.
        kid: String,
    },
    /// The text is not a point on the SM2 curve in its 65-byte form.
    #[error("not an SM2 public key")]
    PublicKey,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
    /// The password is empty or longer than [`crate::password::MAXIMUM_BYTES`].
    #[error("the password is empty or too long")]
    Password,
    /// The stored password hash is not an Argon2 string that we accept.
    #[error("the stored password hash is not readable")]
    PasswordHash,
    /// The key ring file exists but others than its owner can read it.
    #[error("{} can be read by others (mode {mode:o}); it must be 0600", path.display())]
    LoosePermissions {
        /// The key ring file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key ring file is not one that we wrote.
    #[error("{} is not a key ring: {reason}", path.display())]
    KeyRingFile {
        /// The key ring file.
        path: PathBuf,
        /// What is wrong, without any of its content.
        reason: &'static str,
    },
    /// The folder or file could not be read or written.
    #[error("{doing} {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The answer of the operating system.
        #[source]
        source: std::io::Error,
    },
}
