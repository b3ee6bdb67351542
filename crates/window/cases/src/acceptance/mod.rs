//! At the window: accept, tell once what is missing, or not accept.

pub(crate) mod accept;
pub(crate) mod answer_supplement;
pub(crate) mod ask_supplement;
pub(crate) mod not_accept;
