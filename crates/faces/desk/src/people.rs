//! 账号与核验: what a clerk does for the account of a person, document in hand.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_identity::{CodeFor, RecogniseAtWindow, ServeAtWindow, ServedAtWindow};
use tongban_store::Signer;
use tongban_web::{Flash, Form, Sentence, Visitor, WebError, flash::Tone};

use crate::{
    StaffState,
    parts::{frame, path, refusal, render_with, staff},
    told::Told,
};

/// How often, and how long apart, the demo looks for its simulated message before the page is shown.
const LOOKS: usize = 15;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(crate) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/people", get(show))
        .route("/desk/people/recognise", post(recognise))
        .route("/desk/people/code", post(send_code))
        .route("/desk/people/serve", post(serve))
}

/// What was typed, in either form.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct Typed {
    name: String,
    number: String,
    phone: String,
    code: String,
    present: String,
}

#[derive(Serialize)]
struct PeoplePage<'a> {
    /// What is typed into the first form, and into the second.
    recognise: &'a Typed,
    serve: &'a Typed,
    /// A code is on its way to the phone of the second form.
    sent: bool,
    /// The simulated message, in the demo.
    message: Option<String>,
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    recognise: &Typed,
    serve: &Typed,
    sent: bool,
    refused: Option<Sentence>,
) -> Result<Response, WebError> {
    let message = match (&state.demo_messages, sent) {
        (Some(messages), true) => messages.latest(&serve.phone),
        _ => None,
    };
    let data = PeoplePage {
        recognise,
        serve,
        sent,
        message,
    };
    let frame = frame(state, visitor);
    match refused {
        None => render_with(state, &frame, "desk/people.html", &data, StatusCode::OK),
        Some(sentence) => {
            let frame = frame.with_flash(Tone::Bad, sentence);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render_with(state, &frame, "desk/people.html", &data, status)
        }
    }
}

async fn show(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    staff(&visitor, Action::PersonServe)?;
    let nothing = Typed::default();
    page(&state, &visitor, &nothing, &nothing, false, None)
}

/// Level 3 for the session whose code the person reads out.
async fn recognise(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let input = RecogniseAtWindow {
        name: typed.name.clone(),
        number: typed.number.clone(),
        code: typed.code.clone(),
        present: !typed.present.is_empty(),
    };
    let done = tongban_identity::recognise_at_window(&state.store, actor, input);
    match done.await.told() {
        Ok(()) => Ok(Flash::good(&state.kit, "desk-people-recognised").redirect(&path("/desk/people"))),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => page(&state, &visitor, &typed, &Typed::default(), false, Some(sentence)),
            None => Err(error),
        },
    }
}

/// Sends a code to the phone in the person's hand.
async fn send_code(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let clerk = actor.account().ok_or_else(WebError::forbidden)?;
    let look = || {
        let messages = state.demo_messages.as_ref()?;
        messages.latest(&typed.phone)
    };
    let before = look();
    let phone = typed.phone.clone();
    let sent = state
        .store
        .write(Signer::nobody(), move |tx| {
            let phone = phone.clone();
            async move { tongban_identity::request_phone_code(&tx, &phone, CodeFor::Window(clerk)).await }
        })
        .await
        .told();
    if let Err(error) = sent {
        return match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => {
                // asked once more too soon: the code that is on its way is still good
                let sent = error.code() == "identity.code_too_soon";
                page(&state, &visitor, &Typed::default(), &typed, sent, Some(sentence))
            }
            None => Err(error),
        };
    }
    if state.demo_messages.is_some() {
        for _look in 0..LOOKS {
            if look() != before {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
    page(&state, &visitor, &Typed::default(), &typed, true, None)
}

/// Opens the account of the person, checks it, or gives it back.
async fn serve(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::PersonServe)?.actor;
    let input = ServeAtWindow {
        name: typed.name.clone(),
        number: typed.number.clone(),
        phone: typed.phone.clone(),
        code: typed.code.clone(),
        present: !typed.present.is_empty(),
    };
    let served = tongban_identity::serve_at_window(&state.store, actor, input).await;
    match served.told() {
        Ok(served) => {
            let key = match served {
                ServedAtWindow::Opened => "desk-people-opened",
                ServedAtWindow::Checked => "desk-people-checked",
                ServedAtWindow::Moved => "desk-people-moved",
            };
            Ok(Flash::good(&state.kit, key).redirect(&path("/desk/people")))
        }
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => page(&state, &visitor, &Typed::default(), &typed, true, Some(sentence)),
            None => Err(error),
        },
    }
}
