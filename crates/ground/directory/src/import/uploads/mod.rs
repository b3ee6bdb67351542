//! Lists that an operator uploads: looked over, kept, judged dry, imported after a question.

pub(super) mod domain;
pub(super) mod expire_upload;
pub(super) mod import_upload;
pub(crate) mod jobs;
pub(super) mod perform;
pub(super) mod query;
pub(super) mod receive_upload;
