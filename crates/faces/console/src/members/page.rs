//! The list of staff, and one member.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::{Actor, Role};
use tongban_identity::{Account, HeldPost};
use tongban_staff::{DelegationView, FactorView};
use tongban_web::{Sentence, Visitor, WebError, local_path::encode_query};
use uuid::Uuid;

use super::operator;
use crate::{
    StaffState,
    parts::{Pages, frame, id, page_request, render, render_with},
    post::role_name,
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/staff", get(list))
        .route("/desk/staff/{account}", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    page: String,
}

#[derive(Serialize)]
struct ListPage {
    rows: Vec<Row>,
    q: String,
    pages: Pages,
}

#[derive(Serialize)]
struct Row {
    account: Account,
    posts: Vec<PostWords>,
}

/// A post in words.
#[derive(Serialize)]
pub(super) struct PostWords {
    organisation_name: String,
    role_name: Sentence,
}

async fn list(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let found = tongban_identity::list_staff(&state.store, actor, &asked.q, page_request(&asked.page))
        .await
        .told()?;
    let base = format!("/desk/staff?q={}&page=", encode_query(&asked.q));
    let pages = Pages::of(&found, &base);
    let rows = found.rows.into_iter().map(|account| Row {
        posts: account
            .posts
            .iter()
            .map(|post| PostWords {
                organisation_name: post.organisation_name.clone(),
                role_name: role_name(post.role),
            })
            .collect(),
        account,
    });
    let data = ListPage {
        rows: rows.collect(),
        q: asked.q,
        pages,
    };
    render(&state, &frame(&state, &visitor), "desk/staff.html", &data)
}

/// What was typed for one more post.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct TypedPost {
    pub(super) role: String,
    pub(super) region: String,
    pub(super) organisation: String,
}

/// What is special about the page this time.
#[derive(Default)]
pub(super) struct Extra {
    /// A code that was just made, and for how many hours it is good.
    pub(super) code: Option<(String, i64)>,
    /// One more post that was refused, and why.
    pub(super) post: Option<(TypedPost, Sentence)>,
}

#[derive(Serialize)]
struct MemberPage {
    account: Account,
    /// Whether it is the account of whoever looks.
    own: bool,
    posts: Vec<PostRow>,
    factors: FactorView,
    delegations: Vec<DelegationRow>,
    code: Option<String>,
    code_hours: i64,
    roles: Vec<RoleChoice>,
    typed: TypedPost,
    error: Option<Sentence>,
}

#[derive(Serialize)]
struct PostRow {
    #[serde(flatten)]
    held: HeldPost,
    role_name: Sentence,
}

#[derive(Serialize)]
struct DelegationRow {
    #[serde(flatten)]
    view: DelegationView,
    role_name: Sentence,
}

#[derive(Serialize)]
pub(super) struct RoleChoice {
    word: &'static str,
    name: Sentence,
}

/// All roles, for a form.
pub(super) fn roles() -> Vec<RoleChoice> {
    Role::ALL
        .into_iter()
        .map(|role| RoleChoice {
            word: role.as_str(),
            name: role_name(role),
        })
        .collect()
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    member(&state, &visitor, actor, id(&account)?, Extra::default()).await
}

pub(super) async fn member(
    state: &StaffState,
    visitor: &Visitor,
    actor: &Actor,
    account: Uuid,
    extra: Extra,
) -> Result<Response, WebError> {
    let found = tongban_identity::staff_member(&state.store, actor, account)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let factors = tongban_staff::factors_of(&state.store, actor, account)
        .await
        .told()?;
    let delegations = tongban_staff::delegations_of(&state.store, actor, account)
        .await
        .told()?;
    let posts = tongban_identity::staff_posts(&state.store, account)
        .await
        .told()?;
    let region = actor
        .post()
        .map(|post| post.region.as_str().to_owned())
        .unwrap_or_default();
    let (typed, error) = match extra.post {
        Some((typed, sentence)) => (typed, Some(sentence)),
        None => (
            TypedPost {
                region,
                ..TypedPost::default()
            },
            None,
        ),
    };
    let (code, code_hours) = extra.code.map_or((None, 0), |(code, hours)| (Some(code), hours));
    let data = MemberPage {
        own: actor.account() == Some(account),
        account: found,
        posts: posts
            .into_iter()
            .map(|held| PostRow {
                role_name: role_name(held.post.role),
                held,
            })
            .collect(),
        factors,
        delegations: delegations
            .into_iter()
            .map(|view| DelegationRow {
                role_name: role_name(view.post.role),
                view,
            })
            .collect(),
        code,
        code_hours,
        roles: roles(),
        typed,
        error,
    };
    let status = if data.error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/staff_member.html",
        &data,
        status,
    )
}
