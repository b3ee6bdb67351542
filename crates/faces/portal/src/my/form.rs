//! 核对信息: the form of a draft or of a supplement.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_access::Actor;
use tongban_cases::SaveDraft;
use tongban_procedure::State as CaseState;
use tongban_web::{
    Flash, Form, Pairs, Sentence, Visitor, WebError,
    forms::{self, Autosaved, Elsewhere, ErrorLink, FieldError, FieldView, Filled},
    local_path::see_other,
};

use super::{context, draft::Own};
use crate::{
    PortalState,
    apply::steps,
    parts::{Crumb, path},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/cases/{case}/form", get(show).post(save))
        .route("/my/cases/{case}/autosave", post(autosave))
}

#[derive(Serialize)]
struct FormPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    address: String,
    version: i32,
    /// What was changed elsewhere since the page was made.
    elsewhere: Vec<Elsewhere>,
    form_fields: Vec<FieldView>,
    links: Vec<ErrorLink>,
    spared: Vec<String>,
    uploads: usize,
    organisation: String,
    supplement: Option<String>,
    waiting: bool,
}

/// The way to where a case is handled, for the steps of its application.
pub(crate) fn crumbs(own: &Own, here: &str) -> Vec<Crumb> {
    vec![
        Crumb::link("/my/cases", Sentence::key("portal-my-cases")),
        Crumb::link(
            if own.view.state == CaseState::Draft {
                format!("/items/{}", own.view.item)
            } else {
                own.address()
            },
            Sentence::plain(own.view.item_name.clone()),
        ),
        Crumb::here(Sentence::key(here)),
    ]
}

/// How many materials the applicant has to do with: those that nobody supplied.
fn uploads(own: &Own) -> usize {
    let spared = |code: &str| {
        own.view
            .materials
            .iter()
            .any(|there| there.code == code && !there.has_file)
    };
    own.item
        .content
        .wanted(&own.view.values)
        .filter(|material| !spared(&material.code))
        .count()
}

/// The fields of the form with the values of `own`.
fn form_fields(visitor: &Visitor, own: &Own, errors: &[FieldError]) -> Vec<FieldView> {
    let values = Value::Object(own.view.values.clone());
    let origins = own.origins();
    let filled = Filled {
        values: &values,
        origins: &origins,
        errors,
    };
    forms::fields(&own.item.content.form, filled, visitor.locale())
}

/// The form was changed elsewhere since the page was made: what was typed stays on the page, beside what is stored. Nothing where both say
/// the same, as after a second click.
fn stale(
    state: &PortalState,
    visitor: &Visitor,
    mut own: Own,
    posted: &Pairs,
) -> Result<Option<Response>, WebError> {
    let stored = form_fields(visitor, &own, &[]);
    let typed = posted_values(&own, posted);
    own.view.values = forms::typed_over(own.view.values, typed);
    let elsewhere = forms::elsewhere(&stored, &form_fields(visitor, &own, &[]));
    if elsewhere.is_empty() {
        return Ok(None);
    }
    render_beside(state, visitor, &own, &[], elsewhere).map(Some)
}

fn render(
    state: &PortalState,
    visitor: &Visitor,
    own: &Own,
    errors: &[FieldError],
) -> Result<Response, WebError> {
    render_beside(state, visitor, own, errors, Vec::new())
}

