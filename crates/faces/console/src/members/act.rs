//! What an operator does for a member of staff: a code, an end of a lock, taking away what was lost, closing the account.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use serde::Serialize;
use tongban_web::{Flash, Form, Pairs, Visitor, WebError, sign_in_page::never_stored};
use uuid::Uuid;

use super::{
    operator,
    page::{Extra, member},
};
use crate::{
    StaffState,
    parts::{act, frame, id, path, render},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/staff/{account}/code", post(give_code))
        .route("/desk/staff/{account}/unlock", post(unlock))
        .route("/desk/staff/{account}/reset", get(ask_reset).post(reset))
        .route("/desk/staff/{account}/leave", get(ask_leave).post(leave))
}

async fn give_code(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let account = id(&account)?;
    let given = act(&state, actor, account, |tx, by, account| async move {
        tongban_staff::give_staff_code(&tx, &by, account).await
    })
    .await
    .told()?;
    let (front, back) = given.code.split_at(given.code.len() / 2);
    let extra = Extra {
        code: Some((format!("{front} {back}"), given.valid_hours)),
        ..Extra::default()
    };
    let mut response = member(&state, &visitor, actor, account, extra).await?;
    never_stored(&mut response);
    Ok(response)
}

async fn unlock(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let account = id(&account)?;
    act(&state, actor, account, |tx, by, account| async move {
        tongban_staff::unlock_staff(&tx, &by, account).await
    })
    .await
    .told()?;
    Ok(Flash::good(&state.kit, "desk-staff-unlocked").redirect(&page_of(account)))
}

fn page_of(account: Uuid) -> tongban_web::LocalPath {
    path(&format!("/desk/staff/{account}"))
}

#[derive(Serialize)]
struct AskPage {
    account: Uuid,
    name: String,
    /// `reset` or `leave`.
    what: &'static str,
}

async fn ask(
    state: &StaffState,
    visitor: &Visitor,
    account: &str,
    what: &'static str,
) -> Result<Response, WebError> {
    let actor = operator(visitor)?;
    let account = id(account)?;
    let found = tongban_identity::staff_member(&state.store, actor, account)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let data = AskPage {
        account,
        name: found.name,
        what,
    };
    render(state, &frame(state, visitor), "desk/staff_ask.html", &data)
}

async fn ask_reset(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
) -> Result<Response, WebError> {
    ask(&state, &visitor, &account, "reset").await
}

async fn reset(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let account = id(&account)?;
    act(&state, actor, account, |tx, by, account| async move {
        tongban_staff::reset_staff(&tx, &by, account).await
    })
    .await
    .told()?;
    Ok(Flash::good(&state.kit, "desk-staff-reset-done").redirect(&page_of(account)))
}

async fn ask_leave(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
) -> Result<Response, WebError> {
    ask(&state, &visitor, &account, "leave").await
}

async fn leave(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let account = id(&account)?;
    act(&state, actor, account, |tx, by, account| async move {
        tongban_staff::close_staff(&tx, &by, account).await
    })
    .await
    .told()?;
    Ok(Flash::good(&state.kit, "desk-staff-left").redirect(&path("/desk/staff")))
}
