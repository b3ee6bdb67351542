//! Everything once more, read together with the person; then it is handed in.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::Value;
use tongban_cases::{AnswerSupplement, Delivery, Submit};
use tongban_procedure::{Renewable, State as CaseState};
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, flash::Tone, local_path::see_other};
use uuid::Uuid;

use super::{draft::Draft, steps};
use crate::{
    StaffState,
    case::words::{Tag, field_value},
    parts::{Crumb, act, calendar, frame, path, refusal, render_with},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/file/{case}/confirm", get(show))
        .route("/desk/file/{case}/submit", post(submit))
}

#[derive(Serialize)]
struct ConfirmPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    applicant: String,
    applicant_masked: String,
    phone_masked: Option<String>,
    address: String,
    version: i32,
    fields: Vec<FieldRow>,
    materials: Vec<MaterialRow>,
    missing: Vec<String>,
    supplement: Option<String>,
    /// The licences that may be renewed, where the matter renews one, and the chosen one.
    renewable: Option<Vec<Renewable>>,
    renews: String,
    /// Chosen way of delivery and typed address.
    delivery: String,
    delivery_address: String,
}

#[derive(Serialize)]
struct FieldRow {
    label: String,
    value: Sentence,
    tag: Option<Tag>,
}

#[derive(Serialize)]
struct MaterialRow {
    name: String,
    file: Option<String>,
    tag: Tag,
}

async fn page(
    state: &StaffState,
    visitor: &Visitor,
    draft: &Draft,
    refused: Option<Sentence>,
    posted: &Pairs,
) -> Result<Response, WebError> {
    let view = &draft.view;
    let renewable = tongban_cases::renewable_licences(&state.store, &draft.actor, draft.id())
        .await
        .told()?;
    let properties = draft
        .item
        .content
        .form
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let data = ConfirmPage {
        crumbs: draft.crumbs("desk-file-step-confirm"),
        steps: steps(),
        name: view.item_name.clone(),
        applicant: view.applicant_name.clone(),
        applicant_masked: view.applicant_masked.clone(),
        phone_masked: view.phone_masked.clone(),
        address: draft.address(),
        version: view.version,
        fields: properties
            .map(|(name, property)| FieldRow {
                label: property
                    .get("title")
                    .and_then(Value::as_str)
                    .unwrap_or(name)
                    .to_owned(),
                value: field_value(property, view.values.get(name).unwrap_or(&Value::Null)),
                tag: view.origins.get(name).map(Tag::of),
            })
            .collect(),
        materials: view
            .materials
            .iter()
            .map(|there| MaterialRow {
                name: there.name.clone(),
                file: there.file_name.clone(),
                tag: Tag::of(&there.origin),
            })
            .collect(),
        missing: draft.missing(),
        supplement: draft.supplement(),
        renewable,
        renews: posted.get("renews").unwrap_or_default().to_owned(),
        delivery: posted
            .get("delivery")
            .unwrap_or(Delivery::default().as_str())
            .to_owned(),
        delivery_address: posted.get("delivery_address").unwrap_or_default().to_owned(),
    };
    let frame = frame(state, visitor);
    match refused {
        None => render_with(state, &frame, "desk/file_confirm.html", &data, StatusCode::OK),
        Some(sentence) => {
            let frame = frame.with_flash(Tone::Bad, sentence);
            render_with(
                state,
                &frame,
                "desk/file_confirm.html",
                &data,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
        }
    }
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    if let Some(elsewhere) = draft.closed() {
        return Ok(elsewhere);
    }
    if !draft.problems().is_empty() {
        return Ok(see_other(&path(&format!("{}/form", draft.address()))).into_response());
    }
    page(&state, &visitor, &draft, None, &Pairs::default()).await
}

async fn submit(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let draft = Draft::load(&state, &visitor, &case).await?;
    let receipt = path(&format!("{}/receipt", draft.address()));
    if draft.closed().is_some() {
        // the second of two clicks: it is handed in
        return Ok(see_other(&receipt).into_response());
    }
    let calendar = calendar(&state.store).await?;
    let seen = posted.get("version").and_then(|version| version.parse().ok());
    let (case, item) = (draft.id(), draft.item.clone());
    let answer = if draft.view.state == CaseState::Supplement {
        let input = AnswerSupplement {
            case,
            item,
            calendar,
            seen,
        };
        act(&state, &draft.actor, input, |tx, by, input| async move {
            tongban_cases::answer_supplement(&tx, &by, input).await
        })
        .await
    } else {
        let delivery = posted
            .get("delivery")
            .and_then(Delivery::from_word)
            .unwrap_or_default();
        let delivery_address = posted.get("delivery_address").map(str::to_owned);
        let input = Submit {
            case,
            item,
            calendar,
            seen,
            delivery,
            delivery_address,
            renews: posted.get("renews").and_then(|id| Uuid::parse_str(id).ok()),
        };
        act(&state, &draft.actor, input, |tx, by, input| async move {
            tongban_cases::submit(&tx, &by, input).await.map(|_submitted| ())
        })
        .await
    };
    match answer.told() {
        Ok(()) if draft.view.state == CaseState::Supplement => {
            let there = path(&format!("/desk/cases/{case}"));
            Ok(Flash::good(&state.kit, "desk-done-answer").redirect(&there))
        }
        Ok(()) => Ok(see_other(&receipt).into_response()),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => page(&state, &visitor, &draft, Some(sentence), &posted).await,
            None => Err(error),
        },
    }
}