fn render_beside(
    state: &PortalState,
    visitor: &Visitor,
    own: &Own,
    errors: &[FieldError],
    elsewhere: Vec<Elsewhere>,
) -> Result<Response, WebError> {
    let form_fields = form_fields(visitor, own, errors);
    let there = |code: &str| own.view.materials.iter().find(|there| there.code == code);
    let spared = own
        .item
        .content
        .wanted(&own.view.values)
        .filter(|material| there(&material.code).is_some_and(|there| !there.has_file))
        .map(|material| material.name.clone())
        .collect();
    let data = FormPage {
        crumbs: crumbs(own, "portal-step-check"),
        steps: steps(&own.item.content),
        name: own.view.item_name.clone(),
        address: own.address(),
        version: own.view.version,
        links: forms::summary(&form_fields, errors),
        waiting: own
            .view
            .origins
            .values()
            .any(|origin| origin.kind == tongban_cases::OriginKind::Waiting),
        form_fields,
        elsewhere,
        spared,
        uploads: uploads(own),
        organisation: own.view.organisation_name.clone(),
        supplement: own
            .view
            .supplement_text
            .clone()
            .filter(|_| own.view.state == CaseState::Supplement),
    };
    let status = if !data.elsewhere.is_empty() {
        StatusCode::CONFLICT
    } else if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/form.html", &data)?
        .with_status(status)
        .into_response())
}

/// The page of a case that cannot be filled any more.
pub(crate) fn closed(own: &Own) -> Option<Response> {
    (!own.is_open()).then(|| see_other(&path(&own.address())).into_response())
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    if let Some(elsewhere) = closed(&own) {
        return Ok(elsewhere);
    }
    render(&state, &visitor, &own, &[])
}

/// Saves what the page holds and answers the new version.
async fn keep(
    state: &PortalState,
    actor: &Actor,
    own: &Own,
    posted: &Pairs,
) -> Result<i32, tongban_cases::Error> {
    let seen = posted.get("version").and_then(|version| version.parse().ok());
    let input = SaveDraft {
        case: own.id(),
        item: own.item.clone(),
        seen,
        values: posted_values(own, posted),
    };
    let by = actor.clone();
    state
        .store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { tongban_cases::save_draft(&tx, &by, input).await }
        })
        .await
}

/// The posted values, and `null` for fields that held something and were emptied.
fn posted_values(own: &Own, posted: &Pairs) -> Map<String, Value> {
    let Value::Object(mut values) = forms::parse(&own.item.content.form, posted) else {
        return Map::new();
    };
    for (field, property) in own.properties() {
        if own.only_shown(field).is_some() {
            // not an input: nothing that is posted under its name came from our page
            values.remove(field);
            continue;
        }
        let unticked = property.get("type").and_then(Value::as_str) == Some("array");
        let on_page = unticked || posted.get(field).is_some();
        let held = own.view.values.get(field).is_some_and(|value| !value.is_null());
        if on_page && held && !values.contains_key(field) {
            values.insert(field.clone(), Value::Null);
        }
    }
    values
}

async fn save(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    if let Some(elsewhere) = closed(&own) {
        return Ok(elsewhere);
    }
    match keep(&state, &session.actor, &own, &posted).await {
        Err(tongban_cases::Error::Conflict) => {
            let now = Own::load(&state, &session.actor, &case).await?;
            if let Some(page) = stale(&state, &visitor, now, &posted)? {
                return Ok(page);
            }
        }
        kept => {
            kept.told()?;
        }
    }
    if posted.get("then").is_some_and(|word| word == "later") {
        return Ok(Flash::good(&state.kit, "portal-draft-saved").redirect(&path("/my/cases")));
    }
    if posted.get("then").is_some_and(|word| word == "stay") {
        return Ok(see_other(&path(&format!("{}/form", own.address()))).into_response());
    }
    let own = Own::load(&state, &session.actor, &case).await?;
    let errors = own.problems();
    if !errors.is_empty() {
        return render(&state, &visitor, &own, &errors);
    }
    let next = if uploads(&own) == 0 {
        "confirm"
    } else {
        "materials"
    };
    Ok(see_other(&path(&format!("{}/{next}", own.address()))).into_response())
}

/// The same for a page that saves itself while somebody types.
async fn autosave(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Autosaved, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    let version = keep(&state, &session.actor, &own, &posted).await.told()?;
    Ok(Autosaved::at(state.store.now(), Some(version)))
}
