//! Joiners, movers and leavers from a list.

mod import;

pub use import::{STAFF, import_staff};
