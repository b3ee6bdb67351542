//! What clients get for a code, a refresh token, or themselves; and whether it holds.

mod call;
mod code;
mod device;
mod exchange;
mod inspect;
mod machine;
mod mint;
mod proof;
mod refresh;
mod revoke;
pub(crate) mod row;
mod standing;
mod userinfo;

pub use call::Call;
pub(crate) use proof::Proof;
pub use userinfo::{InfoCall, InfoTrouble};
