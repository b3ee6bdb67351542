//! Members of staff on their posts: what they show beside a password, posts lent during leave, and who comes, moves and leaves.
//!
//! - `factors` one-time passwords of a device, codes that operators hand over
//! - `delegations` a post lent to a colleague from one day to another
//! - `roster` joiners, movers and leavers, one by one and from a list
//! - `jobs` the lists that were uploaded
//!
//! Accounts, their posts and their sessions are the room of identity's; this one decides what staff may do with them.

mod delegations;
mod error;
mod factors;
mod jobs;
mod migrations;
mod roster;
mod sealed;

pub use delegations::{
    DelegatePost, DelegationStanding, DelegationView, MOST_DAYS, Side, delegate_post, delegation,
    delegations_of, end_delegation, own_delegations, standing, stands_in, take_delegated_post,
};
pub use error::{Error, Refusal};
pub use factors::{
    FactorView, FirstSignIn, GivenCode, NewTotp, STAFF_CODE_HOURS, confirm_totp, factors_of, first_sign_in,
    give_staff_code, own_factors, remove_totp, reset_staff, show_second_factor, start_totp, unlock_staff,
};
pub use jobs::wire;
pub use migrations::migrations;
pub use roster::{STAFF, add_post, close_staff, import_staff, remove_post};
pub use sealed::SEALED_COLUMNS;

/// The lines of the log of this room that are told to the owner of an account. Each has the text `history-ACTION`, dots as dashes.
pub const HISTORY_ACTIONS: [&str; 7] = [
    "staff.code_given",
    "staff.code_failed",
    "staff.totp_set",
    "staff.totp_removed",
    "staff.factor_failed",
    "staff.reset",
    "staff.post_delegated",
];
