//! The HTTP side of the department systems.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use tongban_access::PartyKind;
use tongban_crypto::constant_time_eq;

use super::{
    offers::Offer,
    registers::Registers,
    switches::{Behaviour, Department, Switches},
};

/// Questions are small.
const LARGEST_QUESTION: usize = 16 * 1024;

/// What the exchange posts; the parts that a department of the demo does not need are passed over.
#[derive(Debug, Deserialize)]
struct Question {
    resource: String,
    /// The facts that are asked for: a department answers with these and no others.
    fields: Vec<String>,
    subject_kind: PartyKind,
    number: String,
}

#[derive(Clone)]
struct System {
    department: Department,
    registers: Registers,
    switches: Switches,
    secret: Arc<str>,
}

/// Serves all departments on a listener that is already bound, until the task is aborted.
pub fn serve(
    listener: TcpListener,
    registers: Registers,
    switches: Switches,
    secret: &str,
) -> JoinHandle<std::io::Result<()>> {
    let router = router(&registers, &switches, secret);
    tokio::spawn(async move { axum::serve(listener, router).await })
}

/// The routes of all departments: one `POST` each.
pub fn router(registers: &Registers, switches: &Switches, secret: &str) -> Router {
    let secret: Arc<str> = Arc::from(secret);
    let mut router = Router::new();
    for department in Department::ALL {
        let system = System {
            department,
            registers: registers.clone(),
            switches: switches.clone(),
            secret: Arc::clone(&secret),
        };
        router = router.route(department.path(), post(answer).with_state(system));
    }
    router.layer(DefaultBodyLimit::max(LARGEST_QUESTION))
}

async fn answer(State(system): State<System>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    system.switches.count_question(system.department);
    let behaviour = system.switches.get(system.department);
    if behaviour == Behaviour::Stopped {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Behaviour::Slow(milliseconds) = behaviour {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !token.is_some_and(|token| constant_time_eq(token, &*system.secret)) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(question) = serde_json::from_slice::<Question>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match say(&system, behaviour, &question) {
        Some(said) => Json(said).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The answer to a question; `None` when this department has no such resource about such a subject.
fn say(system: &System, behaviour: Behaviour, question: &Question) -> Option<Value> {
    let offer = Offer::of_code(&question.resource)?;
    if offer.department != system.department || offer.subject != question.subject_kind {
        return None;
    }
    let (number, facts) = if behaviour == Behaviour::WrongPerson {
        let (number, facts) = system.registers.somebody_else(offer, &question.number);
        (number, Some(facts))
    } else {
        (
            question.number.clone(),
            system.registers.facts(offer, &question.number),
        )
    };
    Some(match facts {
        Some(mut facts) => {
            facts.retain(|name, _| question.fields.contains(name));
            json!({ "found": true, "subject": { "number": number }, "facts": facts })
        }
        None => json!({ "found": false }),
    })
}
