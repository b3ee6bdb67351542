//! 文书: dated, numbered documents of a case. Stored as their words; carriers (PDF) are made from them.

pub(crate) mod issue;
pub(crate) mod print;
pub(crate) mod received;
