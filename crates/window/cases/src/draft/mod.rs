//! Before submission: starting, filling with what the government already holds, saving, handing in.

pub(crate) mod attach;
pub(crate) mod fill;
pub(crate) mod save;
pub(crate) mod start;
pub(crate) mod submit;
pub(crate) mod validate;
