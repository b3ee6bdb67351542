//! Items and their versions: what they say, when they are in force, how they are judged.

pub mod changes;
mod check;
pub mod discard_draft;
pub mod domain;
pub mod draft_version;
pub mod import;
pub mod lint;
pub mod publish_version;
pub mod query;
pub mod registered;
mod row;
mod topics;
pub mod version;
pub mod withdraw_version;
