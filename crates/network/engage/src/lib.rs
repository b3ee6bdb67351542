//! How people are told: messages in the account, and a short message to the phone with a link.
//!
//! Each step of a case tells its applicant once, however often the event comes.

mod error;
mod message;
mod migrations;
mod subscribe;

pub use error::Error;
pub use message::{Message, MessageKind, mark_read, messages, unread};
pub use migrations::migrations;
pub use subscribe::{Settings, tell_applicant, wire};
