//! The keys that sign tokens: kept sealed, published before they sign, kept published until nothing they signed is looked at.

mod domain;
mod ring;
mod rotate;
mod row;

pub(crate) use ring::Ring;
pub use rotate::{Rotation, rotate_keys};
pub(crate) use rotate::{ensure, rotate_if_due};
pub(crate) use row::SECRET_FIELD;
