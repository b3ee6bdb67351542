//! Password hashes: Argon2id with 19 MiB, two passes, one lane, as PHC strings.

use crate::CryptoError;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Longer passwords are refused, so that nobody makes us hash a megabyte.
pub const MAXIMUM_BYTES: usize = 1024;

/// A hash that no password matches. Verifying against it when the account does not exist takes
/// as long as when it does.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How much work a hash takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cost {
    /// 19 MiB, two passes: about 25 ms.
    #[default]
    Standard,
    /// 8 KiB, one pass: for tests that sign in a thousand people. Never for real accounts.
    Testing,
}

impl Cost {
    fn params(self) -> Result<Params, CryptoError> {
        let (memory_kib, passes) = match self {
            Self::Standard => (19 * 1024, 2),
            Self::Testing => (8, 1),
        };
        Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| CryptoError::PasswordHash)
    }
}

/// Hashes a password at the standard cost with a fresh random salt.
pub fn hash(password: &str) -> Result<String, CryptoError> {
    hash_with_cost(password, Cost::Standard)
}

/// Hashes a password at a given cost with a fresh random salt.
pub fn hash_with_cost(password: &str, cost: Cost) -> Result<String, CryptoError> {
    if password.is_empty() || password.len() > MAXIMUM_BYTES {
        return Err(CryptoError::Password);
    }
    let hashed: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?)
        .hash_password(password.as_bytes())
        .map_err(|_| CryptoError::Random)?;
    Ok(hashed.to_string())
}

/// Whether the password is the one that was hashed. Works for any cost; a string that is not an
/// Argon2 hash matches nothing.
pub fn verify(password: &str, phc: &str) -> bool {
    try_verify(password, phc).unwrap_or(false)
}

/// As [`verify`], telling an unreadable stored hash (a fault of ours) from a wrong password.
pub fn try_verify(password: &str, phc: &str) -> Result<bool, CryptoError> {
    if password.is_empty() || password.len() > MAXIMUM_BYTES {
        return Ok(false);
    }
    let stored = PasswordHash::new(phc).map_err(|_| CryptoError::PasswordHash)?;
    match Argon2::default().verify_password(password.as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(_) => Err(CryptoError::PasswordHash),
    }
}

/// Whether a stored hash is weaker than what [`hash`] makes today; hash anew at the next sign-in.
pub fn needs_rehash(phc: &str) -> bool {
    !phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
}
