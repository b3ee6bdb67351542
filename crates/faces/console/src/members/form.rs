//! A new member of staff; posts that are added and taken away.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Actor, Post, Role};
use tongban_codes::RegionCode;
use tongban_identity::NewStaff;
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError};

use super::{
    operator,
    page::{Extra, RoleChoice, TypedPost, member, roles},
};
use crate::{
    StaffState,
    parts::{act, frame, id, path, refusal, render_with},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/staff/new", get(ask).post(write))
        .route("/desk/staff/{account}/posts", post(add))
        .route("/desk/staff/{account}/posts/remove", post(take_away))
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    login: String,
    name: String,
    #[serde(flatten)]
    post: TypedPost,
}

#[derive(Serialize)]
struct FormPage {
    typed: Typed,
    roles: Vec<RoleChoice>,
    error: Option<Sentence>,
}

fn form(
    state: &StaffState,
    visitor: &Visitor,
    typed: Typed,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = FormPage {
        typed,
        roles: roles(),
        error,
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/staff_new.html",
        &data,
        status,
    )
}

fn own_region(actor: &Actor) -> String {
    actor
        .post()
        .map(|post| post.region.as_str().to_owned())
        .unwrap_or_default()
}

async fn ask(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let typed = Typed {
        post: TypedPost {
            region: own_region(actor),
            ..TypedPost::default()
        },
        ..Typed::default()
    };
    form(&state, &visitor, typed, None)
}

/// The post that was typed: the organisation by its code or its name. Or the sentence that says what is wrong with it.
async fn post_of(state: &StaffState, typed: &TypedPost) -> Result<Result<Post, Sentence>, WebError> {
    let Some(role) = Role::from_word(&typed.role) else {
        return Ok(Err(Sentence::key("desk-staff-no-role")));
    };
    let Ok(region) = RegionCode::parse_lenient(&typed.region) else {
        return Ok(Err(Sentence::key("desk-staff-no-region")));
    };
    let wanted = typed.organisation.trim();
    let found = match tongban_directory::organisation_by_code(&state.store, &region, wanted)
        .await
        .told()?
    {
        Some(found) => Some(found),
        None => tongban_directory::find_organisation_by_name(&state.store, &region, wanted)
            .await
            .told()?,
    };
    Ok(found
        .map(|found| Post {
            organisation: found.id,
            organisation_name: found.name,
            region,
            role,
        })
        .ok_or_else(|| Sentence::key("desk-staff-no-organisation")))
}

async fn write(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let post = match post_of(&state, &typed.post).await? {
        Ok(post) => post,
        Err(sentence) => return form(&state, &visitor, typed, Some(sentence)),
    };
    let input = NewStaff {
        login: typed.login.clone(),
        name: typed.name.clone(),
        password: None,
        posts: vec![post],
    };
    let done = act(&state, actor, input, |tx, by, input| async move {
        tongban_identity::register_staff(&tx, &by, input).await
    });
    match done.await.told() {
        Ok(account) => {
            Ok(Flash::good(&state.kit, "desk-staff-written")
                .redirect(&path(&format!("/desk/staff/{account}"))))
        }
        Err(error) => match told(&state, &error) {
            Some(sentence) => form(&state, &visitor, typed, Some(sentence)),
            None => Err(error),
        },
    }
}

/// What the form says of an error: a refusal, or that the place is not the operator's.
fn told(state: &StaffState, error: &WebError) -> Option<Sentence> {
    if error.code() == "forbidden" {
        return Some(Sentence::key("desk-staff-elsewhere"));
    }
    refusal(error, state.kit.pages.texts())
}

async fn add(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(typed): Form<TypedPost>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let account = id(&account)?;
    let again = |typed, sentence| Extra {
        post: Some((typed, sentence)),
        ..Extra::default()
    };
    let post = match post_of(&state, &typed).await? {
        Ok(post) => post,
        Err(sentence) => return member(&state, &visitor, actor, account, again(typed, sentence)).await,
    };
    let done = act(
        &state,
        actor,
        (account, post),
        |tx, by, (account, post)| async move { tongban_staff::add_post(&tx, &by, account, post).await },
    );
    match done.await.told() {
        Ok(()) => Ok(Flash::good(&state.kit, "desk-staff-post-added")
            .redirect(&path(&format!("/desk/staff/{account}")))),
        Err(error) => match told(&state, &error) {
            Some(sentence) => member(&state, &visitor, actor, account, again(typed, sentence)).await,
            None => Err(error),
        },
    }
}

async fn take_away(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(account): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let account = id(&account)?;
    let gone = id(posted.get("post").unwrap_or_default())?;
    act(
        &state,
        actor,
        (account, gone),
        |tx, by, (account, gone)| async move { tongban_staff::remove_post(&tx, &by, account, gone).await },
    )
    .await
    .told()?;
    Ok(Flash::good(&state.kit, "desk-staff-post-gone").redirect(&path(&format!("/desk/staff/{account}"))))
}
