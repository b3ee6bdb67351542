//! 代岗: a post lent to a colleague during leave, by its holder or by an operator.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_access::{Actor, require_second_factor};
use tongban_identity::HeldPost;
use tongban_staff::{DelegatePost, DelegationStanding, DelegationView, MOST_DAYS, Side};
use tongban_web::{Flash, Form, LocalPath, Sentence, Visitor, WebError};
use uuid::Uuid;

use crate::{
    StaffState,
    parts::{act, frame, id, path, refusal, render, render_with, today},
    post::role_name,
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/post/lend", get(ask).post(lend))
        .route("/desk/post/lent/{delegation}/end", get(ask_to_end).post(end))
}

/// What was typed.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    post: String,
    deputy: String,
    starts_on: String,
    ends_on: String,
    reason: String,
}

#[derive(Serialize)]
struct LendPage {
    post: Uuid,
    /// Whose it is.
    holder_name: String,
    organisation_name: String,
    role_name: Sentence,
    typed: Typed,
    most_days: i64,
    back: LocalPath,
    error: Option<Sentence>,
}

/// The post, if whoever is signed in may lend it: their own, or one of a member of staff whose account they manage.
async fn lendable(state: &StaffState, actor: &Actor, post: &str) -> Result<(HeldPost, LocalPath), WebError> {
    require_second_factor(actor, "staff.delegate_post")?;
    let held = tongban_identity::staff_post(&state.store, id(post)?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    if actor.account() == Some(held.holder) {
        return Ok((held, path("/desk/post")));
    }
    // what is not theirs to manage does not exist
    let managed = tongban_identity::staff_member(&state.store, actor, held.holder).await;
    match managed {
        Ok(Some(_)) => {
            let back = path(&format!("/desk/staff/{}", held.holder));
            Ok((held, back))
        }
        Ok(None) | Err(tongban_identity::Error::Denied(_)) => Err(WebError::not_found()),
        Err(error) => Err(crate::told::answer(error)),
    }
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    held: HeldPost,
    back: LocalPath,
    typed: Typed,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = LendPage {
        post: held.id,
        holder_name: held.holder_name,
        organisation_name: held.post.organisation_name,
        role_name: role_name(held.post.role),
        typed,
        most_days: MOST_DAYS,
        back,
        error,
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/post_lend.html",
        &data,
        status,
    )
}

async fn ask(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Typed>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let (held, back) = lendable(&state, &session.actor, &asked.post).await?;
    let typed = Typed {
        starts_on: today(&state.store).to_string(),
        ..Typed::default()
    };
    page(&state, &visitor, held, back, typed, None)
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

async fn lend(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let (held, back) = lendable(&state, &session.actor, &typed.post).await?;
    let Some((starts_on, ends_on)) = day(&typed.starts_on).zip(day(&typed.ends_on)) else {
        let sentence = Sentence::key("refused-staff-days_format");
        return page(&state, &visitor, held, back, typed, Some(sentence));
    };
    let input = DelegatePost {
        post: held.id,
        deputy: typed.deputy.clone(),
        starts_on,
        ends_on,
        reason: typed.reason.clone(),
    };
    let done = act(&state, &session.actor, input, |tx, by, input| async move {
        tongban_staff::delegate_post(&tx, &by, input).await
    });
    match done.await.told() {
        Ok(_) => Ok(Flash::good(&state.kit, "desk-lend-done").redirect(&back)),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => page(&state, &visitor, held, back, typed, Some(sentence)),
            None => Err(error),
        },
    }
}

#[derive(Serialize)]
struct EndPage {
    delegation: DelegationView,
    role_name: Sentence,
    back: LocalPath,
}

/// A delegation that whoever is signed in may end, and where they came from.
async fn ending(
    state: &StaffState,
    actor: &Actor,
    delegation: &str,
) -> Result<(DelegationView, LocalPath), WebError> {
    let found = tongban_staff::delegation(&state.store, actor, id(delegation)?)
        .await
        .told()?
        .filter(|found| found.standing != DelegationStanding::Over)
        .ok_or_else(WebError::not_found)?;
    let own = found.side == Side::Received || actor.account() == Some(found.holder);
    let back = if own {
        path("/desk/post")
    } else {
        path(&format!("/desk/staff/{}", found.holder))
    };
    Ok((found, back))
}

async fn ask_to_end(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(delegation): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let (delegation, back) = ending(&state, &session.actor, &delegation).await?;
    let data = EndPage {
        role_name: role_name(delegation.post.role),
        delegation,
        back,
    };
    render(&state, &frame(&state, &visitor), "desk/post_lend_end.html", &data)
}

async fn end(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(delegation): Path<String>,
    Form(_): Form<tongban_web::Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let (found, back) = ending(&state, &session.actor, &delegation).await?;
    act(
        &state,
        &session.actor,
        found.id,
        |tx, by, delegation| async move { tongban_staff::end_delegation(&tx, &by, delegation).await },
    )
    .await
    .told()?;
    Ok(Flash::good(&state.kit, "desk-lend-ended").redirect(&back))
}
