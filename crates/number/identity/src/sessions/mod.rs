//! Sessions: opened at sign-in, loaded at every request, ended by the person, by rest, or by age.

mod choose_post;
pub(crate) mod domain;
mod load_session;
mod open_session;
pub(crate) mod query;
pub(crate) mod row;
mod set_acting;
mod set_proven;
mod sign_out;
mod sign_out_everywhere;

pub use choose_post::{ChoosePost, choose_post, take_post};
pub use domain::{Browser, SecondFactor, Session, SessionView, Way, device_words};
pub use load_session::load_session;
pub(crate) use open_session::open_session;
pub use open_session::{OpenedSession, open_session_by_staff_code, open_session_for};
pub use query::{live_session, live_session_held, live_session_in, own_sessions, signed_in_lately};
pub use set_acting::set_acting;
pub use set_proven::set_proven;
pub use sign_out::sign_out;
pub use sign_out_everywhere::sign_out_everywhere;
