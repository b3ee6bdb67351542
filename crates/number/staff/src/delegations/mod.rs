//! 代岗: a post lent to a colleague from one day to another.

mod delegate;
mod domain;
mod end;
mod query;
pub(crate) mod row;
mod take;

pub use delegate::{DelegatePost, delegate_post};
pub use domain::{DelegationStanding, MOST_DAYS};
pub use end::end_delegation;
pub use query::{DelegationView, Side, delegation, delegations_of, own_delegations};
pub use take::{standing, stands_in, take_delegated_post};
