//! Items and their versions: what they say, when they are in force, how they are judged.

mod check;
pub mod domain;
pub mod draft_version;
pub mod import;
pub mod lint;
pub mod publish_version;
pub mod query;
mod row;
pub mod version;
pub mod withdraw_version;
