//! Where a system of others sends people, to be signed in and asked.

mod consent;
mod domain;
mod pushed;
pub(crate) mod row;
mod weigh;

pub use consent::Answer;
pub use domain::Stop;
pub(crate) use domain::{Request, level, needed, one, scopes, with_query};
pub use pushed::Pushed;
pub use weigh::{ConsentAsk, Weighed};
