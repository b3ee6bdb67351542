//! 二次验证: what a member of staff shows beside the password. Asked for where something takes it; set up and removed here.

use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_identity::Session;
use tongban_staff::{FactorView, NewTotp};
use tongban_web::{
    Flash, Form, LocalPath, Pairs, SecondFactorPage, Sentence, SignedIn, Visitor, WebError, kept::go_on,
    sign_in_page::never_stored,
};

use crate::{
    StaffState,
    parts::{act, frame, path, refusal, render, render_with},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/second-factor", get(ask).post(show))
        .route("/desk/factors", get(own))
        .route("/desk/factors/device", post(start))
        .route("/desk/factors/device/confirm", post(confirm))
        .route("/desk/factors/device/remove", get(ask_to_remove).post(remove))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    code: String,
    back: String,
    kept: String,
}

async fn ask(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    visitor.require_staff()?;
    let page = SecondFactorPage {
        back: desk(&asked.back),
        kept: None,
        error: None,
    };
    page.show(&state.kit, &visitor, frame(&state, &visitor).nav)
}

/// Where somebody wanted to go; staff who say nothing go to their desk.
fn desk(back: &str) -> LocalPath {
    if back.is_empty() {
        path("/desk")
    } else {
        LocalPath::parse_or_home(back)
    }
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let back = desk(&asked.back);
    let shown =
        tongban_staff::show_second_factor(&state.store, &session.actor, session.session_id, &asked.code);
    match shown.await.told() {
        Ok(()) => {
            // somebody whom a code let in has nothing of their own yet
            let own = tongban_staff::own_factors(&state.store, &session.actor)
                .await
                .told()?;
            let keys = tongban_identity::own_passkeys(&state.store, &session.actor)
                .await
                .told()?;
            let none = own.totp_since.is_none() && keys.is_empty();
            let done = Flash::good(
                &state.kit,
                if none {
                    "desk-factor-shown-none"
                } else {
                    "desk-factor-shown"
                },
            );
            go_on(&state.kit, &visitor, &back, Some(&asked.kept), done)
        }
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => {
                let page = SecondFactorPage {
                    back,
                    kept: (!asked.kept.is_empty()).then_some(asked.kept),
                    error: Some(sentence),
                };
                page.show(&state.kit, &visitor, frame(&state, &visitor).nav)
            }
            None => Err(error),
        },
    }
}

#[derive(Serialize)]
struct OwnPage {
    /// Whether a second factor was shown in this session.
    shown: bool,
    factors: FactorView,
    passkeys: usize,
    has_password: bool,
    /// Why the last try did not work.
    error: Option<Sentence>,
}

async fn own_page(
    state: &StaffState,
    visitor: &Visitor,
    session: &SignedIn,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let data = OwnPage {
        shown: session.actor.is_proven(),
        factors: tongban_staff::own_factors(&state.store, &session.actor)
            .await
            .told()?,
        passkeys: tongban_identity::own_passkeys(&state.store, &session.actor)
            .await
            .told()?
            .len(),
        has_password: visitor
            .session_data::<Session>()
            .is_some_and(|session| session.account.has_password),
        error,
    };
    let status = if data.error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    render_with(state, &frame(state, visitor), "desk/factors.html", &data, status)
}

async fn own(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    own_page(&state, &visitor, session, None).await
}

/// What the device reads; it stays in no browser.
#[derive(Serialize)]
struct DevicePage {
    /// SVG of the QR code, made here.
    qr: String,
    /// In groups of four, to be typed.
    secret: String,
}

async fn start(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let login = visitor
        .session_data::<Session>()
        .and_then(|session| session.account.login.clone())
        .ok_or_else(WebError::forbidden)?;
    let place = state.kit.settings.place.clone();
    let made = act(
        &state,
        &session.actor,
        (session.session_id, place, login),
        |tx, by, (session, place, login)| async move {
            tongban_staff::start_totp(&tx, &by, session, &place, &login).await
        },
    );
    match made.await.told() {
        Ok(made) => device_page(&state, &visitor, &made),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => own_page(&state, &visitor, session, Some(sentence)).await,
            None => Err(error),
        },
    }
}

fn device_page(state: &StaffState, visitor: &Visitor, made: &NewTotp) -> Result<Response, WebError> {
    let letters: Vec<char> = made.secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    let data = DevicePage {
        qr: tongban_press::qr_svg(&made.address).map_err(WebError::internal)?,
        secret: groups.join(" "),
    };
    let page = frame(state, visitor);
    let mut response = render(state, &page, "desk/factor_device.html", &data)?;
    never_stored(&mut response);
    Ok(response)
}

async fn confirm(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let done = act(
        &state,
        &session.actor,
        (session.session_id, asked.code),
        |tx, by, (session, code)| async move { tongban_staff::confirm_totp(&tx, &by, session, &code).await },
    );
    match done.await.told() {
        Ok(()) => Ok(Flash::good(&state.kit, "desk-factor-set").redirect(&path("/desk/factors"))),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            // the secret was shown once: whoever mistyped begins again
            Some(sentence) => own_page(&state, &visitor, session, Some(sentence)).await,
            None => Err(error),
        },
    }
}

#[derive(Serialize)]
struct Nothing {}

async fn ask_to_remove(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    visitor.require_staff()?;
    render(
        &state,
        &frame(&state, &visitor),
        "desk/factor_remove.html",
        &Nothing {},
    )
    .map(IntoResponse::into_response)
}

async fn remove(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    act(&state, &session.actor, (), |tx, by, ()| async move {
        tongban_staff::remove_totp(&tx, &by).await
    })
    .await
    .told()?;
    Ok(Flash::good(&state.kit, "desk-factor-removed").redirect(&path("/desk/factors")))
}
