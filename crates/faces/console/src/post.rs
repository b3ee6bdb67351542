//! 换岗: a member of staff with several posts goes to work on another one, which may be lent. The session remembers it.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use serde::Serialize;
use tongban_access::{Post, Role};
use tongban_identity::ChoosePost;
use tongban_staff::{DelegationView, Side};
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, flash::Tone};
use uuid::Uuid;

use crate::{
    StaffState,
    parts::{act, frame, id, path, render},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/post", get(ask).post(choose))
        .route("/desk/post/lent/{delegation}", post(take))
}

#[derive(Serialize)]
struct PostPage {
    posts: Vec<PostRow>,
    /// Posts of colleagues that are lent to them, and own ones that they lent.
    delegations: Vec<LentRow>,
}

/// A delegation with what its page says of it.
#[derive(Serialize)]
struct LentRow {
    #[serde(flatten)]
    view: DelegationView,
    role_name: Sentence,
    /// Whether the session stands on it.
    current: bool,
}

#[derive(Serialize)]
struct PostRow {
    /// The row of the post, for lending it.
    id: Uuid,
    organisation: String,
    organisation_name: String,
    role: &'static str,
    role_name: Sentence,
    current: bool,
}

pub(crate) fn role_name(role: Role) -> Sentence {
    Sentence::key(format!("desk-role-{}", role.as_str()))
}

async fn ask(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let account = session.actor.account().ok_or_else(WebError::forbidden)?;
    let current = session.actor.post();
    let lent = session.actor.deputy_for().is_some();
    let held = tongban_identity::staff_posts(&state.store, account)
        .await
        .told()?;
    let rows = held.into_iter().map(|held| PostRow {
        current: !lent && current == Some(&held.post),
        id: held.id,
        organisation: held.post.organisation.to_string(),
        organisation_name: held.post.organisation_name,
        role: held.post.role.as_str(),
        role_name: role_name(held.post.role),
    });
    let delegations = tongban_staff::own_delegations(&state.store, &session.actor)
        .await
        .told()?;
    let data = PostPage {
        posts: rows.collect(),
        delegations: delegations
            .into_iter()
            .map(|view| LentRow {
                role_name: role_name(view.post.role),
                current: lent && view.side == Side::Received && current == Some(&view.post),
                view,
            })
            .collect(),
    };
    render(&state, &frame(&state, &visitor), "desk/post.html", &data)
}

/// A post of somebody else, and one that was taken away meanwhile, do not exist.
async fn choose(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let role = posted
        .get("role")
        .and_then(Role::from_word)
        .ok_or_else(WebError::not_found)?;
    let input = ChoosePost {
        session: session.session_id,
        organisation: id(posted.get("organisation").unwrap_or_default())?,
        role,
    };
    let chosen = act(&state, &session.actor, input, |tx, by, input| async move {
        tongban_identity::choose_post(&tx, &by, input).await
    });
    let post = chosen.await.told()?;
    Ok(chosen_flash(&state, &visitor, post))
}

/// A post that a colleague lent.
async fn take(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(delegation): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let input = (session.session_id, id(&delegation)?);
    let taken = act(
        &state,
        &session.actor,
        input,
        |tx, by, (session, delegation)| async move {
            tongban_staff::take_delegated_post(&tx, &by, session, delegation).await
        },
    );
    let post = taken.await.told()?;
    Ok(chosen_flash(&state, &visitor, post))
}

fn chosen_flash(state: &StaffState, visitor: &Visitor, post: Post) -> Response {
    let texts = state.kit.pages.texts();
    let done = Sentence::key("desk-post-chosen")
        .with("organisation", post.organisation_name.clone())
        .with("role", texts.say(visitor.locale(), &role_name(post.role)));
    Flash::new(&state.kit, Tone::Good, &done).redirect(&path("/desk"))
}
