//! The application form as JSON Schema, for those who write it by hand.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use serde_json::Value;
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, local_path::see_other};

use super::{Opened, Saved, Writing, stale};
use crate::{
    StaffState,
    parts::{Crumb, frame, path, render_with},
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/items/{item}/edit/form/json", get(show).post(save))
}

#[derive(Serialize)]
struct RawPage {
    crumbs: Vec<Crumb>,
    name: String,
    action: String,
    back: String,
    version: i32,
    text: String,
    error: Option<Sentence>,
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    writing: &Writing<'_>,
    text: String,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let opened = writing.opened;
    let back = format!("{}/edit/form", opened.address());
    let mut crumbs = opened.crumbs(Sentence::key("editor-raw"));
    crumbs.insert(2, Crumb::link(back.clone(), Sentence::key("editor-section-form")));
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = RawPage {
        crumbs,
        name: opened.name(),
        action: format!("{back}/json"),
        back,
        version: writing.guard(),
        text,
        error,
    };
    render_with(state, &frame(state, visitor), "desk/item_raw.html", &data, status)
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let writing = match opened.writing("edit/form/json") {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let form = &writing.draft.version.content.form;
    let text = if form.is_null() {
        String::new()
    } else {
        serde_json::to_string_pretty(form).map_err(WebError::internal)?
    };
    page(&state, &visitor, &writing, text, None)
}

async fn save(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let writing = match opened.writing("edit/form/json") {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let text = posted.get("text").unwrap_or_default().to_owned();
    let form: Value = match text.trim() {
        "" => Value::Null,
        typed => match serde_json::from_str(typed) {
            Ok(form) => form,
            Err(error) => {
                let told = Sentence::key("editor-error-json")
                    .with("line", error.line())
                    .with("column", error.column());
                return page(&state, &visitor, &writing, text, Some(told));
            }
        },
    };
    let mut content = writing.content()?;
    content["form"] = form;
    let back = format!("{}/edit/form", opened.address());
    match writing.save(&state, content, &posted).await? {
        Saved::Kept => Ok(Flash::good(&state.kit, "editor-saved")
            .redirect(&path(&back))
            .into_response()),
        Saved::Stale => stale(&state, &visitor, format!("{back}/json"), &posted),
        Saved::Refused(sentence) => page(&state, &visitor, &writing, text, Some(sentence)),
    }
}
