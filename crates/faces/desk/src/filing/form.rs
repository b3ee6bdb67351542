//! The fields of the application, filled for the person.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::Value;
use tongban_cases::SaveDraft;
use tongban_web::{
    Form, Pairs, Sentence, Visitor, WebError,
    forms::{self, Autosaved, ErrorLink, FieldError, FieldView, Filled},
    local_path::see_other,
};

use super::{draft::Draft, steps};
use crate::{
    StaffState,
    parts::{Crumb, act, frame, path, render_with},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/file/{case}/form", get(show).post(save))
        .route("/desk/file/{case}/autosave", post(autosave))
}

#[derive(Serialize)]
struct FormPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    applicant: String,
    address: String,
    version: i32,
    form_fields: Vec<FieldView>,
    links: Vec<ErrorLink>,
    supplement: Option<String>,
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    draft: &Draft,
    errors: &[FieldError],
) -> Result<Response, WebError> {
    let values = Value::Object(draft.view.values.clone());
    let origins = draft.origins();
    let filled = Filled {
        values: &values,
        origins: &origins,
        errors,
    };
    let form_fields = forms::fields(&draft.item.content.form, filled, visitor.locale());
    let data = FormPage {
        crumbs: draft.crumbs("desk-file-step-form"),
        steps: steps(),
        name: draft.view.item_name.clone(),
        applicant: draft.view.applicant_name.clone(),
        address: draft.address(),
        version: draft.view.version,
        links: forms::summary(&form_fields, errors),
        form_fields,
        supplement: draft.supplement(),
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/file_form.html",
        &data,
        status,
    )
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    match draft.closed() {
        Some(elsewhere) => Ok(elsewhere),
        None => page(&state, &visitor, &draft, &[]),
    }
}

/// Saves what the page holds and answers the new version.
async fn keep(state: &StaffState, draft: &Draft, posted: &Pairs) -> Result<i32, WebError> {
    let seen = posted.get("version").and_then(|version| version.parse().ok());
    let input = SaveDraft {
        case: draft.id(),
        item: draft.item.clone(),
        seen,
        values: draft.posted_values(posted),
    };
    let saved = act(state, &draft.actor, input, |tx, by, input| async move {
        tongban_cases::save_draft(&tx, &by, input).await
    });
    saved.await.told()
}

async fn save(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    if let Some(elsewhere) = draft.closed() {
        return Ok(elsewhere);
    }
    keep(&state, &draft, &posted).await?;
    if posted.get("then").is_some_and(|word| word == "stay") {
        return Ok(see_other(&path(&format!("{}/form", draft.address()))).into_response());
    }
    let draft = Draft::load(&state, &visitor, &case).await?;
    let errors = draft.problems();
    if !errors.is_empty() {
        return page(&state, &visitor, &draft, &errors);
    }
    Ok(see_other(&path(&format!("{}/materials", draft.address()))).into_response())
}

/// The same for a page that saves itself while the clerk types.
async fn autosave(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Autosaved, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    let version = keep(&state, &draft, &posted).await?;
    Ok(Autosaved::at(state.store.now(), Some(version)))
}
