//! Before submission: starting, filling with what the government already holds, saving, handing in, or throwing away.

pub(crate) mod attach;
pub(crate) mod deferred;
pub(crate) mod discard;
pub(crate) mod expire;
pub(crate) mod fill;
pub(crate) mod jobs;
pub(crate) mod lapsed;
pub(crate) mod offered;
pub(crate) mod query;
pub(crate) mod rest;
pub(crate) mod row;
pub(crate) mod save;
pub(crate) mod start;
pub(crate) mod submit;
