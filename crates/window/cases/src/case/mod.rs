//! The case itself: its states, its rows, what pages read of it, and who looked at it.

pub(crate) mod access;
pub(crate) mod domain;
pub(crate) mod history;
pub(crate) mod query;
pub(crate) mod record_view;
pub(crate) mod reveal;
pub(crate) mod row;
pub(crate) mod save;
pub(crate) mod view;
