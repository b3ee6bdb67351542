//! 扫码登录: a screen shows a picture, a phone that is signed in says yes.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_identity::ScanStanding;
use tongban_store::Signer;
use tongban_web::{
    Area, Flash, Form, LocalPath, Pairs, Sender, Sentence, Visitor, WebError, cookies, flash::Tone, sender,
    sign_in_page::never_stored,
};

use crate::{
    PortalState,
    parts::path,
    sign_in::{Waits, browser, explained, welcome},
    told::Told,
};

/// What only the waiting browser holds.
const WAITING: &str = "tb_scan";

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/sign-in/scan", get(show).post(claim))
        .route("/sign-in/scan/standing", get(standing))
        .route("/scan/{code}", get(ask).post(answer))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    back: String,
}

#[derive(Serialize)]
struct ScanPage {
    qr: String,
    minutes: i64,
    back: LocalPath,
}

/// A fresh picture.
async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    sender: Sender,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::CHALLENGES).await?;
    let device = browser(&headers).device;
    let started = state
        .store
        .write(Signer::nobody(), move |tx| {
            let device = device.clone();
            async move { tongban_identity::start_scan(&tx, &device).await }
        })
        .await
        .told()?;
    let data = ScanPage {
        qr: tongban_press::qr_svg(&format!("{}/scan/{}", state.public_address, started.code))
            .map_err(WebError::internal)?,
        minutes: started.seconds / 60,
        back: LocalPath::parse_or_home(&asked.back),
    };
    let mut response = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/scan.html", &data)?
        .into_response();
    never_stored(&mut response);
    let seconds = started.seconds.unsigned_abs();
    cookies::add(
        response.headers_mut(),
        cookies::set(
            WAITING,
            &started.browser,
            Some(seconds),
            state.kit.settings.secure,
        ),
    );
    Ok(response)
}

#[derive(Serialize)]
struct Standing {
    standing: ScanStanding,
}

/// How it stands, for the script of the page.
async fn standing(State(state): State<PortalState>, headers: HeaderMap) -> Result<Response, WebError> {
    let standing = match cookies::read(&headers, WAITING) {
        Some(browser) => tongban_identity::scan_standing(&state.store, &browser)
            .await
            .told()?,
        None => ScanStanding::Ended,
    };
    let mut response = Json(Standing { standing }).into_response();
    never_stored(&mut response);
    Ok(response)
}

/// The screen signs in, once the phone has said yes.
async fn claim(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Result<Response, WebError> {
    let waiting = cookies::read(&headers, WAITING).unwrap_or_default();
    match tongban_identity::claim_scan(&state.store, &waiting, browser(&headers)).await {
        Ok(opened) => {
            let mut response = welcome(&state, &visitor, &opened, &asked.back, Waits::Nothing).await?;
            cookies::add(
                response.headers_mut(),
                cookies::remove(WAITING, state.kit.settings.secure),
            );
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            let back = LocalPath::parse_or_home(&asked.back);
            let again = LocalPath::parse_or_home(&format!("/sign-in/scan?back={}", back.encoded()));
            Ok(Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&again))
        }
    }
}

#[derive(Serialize)]
struct AskPage {
    action: String,
    device: Sentence,
    at: DateTime<Utc>,
}

/// The question, on the phone.
async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let seen = tongban_identity::see_scan(&state.store, &session.actor, &code)
        .await
        .told()?;
    let data = AskPage {
        action: format!("/scan/{code}"),
        device: if seen.device.is_empty() {
            Sentence::key("portal-scan-device-unknown")
        } else {
            Sentence::plain(seen.device)
        },
        at: seen.at,
    };
    let mut response = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/scan_ask.html", &data)?
        .with_status(StatusCode::OK)
        .into_response();
    never_stored(&mut response);
    Ok(response)
}

async fn answer(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let yes = posted.get("answer") == Some("yes");
    tongban_identity::answer_scan(&state.store, &session.actor, &code, yes)
        .await
        .told()?;
    let key = if yes {
        "portal-scan-allowed"
    } else {
        "portal-scan-refused"
    };
    let flash = if yes {
        Flash::good(&state.kit, key)
    } else {
        Flash::new(&state.kit, Tone::Note, &Sentence::key(key))
    };
    Ok(flash.redirect(&path("/my/cases")))
}
