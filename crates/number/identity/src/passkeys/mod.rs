//! Passkeys (通行密钥, WebAuthn level 3): bound to an account, then a way to sign in and to be recognised.
//!
//! Nobody types a name before: the device says which account it is for, so nobody learns who has passkeys.

mod bind;
mod domain;
mod manage;
mod recognise;
pub(crate) mod row;
mod sign_in;

pub use bind::{BindPasskey, bind_passkey, start_binding};
pub use domain::{Ceremony, PasskeyView, Passkeys, PasskeysError};
pub use manage::{own_passkeys, remove_passkey};
pub use recognise::recognise_by_passkey;
pub use sign_in::{PasskeySignIn, sign_in_with_passkey, start_passkey};
