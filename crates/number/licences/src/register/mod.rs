//! The register of licences: issuing, new editions, changes of status, reading.

pub(crate) mod cause;
pub(crate) mod change_status;
pub(crate) mod domain;
pub(crate) mod edition;
pub(crate) mod find_by_number;
pub(crate) mod holder_in;
pub(crate) mod issue;
pub(crate) mod query;
pub(crate) mod record;
pub(crate) mod record_view;
pub(crate) mod reissue;
pub(crate) mod reveal_number;
pub(crate) mod row;
pub(crate) mod source;
