//! The own account: who one is here, the password, signing out everywhere. Staff have these too.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Assurance, PartyKind};
use tongban_identity::{Account, ChangePassword, PasskeyView, UpstreamView};
use tongban_web::{Flash, Form, LocalPath, Pairs, Sentence, SignedIn, Visitor, WebError};

use super::{Tab, context, tabs};
use crate::{
    PortalState,
    parts::path,
    sign_in::signed_out,
    told::{Told, answer},
    upstream::platform_name,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/settings", get(show))
        .route("/my/settings/password", post(change_password))
        .route(
            "/my/settings/sign-out-everywhere",
            get(ask_sign_out).post(sign_out_everywhere),
        )
}

#[derive(Serialize)]
struct SettingsPage {
    tabs: Vec<Tab>,
    account: Account,
    /// `in_person` while the person counts as recognised in this session.
    recognised: Option<&'static str>,
    passkeys: Vec<PasskeyView>,
    passkey_domain: Option<String>,
    /// Whether staff have shown a second factor; without one they set up no device.
    proven: bool,
    /// The platforms of others that this account is linked with.
    links: Vec<Link>,
    /// Those with which it may be.
    platforms: Vec<Button>,
    error: Option<Sentence>,
}

#[derive(Serialize)]
struct Link {
    #[serde(flatten)]
    view: UpstreamView,
    platform: String,
}

#[derive(Serialize)]
struct Button {
    id: String,
    name: String,
}

/// The links of a person, and the platforms with which none is there yet.
async fn platforms(
    state: &PortalState,
    visitor: &Visitor,
    session: &SignedIn,
) -> Result<(Vec<Link>, Vec<Button>), WebError> {
    if session.actor.holder_kind() != Some(PartyKind::Person) {
        return Ok((Vec::new(), Vec::new()));
    }
    let held = tongban_identity::own_upstreams(&state.store, &session.actor)
        .await
        .told()?;
    let free = state
        .kit
        .platforms
        .iter()
        .filter(|platform| held.iter().all(|link| link.provider != platform.id))
        .map(|platform| Button {
            id: platform.id.clone(),
            name: platform.name_in(visitor.locale()),
        })
        .collect();
    let links = held
        .into_iter()
        .map(|view| Link {
            platform: platform_name(state, visitor, &view.provider),
            view,
        })
        .collect();
    Ok((links, free))
}

async fn render(
    state: &PortalState,
    visitor: &Visitor,
    session: &SignedIn,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let id = session.actor.holder().ok_or_else(WebError::forbidden)?;
    let account = tongban_identity::account(&state.store, id)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    // members of staff have neither cases nor licences here
    let tabs = if visitor.require_party().is_ok() {
        tabs(state, session, "/my/settings").await?
    } else {
        Vec::new()
    };
    let (links, platforms) = platforms(state, visitor, session).await?;
    let data = SettingsPage {
        links,
        platforms,
        tabs,
        account,
        recognised: (session.actor.assurance() == Some(Assurance::InPerson))
            .then_some(Assurance::InPerson.as_str()),
        passkeys: tongban_identity::own_passkeys(&state.store, &session.actor)
            .await
            .told()?,
        passkey_domain: state.kit.passkey_domain.as_deref().map(str::to_owned),
        proven: session.actor.is_proven(),
        error,
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/settings.html", &data)?
        .with_status(status)
        .into_response())
}

async fn show(State(state): State<PortalState>, visitor: Visitor) -> Result<Response, WebError> {
    let session = visitor.require_sign_in()?;
    render(&state, &visitor, session, None).await
}

#[derive(Deserialize)]
struct TypedPasswords {
    // fields of passwords are named so: a form that holds one is never kept
    #[serde(default, rename = "old_password")]
    old: String,
    #[serde(default, rename = "new_password")]
    new: String,
    #[serde(default, rename = "new_password_again")]
    again: String,
}

async fn change_password(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<TypedPasswords>,
) -> Result<Response, WebError> {
    let session = visitor.require_sign_in()?;
    if typed.new != typed.again {
        return render(
            &state,
            &visitor,
            session,
            Some(Sentence::key("portal-passwords-differ")),
        )
        .await;
    }
    let input = ChangePassword {
        session: session.session_id,
        old: (!typed.old.is_empty()).then_some(typed.old),
        new: typed.new,
    };
    match tongban_identity::change_password(&state.store, &session.actor, input).await {
        Ok(()) => Ok(Flash::good(&state.kit, "portal-password-changed").redirect(&path("/my/settings"))),
        Err(error) => {
            let error = answer(error);
            if error.status() != StatusCode::UNPROCESSABLE_ENTITY {
                return Err(error);
            }
            let sentence = error.sentence(state.kit.pages.texts());
            render(&state, &visitor, session, Some(sentence)).await
        }
    }
}

#[derive(Serialize)]
struct Nothing {}

async fn ask_sign_out(State(state): State<PortalState>, visitor: Visitor) -> Result<Response, WebError> {
    visitor.require_sign_in()?;
    Ok(state
        .kit
        .pages
        .render(
            &context(&visitor),
            "portal/my/sign_out_everywhere.html",
            &Nothing {},
        )?
        .into_response())
}

async fn sign_out_everywhere(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = visitor.require_sign_in()?.actor.clone();
    let by = actor.clone();
    state
        .store
        .write(actor.as_holder().signer(), move |tx| {
            let by = by.clone();
            async move { tongban_identity::sign_out_everywhere(&tx, &by).await }
        })
        .await
        .told()?;
    let mut response =
        Flash::good(&state.kit, "portal-signed-out-everywhere").redirect(&LocalPath::parse_or_home("/"));
    signed_out(&state, &mut response);
    Ok(response)
}
