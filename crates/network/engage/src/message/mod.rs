//! A message in the account.

pub(crate) mod domain;
pub(crate) mod query;
pub(crate) mod row;

pub use domain::{Message, MessageKind};
pub use query::{mark_read, messages, unread};
