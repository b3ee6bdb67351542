//! Passkeys: signing in by one, being recognised by one, binding and removing one's own. The browser's part is `static/passkey.js`.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tongban_access::{Actor, Assurance};
use tongban_identity::{BindPasskey, Ceremony, PasskeySignIn, Passkeys};
use tongban_web::{
    AssurancePage, Flash, Form, LocalPath, Page, Pairs, SecondFactorPage, Sender, Sentence, SignInPage,
    Visitor, WebError, sender,
};
use uuid::Uuid;

use crate::{
    PortalState,
    my::{context, go_on},
    parts::{id, path},
    sign_in::{Waits, browser, explained, welcome},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/sign-in/passkey/options", post(ask))
        .route("/sign-in/passkey", post(sign_in))
        .route("/my/settings/passkeys/options", post(ask_to_bind))
        .route("/my/settings/passkeys", post(bind))
        .route(
            "/my/settings/passkeys/{passkey}/remove",
            get(ask_to_remove).post(remove),
        )
        .route("/my/assurance/passkey", post(recognise))
}

fn house(state: &PortalState) -> Result<&Passkeys, WebError> {
    state.passkeys.as_ref().ok_or_else(WebError::not_found)
}

/// A challenge for whichever device answers.
async fn ask(
    State(state): State<PortalState>,
    _visitor: Visitor,
    sender: Sender,
    Form(_): Form<Pairs>,
) -> Result<Json<Ceremony>, WebError> {
    sender.count(&state.store, sender::CHALLENGES).await?;
    let ceremony = tongban_identity::start_passkey(&state.store, house(&state)?).await;
    Ok(Json(ceremony.told()?))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answered {
    ceremony: Uuid,
    answer: String,
    name: String,
    back: String,
    kept: String,
}

impl Answered {
    fn answer(&self) -> Value {
        // what is no JSON is no answer, and judged as that
        serde_json::from_str(&self.answer).unwrap_or_default()
    }
}

async fn sign_in(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(answered): Form<Answered>,
) -> Result<Response, WebError> {
    let waits = Waits::of(&state, &visitor, &answered.kept);
    let input = PasskeySignIn {
        ceremony: answered.ceremony,
        answer: answered.answer(),
        browser: browser(&headers),
    };
    match tongban_identity::sign_in_with_passkey(&state.store, house(&state)?, input).await {
        Ok(opened) => welcome(&state, &visitor, &opened, &answered.back, waits).await,
        Err(error) => {
            let error = explained(error)?;
            let page = SignInPage {
                kind: "person",
                way: "password",
                back: LocalPath::parse_or_home(&answered.back),
                name: String::new(),
                error: Some(error.sentence(state.kit.pages.texts())),
                locked: false,
                kept: waits.sealed(),
            };
            page.show(&state.kit, &visitor)
        }
    }
}

async fn ask_to_bind(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(_): Form<Pairs>,
) -> Result<Json<Ceremony>, WebError> {
    let session = visitor.require_sign_in()?;
    let ceremony =
        tongban_identity::start_binding(&state.store, house(&state)?, &session.actor, session.session_id)
            .await;
    Ok(Json(ceremony.told()?))
}

fn settings() -> LocalPath {
    path("/my/settings")
}

async fn bind(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(answered): Form<Answered>,
) -> Result<Response, WebError> {
    let session = visitor.require_sign_in()?;
    let input = BindPasskey {
        session: session.session_id,
        ceremony: answered.ceremony,
        answer: answered.answer(),
        name: answered.name,
    };
    let bound = tongban_identity::bind_passkey(&state.store, house(&state)?, &session.actor, input).await;
    let flash = match bound {
        Ok(()) => Flash::good(&state.kit, "portal-passkey-bound"),
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            Flash::new(&state.kit, tongban_web::flash::Tone::Bad, &sentence)
        }
    };
    Ok(flash.redirect(&settings()))
}

#[derive(Serialize)]
struct RemovePage {
    action: String,
    name: String,
}

async fn ask_to_remove(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(passkey): Path<String>,
) -> Result<Page, WebError> {
    let session = visitor.require_sign_in()?;
    let passkey = id(&passkey)?;
    let held = tongban_identity::own_passkeys(&state.store, &session.actor)
        .await
        .told()?;
    let found = held
        .into_iter()
        .find(|held| held.id == passkey)
        .ok_or_else(WebError::not_found)?;
    let data = RemovePage {
        action: format!("/my/settings/passkeys/{passkey}/remove"),
        name: found.name,
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/passkey_remove.html", &data)
}

async fn remove(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(passkey): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = visitor.require_sign_in()?.actor.clone();
    let passkey = id(&passkey)?;
    let by = actor.clone();
    state
        .store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { tongban_identity::remove_passkey(&tx, &by, passkey).await }
        })
        .await
        .told()?;
    Ok(Flash::good(&state.kit, "portal-passkey-removed").redirect(&settings()))
}

/// Level 3 by a passkey that was bound at a window; of staff, the second factor.
async fn recognise(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(answered): Form<Answered>,
) -> Result<Response, WebError> {
    let session = visitor.require_sign_in()?;
    let staff = matches!(session.actor, Actor::Staff { .. });
    let recognised = tongban_identity::recognise_by_passkey(
        &state.store,
        house(&state)?,
        &session.actor,
        session.session_id,
        answered.ceremony,
        answered.answer(),
    )
    .await;
    match recognised {
        Ok(()) => {
            let told = if staff {
                "desk-factor-shown"
            } else {
                "portal-face-passed"
            };
            let done = Flash::good(&state.kit, told);
            go_on(&state, &visitor, &answered.back, Some(&answered.kept), done)
        }
        Err(error) => {
            let sentence: Sentence = explained(error)?.sentence(state.kit.pages.texts());
            if staff {
                let page = SecondFactorPage {
                    back: LocalPath::parse_or_home(&answered.back),
                    kept: (!answered.kept.is_empty()).then(|| answered.kept.clone()),
                    error: Some(sentence),
                };
                return page.show(&state.kit, &visitor, Vec::new());
            }
            let page = AssurancePage {
                needed: Assurance::InPerson,
                back: LocalPath::parse_or_home(&answered.back),
                kept: (!answered.kept.is_empty()).then(|| answered.kept.clone()),
                error: Some(sentence),
            };
            page.show(&state.kit, &visitor)
        }
    }
}
