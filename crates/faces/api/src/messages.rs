//! Messages about one's cases and licences.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tongban_engage::{Message, MessageKind};
use tongban_web::{Sentence, Visitor, WebError};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    caller::Caller,
    input::{Listing, Paging, act},
    told::Told,
};

/// One message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageLine {
    id: Uuid,
    /// `submitted`, `accepted`, `supplement_asked`, `granted`, `licence_issued` …
    #[schema(value_type = String, example = "accepted")]
    kind: MessageKind,
    /// For people, in the language of the cookie `tb_language`; Chinese without it.
    text: String,
    /// What the sentence names.
    args: BTreeMap<String, String>,
    /// The page that it is about: a path of this site.
    link: String,
    at: DateTime<Utc>,
    read: bool,
}

impl MessageLine {
    fn of(message: Message, state: &ApiState, visitor: &Visitor) -> Self {
        let sentence = message.args.iter().fold(
            Sentence::key(format!("message-{}", message.kind.as_str())),
            |sentence, (name, value)| sentence.with(name.clone(), value.clone()),
        );
        Self {
            id: message.id,
            kind: message.kind,
            text: state.kit.pages.texts().say(visitor.locale(), &sentence),
            args: message.args,
            link: message.link,
            at: message.at,
            read: message.read,
        }
    }
}

/// Lists one's own messages, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/messages",
    tag = "messages",
    params(Paging),
    responses((status = 200, body = Listing<MessageLine>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_messages(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<MessageLine>>, WebError> {
    let page = tongban_engage::messages(&state.store, caller.party()?, paging.request())
        .await
        .told()?;
    let line = |message| MessageLine::of(message, &state, &caller.visitor);
    Ok(Json(page.map(line).into()))
}

/// Marks all messages as read.
#[utoipa::path(
    post,
    path = "/api/v1/messages/read",
    tag = "messages",
    responses((status = 204, description = "All that were there are read")),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn mark_messages_read(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<StatusCode, WebError> {
    act(&state, caller.party()?, (), |tx, by, ()| async move {
        tongban_engage::mark_read(&tx, &by).await
    })
    .await
    .told()?;
    Ok(StatusCode::NO_CONTENT)
}
