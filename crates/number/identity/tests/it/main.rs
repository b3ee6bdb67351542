//! Identity on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod assurance;
mod builders;
mod change_password;
mod code;
mod corrections;
mod export;
mod housekeeping;
mod passkeys;
mod password;
mod privacy;
mod register;
mod scan;
mod sessions;
mod window;
