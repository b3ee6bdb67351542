//! The quality board: findings that were published with their items and are still owed.

pub mod query;
