//! Signing in: by password, by one-time code; being locked out and coming back; changing the password.

mod change_password;
mod change_phone;
pub(crate) mod domain;
pub(crate) mod failure;
pub(crate) mod password;
pub(crate) mod phone_code;
mod register_with_code;
mod request_code;
mod reset_password;
pub(crate) mod row;
mod sign_in_with_code;
mod sign_in_with_password;
mod unlock_account;

pub use change_password::{ChangePassword, change_password};
pub use change_phone::{ChangePhone, change_phone};
pub use domain::CodeFor;
pub use password::{PasswordHash, hash_password};
pub use register_with_code::{RegisterWithCode, register_with_code};
pub use request_code::{CodeRequested, RequestCode, request_code, request_phone_code};
pub use reset_password::reset_password;
pub use sign_in_with_code::{CodeSignIn, sign_in_with_code};
pub use sign_in_with_password::{PasswordSignIn, sign_in_with_password};
pub use unlock_account::unlock_account;
