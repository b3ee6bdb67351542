//! Where one is signed in, what happened to the account, and closing it. Staff have the first two too.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_identity::{HistoryLine, SessionView};
use tongban_web::{Flash, Form, LocalPath, Page, Pairs, Sentence, Visitor, WebError, cookies, flash::Tone};
use uuid::Uuid;

use super::context;
use crate::{
    PortalState,
    parts::{Pages, id, page_request, path},
    sign_in::explained,
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/settings/devices", get(show))
        .route("/my/settings/devices/{session}", post(end))
        .route("/my/settings/close", get(ask_to_close).post(close))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<String>,
}

#[derive(Serialize)]
struct DevicesPage {
    sessions: Vec<SessionView>,
    /// The session of this browser.
    current: Uuid,
    history: Vec<Line>,
    pages: Pages,
}

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    line: HistoryLine,
    words: Sentence,
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, WebError> {
    let session = visitor.require_sign_in()?;
    let sessions = tongban_identity::own_sessions(&state.store, &session.actor)
        .await
        .told()?;
    let found = tongban_identity::own_history(
        &state.store,
        &session.actor,
        &[
            &tongban_openid::HISTORY_ACTIONS[..],
            &tongban_staff::HISTORY_ACTIONS,
        ]
        .concat(),
        page_request(asked.page.as_deref()),
    )
    .await
    .told()?;
    let data = DevicesPage {
        sessions,
        current: session.session_id,
        pages: Pages::of(&found, "/my/settings/devices?page="),
        history: found
            .rows
            .into_iter()
            .map(|line| Line {
                words: Sentence::key(format!("history-{}", line.action.replace('.', "-"))),
                line,
            })
            .collect(),
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/devices.html", &data)
}

/// Ends one of the own sessions.
async fn end(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(ended): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_sign_in()?;
    let (by, ended) = (session.actor.clone(), id(&ended)?);
    state
        .store
        .write(session.actor.as_holder().signer(), move |tx| {
            let by = by.clone();
            async move { tongban_identity::sign_out(&tx, &by, ended).await }
        })
        .await
        .told()?;
    Ok(Flash::good(&state.kit, "portal-device-ended").redirect(&path("/my/settings/devices")))
}

#[derive(Serialize)]
struct ClosePage {
    /// Cases that are still under way: first they are ended.
    open: u64,
}

async fn open_cases(state: &PortalState, visitor: &Visitor) -> Result<u64, WebError> {
    let session = visitor.require_party()?;
    // of the account that is to be closed, for whomever one acts
    let totals = tongban_cases::work_totals(&state.store, &session.actor.as_holder()).await;
    Ok(totals.told()?.open)
}

async fn ask_to_close(State(state): State<PortalState>, visitor: Visitor) -> Result<Page, WebError> {
    let data = ClosePage {
        open: open_cases(&state, &visitor).await?,
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/close.html", &data)
}

async fn close(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let again = path("/my/settings/close");
    if posted.get("sure").is_none() {
        let sentence = Sentence::key("portal-close-not-sure");
        return Ok(Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&again));
    }
    if open_cases(&state, &visitor).await? > 0 {
        let sentence = Sentence::key("portal-close-open");
        return Ok(Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&again));
    }
    match tongban_identity::close_account(&state.store, &session.actor, session.session_id).await {
        Ok(()) => {
            let home = LocalPath::parse_or_home("/");
            let mut response = Flash::good(&state.kit, "portal-closed").redirect(&home);
            cookies::add(
                response.headers_mut(),
                cookies::remove(cookies::SESSION, state.kit.settings.secure),
            );
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            Ok(Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&again))
        }
    }
}
