//! Items and their versions: what they say, when they are in force, how they are judged.

pub mod attach_file;
pub mod changes;
mod check;
pub mod discard_draft;
pub mod domain;
pub mod draft_version;
pub mod filled;
pub mod import;
pub mod lint;
mod material;
pub mod publish_version;
pub mod query;
pub mod registered;
mod row;
pub mod situations;
pub mod sources;
mod topics;
pub mod version;
pub mod withdraw_version;
