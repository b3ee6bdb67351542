//! Messages about one's cases.

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_engage::Message;
use tongban_web::{Form, Page, Pairs, Sentence, Visitor, WebError, local_path::see_other};

use super::{Tab, context, tabs};
use crate::{
    PortalState,
    parts::{Pages, page_request, path},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/messages", get(list))
        .route("/my/messages/read", post(mark_read))
}

#[derive(Deserialize)]
struct Asked {
    page: Option<String>,
}

#[derive(Serialize)]
struct MessagesPage {
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    pages: Pages,
    unread: bool,
}

#[derive(Serialize)]
struct Row {
    sentence: Sentence,
    href: String,
    /// For whom the reader filed the case that it is about.
    acting_for: Option<String>,
    at: DateTime<Utc>,
    read: bool,
}

impl From<Message> for Row {
    fn from(message: Message) -> Self {
        let key = format!("message-{}", message.kind.as_str());
        let acting_for = message.args.get("for").cloned();
        let sentence = message
            .args
            .into_iter()
            .fold(Sentence::key(key), |sentence, (name, value)| {
                sentence.with(name, value)
            });
        Self {
            sentence,
            href: message.link,
            acting_for,
            at: message.at,
            read: message.read,
        }
    }
}

async fn list(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    let page = tongban_engage::messages(&state.store, &session.actor, page_request(asked.page.as_deref()))
        .await
        .told()?;
    let tabs = tabs(&state, session, "/my/messages").await?;
    let data = MessagesPage {
        unread: tabs
            .iter()
            .any(|tab| tab.href == "/my/messages" && tab.count.is_some()),
        tabs,
        pages: Pages::of(&page, "/my/messages?page="),
        rows: page.rows.into_iter().map(Row::from).collect(),
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/messages.html", &data)
}

async fn mark_read(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = visitor.require_party()?.actor.clone();
    let by = actor.clone();
    state
        .store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { tongban_engage::mark_read(&tx, &by).await }
        })
        .await
        .told()?;
    Ok(see_other(&path("/my/messages")).into_response())
}
