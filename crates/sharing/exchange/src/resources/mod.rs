//! The directory of resources: what a department offers, about whom, under which share class.

mod domain;
mod query;
mod register;
mod row;

pub use domain::{Field, Resource, ShareClass};
pub(crate) use query::of_codes;
pub use query::{known_resources, known_resources_in, resource, resources};
pub(crate) use register::SECRET_FIELD;
pub use register::register_resource;
