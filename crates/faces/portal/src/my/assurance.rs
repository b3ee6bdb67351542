//! The way to a higher level of assurance and back, without losing what was typed.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::Assurance;
use tongban_identity::{BegunFaceCheck, FaceOutcome};
use tongban_web::{
    AssurancePage, Flash, Form, LocalPath, Sentence, Visitor, WebError, sign_in_page::never_stored,
};

use super::context;
use crate::{
    PortalState,
    parts::id,
    sign_in::explained,
    told::{Told, answer},
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/assurance", get(show))
        .route("/my/assurance/window", post(at_window))
        .route("/my/assurance/go-on", post(looked_at))
        .route("/my/assurance/face", post(begin))
        .route("/my/assurance/face/{check}", get(finish))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    needed: String,
    back: String,
    kept: String,
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    visitor.require_party()?;
    let level = asked.needed.parse().ok().and_then(Assurance::from_number);
    let page = AssurancePage {
        needed: level.unwrap_or(Assurance::InPerson),
        back: LocalPath::parse_or_home(&asked.back),
        kept: None,
        error: None,
    };
    page.show(&state.kit, &visitor)
}

#[derive(Serialize)]
struct WindowPage {
    code: String,
    minutes: i64,
    back: LocalPath,
    kept: String,
}

/// The code that a clerk types, document in hand.
async fn at_window(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let (by, id) = (session.actor.clone(), session.session_id);
    let shown = state
        .store
        .write(session.actor.signer(), move |tx| {
            let by = by.clone();
            async move { tongban_identity::show_window_code(&tx, &by, id).await }
        })
        .await
        .told()?;
    let data = WindowPage {
        code: shown.code,
        minutes: shown.valid_minutes,
        back: LocalPath::parse_or_home(&asked.back),
        kept: asked.kept,
    };
    let mut response = state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/window_code.html", &data)?
        .into_response();
    never_stored(&mut response);
    Ok(response)
}

/// The person says that the clerk is done.
async fn looked_at(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    if session.actor.assurance() >= Some(Assurance::InPerson) {
        let done = Flash::good(&state.kit, "portal-face-passed");
        return go_on(&state, &visitor, &asked.back, Some(&asked.kept), done);
    }
    let back = LocalPath::parse_or_home(&asked.back);
    let kept = (!asked.kept.is_empty()).then_some(asked.kept);
    again(
        &state,
        &visitor,
        back,
        kept,
        Sentence::key("portal-window-code-not-yet"),
    )
}

/// Sends the browser to the provider.
async fn begin(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let provider = state.face.as_ref().ok_or_else(WebError::not_found)?;
    let back = LocalPath::parse_or_home(&asked.back);
    let kept = (!asked.kept.is_empty()).then_some(asked.kept);
    let input = BegunFaceCheck {
        session: session.session_id,
        back: back.to_string(),
        kept: kept.clone(),
    };
    let begun = tongban_identity::begin_face_check(
        &state.store,
        provider.as_ref(),
        &session.actor,
        &state.public_address,
        input,
    )
    .await;
    match begun {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            again(&state, &visitor, back, kept, sentence)
        }
    }
}

fn again(
    state: &PortalState,
    visitor: &Visitor,
    back: LocalPath,
    kept: Option<String>,
    sentence: Sentence,
) -> Result<Response, WebError> {
    let page = AssurancePage {
        needed: Assurance::InPerson,
        back,
        kept,
        error: Some(sentence),
    };
    page.show(&state.kit, visitor)
}

/// The browser is back from the provider; what it brought is not asked, the provider is.
async fn finish(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(check): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let provider = state.face.as_ref().ok_or_else(WebError::not_found)?;
    let finished = tongban_identity::finish_face_check(
        &state.store,
        provider.as_ref(),
        &session.actor,
        session.session_id,
        id(&check)?,
    )
    .await;
    let finished = match finished {
        Ok(finished) => finished,
        // another browser, or a new session: the look was not at whoever is here
        Err(tongban_identity::Error::NotFound) => {
            let sentence = Sentence::key("portal-face-elsewhere");
            return again(&state, &visitor, LocalPath::parse_or_home("/"), None, sentence);
        }
        Err(error) => return Err(answer(error)),
    };
    let back = LocalPath::parse_or_home(&finished.back);
    match finished.outcome {
        FaceOutcome::Passed => {
            let done = Flash::good(&state.kit, "portal-face-passed");
            go_on(&state, &visitor, &finished.back, finished.kept.as_deref(), done)
        }
        FaceOutcome::Failed => {
            let sentence = Sentence::key("portal-face-failed");
            again(&state, &visitor, back, finished.kept, sentence)
        }
        FaceOutcome::Pending => {
            let sentence = Sentence::key(if finished.silent {
                "refused-identity-face_silent"
            } else {
                "portal-face-pending"
            });
            again(&state, &visitor, back, finished.kept, sentence)
        }
    }
}

/// On to where the person wanted to go: to the form that waits, or to the page.
pub(crate) fn go_on(
    state: &PortalState,
    visitor: &Visitor,
    back: &str,
    kept: Option<&str>,
    done: Flash,
) -> Result<Response, WebError> {
    tongban_web::kept::go_on(&state.kit, visitor, &LocalPath::parse_or_home(back), kept, done)
}
