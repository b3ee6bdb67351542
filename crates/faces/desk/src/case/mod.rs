//! One case: what it holds, and what can be done to it.

mod act;
mod actions;
mod files;
mod page;
mod special;
pub(crate) mod words;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use files::send_file;

use crate::StaffState;

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/cases/{case}", get(page::show))
        .route("/desk/cases/{case}/reveal", post(page::reveal))
        .route("/desk/cases/{case}/accept", post(act::accept))
        .route("/desk/cases/{case}/supplement", post(act::ask_supplement))
        .route("/desk/cases/{case}/not-accept", post(act::not_accept))
        .route("/desk/cases/{case}/step", post(act::complete_step))
        .route("/desk/cases/{case}/decide", post(act::decide))
        .route("/desk/cases/{case}/deliver", post(act::deliver))
        .route("/desk/cases/{case}/serve", post(act::serve))
        .route("/desk/cases/{case}/attend", post(act::attend))
        .route("/desk/cases/{case}/withdraw", post(act::withdraw))
        .route("/desk/cases/{case}/special", post(special::start))
        .route("/desk/cases/{case}/special-end", post(special::end))
        .route("/desk/cases/{case}/extension", post(special::extend))
        .route("/desk/cases/{case}/files/{material}", get(files::material))
        .route("/desk/cases/{case}/documents/{document}", get(files::document))
}
