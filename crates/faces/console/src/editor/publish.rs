//! Publishing a draft from a day on.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::NaiveDate;
use serde::Serialize;
use tongban_catalogue::PublishVersion;
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, flash::Tone, local_path::see_other};

use super::{FindingLink, Opened, finding_links, stale};
use crate::{
    StaffState,
    parts::{Crumb, act, frame, path, refusal, render_with, today},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/items/{item}/publish", get(show).post(publish))
}

#[derive(Serialize)]
struct PublishPage {
    crumbs: Vec<Crumb>,
    name: String,
    action: String,
    back: String,
    preview_href: String,
    number: i32,
    version: i32,
    /// What stands in the way.
    findings: Vec<FindingLink>,
    /// What was typed, else the first day that is possible.
    day: String,
    today: NaiveDate,
    refusal: Option<Sentence>,
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    opened: &Opened,
    typed: Option<String>,
    refusal: Option<Sentence>,
) -> Result<Response, WebError> {
    let writing = match opened.writing("") {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let today = today(&state.store);
    let findings = finding_links(&writing.findings(), &opened.address(), state.kit.pages.texts());
    let status = if refusal.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = PublishPage {
        crumbs: opened.crumbs(Sentence::key("editor-publish")),
        name: opened.name(),
        action: format!("{}/publish", opened.address()),
        back: opened.address(),
        preview_href: format!("/items/{}/preview", opened.line.id),
        number: writing.draft.line.number,
        version: writing.guard(),
        findings,
        day: typed.unwrap_or_else(|| today.to_string()),
        today,
        refusal,
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/item_publish.html",
        &data,
        status,
    )
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    page(&state, &visitor, &opened, None, None)
}

async fn publish(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let Some(draft) = &opened.draft else {
        // the second of two clicks: the draft is published
        return Ok(see_other(&path(&opened.address())).into_response());
    };
    let typed = posted.get("day").unwrap_or_default().trim().to_owned();
    let day = match typed.parse::<NaiveDate>() {
        Ok(day) => Some(day),
        Err(_) if typed.is_empty() => None,
        Err(_) => {
            let refusal = Some(Sentence::key("error-date"));
            return page(&state, &visitor, &opened, Some(typed), refusal);
        }
    };
    let input = PublishVersion {
        version: draft.line.id,
        expected: Some(
            posted
                .get("version")
                .and_then(|version| version.parse().ok())
                .unwrap_or_default(),
        ),
        effective_from: day,
        allow_debts: false,
    };
    let answer = act(&state, &opened.actor, input, |tx, by, input| async move {
        tongban_catalogue::publish_version(&tx, &by, input).await
    });
    match answer.await.told() {
        Ok(published) => {
            let told = if published.effective_from > today(&state.store) {
                Sentence::key("editor-published-from").with("day", published.effective_from.to_string())
            } else {
                Sentence::key("editor-published")
            };
            Ok(Flash::new(&state.kit, Tone::Good, &told)
                .redirect(&path(&opened.address()))
                .into_response())
        }
        Err(error) if error.status() == StatusCode::CONFLICT => stale(
            &state,
            &visitor,
            format!("{}/publish", opened.address()),
            &Pairs::default(),
        ),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => page(&state, &visitor, &opened, Some(typed), Some(sentence)),
            None => Err(error),
        },
    }
}
