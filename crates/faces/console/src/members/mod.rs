//! 工作人员: members of staff of the own region.

mod act;
mod form;
mod page;

use axum::Router;
use tongban_access::{Action, Actor};
use tongban_web::{Visitor, WebError};

use crate::{StaffState, parts::staff};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .merge(page::routes())
        .merge(form::routes())
        .merge(act::routes())
}

fn operator(visitor: &Visitor) -> Result<&Actor, WebError> {
    staff(visitor, Action::AccountManage).map(|session| &session.actor)
}
