//! 特别程序: what stops the clock of a decision, and what extends it. Nothing else does.

pub(crate) mod end;
pub(crate) mod extend;
pub(crate) mod row;
pub(crate) mod start;
