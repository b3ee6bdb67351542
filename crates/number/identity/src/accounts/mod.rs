//! Accounts: who is known, under which names.

mod change_staff;
mod close_account;
pub(crate) mod domain;
mod history;
pub(crate) mod name;
mod party_for;
pub(crate) mod query;
mod record_export;
pub(crate) mod register_party;
pub(crate) mod register_staff;
pub(crate) mod row;

pub use change_staff::{ChangeStaff, change_staff, close_staff, forget_staff_ways_in};
pub use close_account::close_account;
pub use domain::{Account, AccountKind, HeldPost, Party, names_somebody, subject_blind, subject_blinds};
pub use history::{HISTORY_ACTIONS, HistoryLine, own_history};
pub use party_for::{party_for, same_name};
pub use query::{
    account, account_in, account_is_open, account_is_open_in, find_party, find_party_in, find_staff,
    find_staff_in, list_staff, may_manage_staff, party, party_in, staff_member, staff_post, staff_post_in,
    staff_posts, staff_posts_in,
};
pub use record_export::record_export;
pub use register_party::{NewParty, register_party};
pub use register_staff::{NewStaff, register_staff};
