//! 换岗: a member of staff with several posts goes to work on another one. The session remembers it.

use axum::{Router, extract::State, response::Response, routing::get};
use serde::Serialize;
use tongban_access::{Post, Role};
use tongban_identity::{ChoosePost, Session};
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, flash::Tone};

use crate::{
    StaffState,
    parts::{act, frame, id, path, render},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/post", get(ask).post(choose))
}

#[derive(Serialize)]
struct PostPage {
    posts: Vec<PostRow>,
}

#[derive(Serialize)]
struct PostRow {
    organisation: String,
    organisation_name: String,
    role: &'static str,
    role_name: Sentence,
    current: bool,
}

/// The posts of the one who is signed in, in their order.
pub(crate) fn posts(visitor: &Visitor) -> Vec<Post> {
    visitor
        .session_data::<Session>()
        .map(|session| session.account.posts.clone())
        .unwrap_or_default()
}

fn role_name(role: Role) -> Sentence {
    Sentence::key(format!("desk-role-{}", role.as_str()))
}

async fn ask(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let current = session.actor.post();
    let rows = posts(&visitor).into_iter().map(|post| PostRow {
        current: current
            .is_some_and(|current| current.organisation == post.organisation && current.role == post.role),
        organisation: post.organisation.to_string(),
        organisation_name: post.organisation_name,
        role: post.role.as_str(),
        role_name: role_name(post.role),
    });
    let data = PostPage {
        posts: rows.collect(),
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
    let texts = state.kit.pages.texts();
    let done = Sentence::key("desk-post-chosen")
        .with("organisation", post.organisation_name.clone())
        .with("role", texts.say(visitor.locale(), &role_name(post.role)));
    Ok(Flash::new(&state.kit, Tone::Good, &done).redirect(&path("/desk")))
}
