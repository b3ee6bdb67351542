//! Keeping an installation: backup, restore, moving between databases, re-sealing, what `tongban doctor` looks at.
//!
//! Everything here is read off the database itself: tables, columns, references. A room that adds a table edits nothing.
//!
//! - `place` a database apart from a running [`Store`](crate::Store), opened by one connection, never created by accident
//! - `schema` which tables and columns a place has
//! - `cell` one value on its way from one database to the other
//! - `copy` all rows of one place into an empty one, in one transaction on each side
//! - `manifest`, `archive` the one file that a backup is
//! - `backup`, `restore` making it, and putting it into place
//! - `sealed`, `reseal` which columns hold sealed values, and making them anew after a key was rotated
//! - `health` what `tongban doctor` asks
//!
//! The form of a backup is explained in ADR 9.

mod archive;
mod backup;
mod cell;
mod copy;
mod error;
mod health;
mod manifest;
mod place;
mod reseal;
mod restore;
mod schema;
mod sealed;

pub use backup::{BackedUp, BackupRequest, backup};
pub use copy::{Copied, copy_database};
pub use error::KeepError;
pub use health::{Health, JobStanding, examine};
pub use manifest::{Manifest, read_manifest};
pub use reseal::{KeyUse, Resealed, key_use, open_samples, reseal, text_columns};
pub use restore::{RestoreRequest, Restored, restore};
pub use sealed::{FieldWord, SealedColumn, SealedKind};

/// Where a long piece of work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is being done, such as `rows`.
    pub doing: &'static str,
    pub done: u64,
    pub all: u64,
}

/// Is told about every step; draws a bar, or nothing.
pub type Progress<'a> = &'a (dyn Fn(Step) + Send + Sync);
