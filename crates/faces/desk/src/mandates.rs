//! 代办登记: what a clerk records of agents and guardians, documents in hand.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, MandateKind};
use tongban_mandates::{MandateView, RecordAtWindow, Side};
use tongban_web::{Flash, Form, OnceKey, Pairs, Sentence, Visitor, WebError, flash::Tone, once};

use crate::{
    StaffState,
    parts::{frame, path, refusal, render_with, staff},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/mandates", get(show))
        .route("/desk/mandates/record", post(record))
        .route("/desk/mandates/find", post(find))
        .route("/desk/mandates/{mandate}/end", get(ask_end).post(end))
}

/// What was typed into the form of a new one.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct Typed {
    kind: String,
    principal_name: String,
    principal_number: String,
    agent_name: String,
    agent_number: String,
    document: String,
    ends_on: String,
    present: String,
}

impl Typed {
    fn of(posted: &Pairs) -> Self {
        let text = |name: &str| posted.get(name).unwrap_or_default().to_owned();
        Self {
            kind: text("kind"),
            principal_name: text("principal_name"),
            principal_number: text("principal_number"),
            agent_name: text("agent_name"),
            agent_number: text("agent_number"),
            document: text("document"),
            ends_on: text("ends_on"),
            present: text("present"),
        }
    }
}

#[derive(Serialize)]
struct MandatesPage<'a> {
    typed: &'a Typed,
    /// The number that was looked for.
    number: &'a str,
    found: Option<Vec<MandateView>>,
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    data: &MandatesPage<'_>,
    refused: Option<Sentence>,
) -> Result<Response, WebError> {
    let frame = frame(state, visitor);
    match refused {
        None => render_with(state, &frame, "desk/mandates.html", data, StatusCode::OK),
        Some(sentence) => {
            let frame = frame.with_flash(Tone::Bad, sentence);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render_with(state, &frame, "desk/mandates.html", data, status)
        }
    }
}

async fn show(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    staff(&visitor, Action::PersonServe)?;
    let typed = Typed {
        kind: MandateKind::Family.as_str().to_owned(),
        ..Typed::default()
    };
    let data = MandatesPage {
        typed: &typed,
        number: "",
        found: None,
    };
    page(&state, &visitor, &data, None)
}

async fn record(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let typed = Typed::of(&posted);
    let again = |refused: Sentence| {
        let data = MandatesPage {
            typed: &typed,
            number: "",
            found: None,
        };
        page(&state, &visitor, &data, Some(refused))
    };
    let ends_on = match typed.ends_on.trim() {
        "" => None,
        text => match text.parse() {
            Ok(day) => Some(day),
            Err(_) => return again(Sentence::key("portal-mandate-day-wrong")),
        },
    };
    let input = RecordAtWindow {
        kind: MandateKind::from_word(&typed.kind).ok_or_else(|| WebError::bad_input("kind"))?,
        principal_name: typed.principal_name.clone(),
        principal_number: typed.principal_number.clone(),
        agent_name: typed.agent_name.clone(),
        agent_number: typed.agent_number.clone(),
        document: typed.document.clone(),
        present: !typed.present.is_empty(),
        starts_on: None,
        ends_on,
    };
    let key = OnceKey::of_form(&state.kit, actor, "POST /desk/mandates/record", &(), &posted)?;
    let rules = state.mandates;
    let recorded = once(&state.store, actor, key, input, move |tx, by, input| async move {
        tongban_mandates::record_at_window(&tx, &by, &rules, input)
            .await
            .told()
            .map(drop)
    })
    .await;
    match recorded {
        Ok(()) => Ok(Flash::good(&state.kit, "desk-mandates-recorded").redirect(&path("/desk/mandates"))),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => again(sentence),
            None => Err(error),
        },
    }
}

/// The mandates of one person. The number is posted: it does not belong into addresses and logs.
async fn find(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let number = posted.get("number").unwrap_or_default();
    let typed = Typed {
        kind: MandateKind::Family.as_str().to_owned(),
        ..Typed::default()
    };
    let (by, whose) = (actor.clone(), number.to_owned());
    let found = state
        .store
        .write(actor.signer(), move |tx| {
            let (by, whose) = (by.clone(), whose.clone());
            async move { tongban_mandates::mandates_of(&tx, &by, &whose).await }
        })
        .await
        .told();
    match found {
        Ok(found) => {
            let data = MandatesPage {
                typed: &typed,
                number,
                found: Some(found),
            };
            page(&state, &visitor, &data, None)
        }
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => {
                let data = MandatesPage {
                    typed: &typed,
                    number,
                    found: None,
                };
                page(&state, &visitor, &data, Some(sentence))
            }
            None => Err(error),
        },
    }
}

#[derive(Serialize)]
struct EndPage {
    mandate: MandateView,
    document: String,
}

async fn end_page(
    state: &StaffState,
    visitor: &Visitor,
    mandate: &str,
    document: &str,
    refused: Option<Sentence>,
) -> Result<Response, WebError> {
    let actor = &staff(visitor, Action::PersonServe)?.actor;
    let mandate = tongban_web::parts::id(mandate)?;
    let mandate = tongban_mandates::mandate(&state.store, actor, mandate, Side::Principal)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let data = EndPage {
        mandate,
        document: document.to_owned(),
    };
    let frame = frame(state, visitor);
    match refused {
        None => render_with(state, &frame, "desk/mandate_end.html", &data, StatusCode::OK),
        Some(sentence) => {
            let frame = frame.with_flash(Tone::Bad, sentence);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render_with(state, &frame, "desk/mandate_end.html", &data, status)
        }
    }
}

async fn ask_end(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
) -> Result<Response, WebError> {
    end_page(&state, &visitor, &mandate, "", None).await
}

async fn end(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let document = posted.get("document").unwrap_or_default().to_owned();
    let id = tongban_web::parts::id(&mandate)?;
    let (by, on) = (actor.clone(), document.clone());
    let ended = state
        .store
        .write(actor.signer(), move |tx| {
            let (by, on) = (by.clone(), on.clone());
            async move { tongban_mandates::end_at_window(&tx, &by, id, &on).await }
        })
        .await
        .told();
    match ended {
        Ok(()) => Ok(Flash::good(&state.kit, "desk-mandates-ended").redirect(&path("/desk/mandates"))),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => end_page(&state, &visitor, &mandate, &document, Some(sentence)).await,
            None => Err(error),
        },
    }
}
