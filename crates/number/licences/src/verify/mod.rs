//! Whether a licence that somebody shows is true, and in force.

pub(crate) mod by_code;
pub(crate) mod by_file;
pub(crate) mod by_identifier;
pub(crate) mod by_upload;
pub(crate) mod domain;
mod ofd;
mod read;
