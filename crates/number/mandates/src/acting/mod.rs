//! For whom a session acts.

mod load;
mod switch;

pub use load::{Acting, ActingFor, acting};
pub use switch::{act_for_self, begin_to_act};
