//! The case itself: its states, its rows, what pages read of it.

pub(crate) mod domain;
pub(crate) mod history;
pub(crate) mod query;
pub(crate) mod row;
pub(crate) mod save;
pub(crate) mod view;
