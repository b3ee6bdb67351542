//! 延续: a licence is prolonged (行政许可法 50). Who applied in time and gets no decision before its last day counts as renewed.

pub(crate) mod by_silence;
pub(crate) mod name;
pub(crate) mod prolong;
pub(crate) mod query;
pub(crate) mod row;
