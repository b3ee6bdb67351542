//! How people are told: messages in the account, and a short message to the phone with a link.
//!
//! Each step of a case tells its applicant once, however often the event comes. Offices have notices of limits that are about to pass.

mod error;
mod message;
mod migrations;
mod notice;
mod subscribe;

pub use error::Error;
pub use message::{Message, MessageKind, mark_read, messages, unread};
pub use migrations::migrations;
pub use notice::{Notice, notices, open_notices};
pub use subscribe::{Settings, tell_applicant, wire};
