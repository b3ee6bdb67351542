//! 已授权的应用: systems of others that one signs in to with this account, and taking back what they were let have.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_web::{Flash, Form, Page, Pairs, Sentence, Visitor, WebError};
use uuid::Uuid;

use super::context;
use crate::{
    PortalState,
    openid::{in_language, scope_words},
    parts::{Pages, id, page_request, path},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/apps", get(show))
        .route("/my/apps/{grant}/unlink", post(unlink))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<String>,
}

#[derive(Serialize)]
struct App {
    id: Uuid,
    name: String,
    organisation: String,
    purpose: String,
    scopes: Vec<Sentence>,
    given_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct AppsPage {
    apps: Vec<App>,
    pages: Pages,
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    let found =
        tongban_openid::linked_apps(&state.store, &session.actor, page_request(asked.page.as_deref()))
            .await
            .told()?;
    let data = AppsPage {
        pages: Pages::of(&found, "/my/apps?page="),
        apps: found
            .rows
            .into_iter()
            .map(|app| App {
                id: app.id,
                name: in_language(&visitor, app.name, app.name_english),
                organisation: app.organisation,
                purpose: app.purpose,
                scopes: app.scopes.iter().map(|scope| scope_words(scope)).collect(),
                given_at: app.given_at,
                used_at: app.used_at,
            })
            .collect(),
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/apps.html", &data)
}

async fn unlink(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(grant): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let (by, grant) = (session.actor.clone(), id(&grant)?);
    state
        .store
        .write(session.actor.as_holder().signer(), move |tx| {
            let by = by.clone();
            async move { tongban_openid::unlink_app(&tx, &by, grant).await }
        })
        .await
        .told()?;
    Ok(Flash::good(&state.kit, "openid-unlinked").redirect(&path("/my/apps")))
}
