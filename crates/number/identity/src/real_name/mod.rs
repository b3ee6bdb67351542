//! Real-name checks (实名核验): name and number are held against the registers, through the exchange.

pub(crate) mod check;
pub(crate) mod domain;
mod purpose;
pub(crate) mod row;

pub use check::{CheckRealName, check_real_name};
pub use domain::{Proof, RealNameRules};
pub use purpose::RealNamePurpose;
