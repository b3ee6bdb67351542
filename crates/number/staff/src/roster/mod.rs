//! Joiners, movers and leavers.

mod change;
mod import;

pub use change::{add_post, close_staff, remove_post};
pub use import::{STAFF, import_staff};
