#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]
//! The room from outside: standard examples, sealing, key rotation, signatures, the tree.

mod jose;
mod keyring_file;
mod merkle;
mod password;
mod seal;
mod ses;
mod sign;
mod vectors;

use tongban_crypto::KeyRing;

/// The ring that most tests use.
fn ring() -> KeyRing {
    KeyRing::from_seed([7; 32])
}
