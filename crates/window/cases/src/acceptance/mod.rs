//! At the window: accept, tell once what is missing, or not accept. And what time does where nobody acts.

pub(crate) mod accept;
pub(crate) mod accept_by_silence;
pub(crate) mod answer_supplement;
pub(crate) mod ask_supplement;
pub(crate) mod lapse;
pub(crate) mod not_accept;
pub(crate) mod remind;
