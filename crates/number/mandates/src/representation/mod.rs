//! The legal representative of a firm, found in the register of enterprises.

mod check;
mod domain;
mod purpose;
pub(crate) mod row;

pub use check::{Claim, claim_representation};
pub use domain::RepresentationRules;
pub use purpose::RepresentationPurpose;
