//! What members of staff show beside their password.

mod domain;
mod first;
mod given;
mod query;
mod row;
mod show;
mod totp;
mod unlock;

pub use domain::STAFF_CODE_HOURS;
pub use first::{FirstSignIn, first_sign_in};
pub use given::{GivenCode, give_staff_code, reset_staff};
pub use query::{FactorView, factors_of, own_factors};
pub(crate) use row::{SECRET_FIELD, remove, remove_code};
pub use show::show_second_factor;
pub use totp::{NewTotp, confirm_totp, remove_totp, start_totp};
pub use unlock::unlock_staff;
