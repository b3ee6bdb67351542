//! The register of licences: issuing, new editions, changes of status, reading.

pub(crate) mod change_status;
pub(crate) mod domain;
pub(crate) mod issue;
pub(crate) mod query;
pub(crate) mod record;
pub(crate) mod reissue;
pub(crate) mod row;
pub(crate) mod source;
