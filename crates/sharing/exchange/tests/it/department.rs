//! A department's system that behaves as its path says.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify};

use crate::world::SECRET;

/// What the department remembers and how a test steers it.
#[derive(Default)]
pub struct Memory {
    pub questions: Mutex<Vec<Value>>,
    /// A question has come to `/held`.
    pub arrived: Notify,
    /// The answer of `/held` may leave.
    pub release: Notify,
}

pub struct Department {
    pub base: String,
    pub memory: Arc<Memory>,
}

/// Another number than the one asked about.
pub const ANOTHER: &str = "519900198001010013";

pub async fn start() -> Department {
    let memory = Arc::new(Memory::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/{behaviour}", post(answer))
        .with_state(Arc::clone(&memory));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Department { base, memory }
}

/// The answer of a register in order.
pub fn good(number: &str) -> Value {
    json!({
        "found": true,
        "subject": { "number": number },
        "facts": { "name": "示范甲", "address": "示范路一号", "debts": "not in the directory" },
    })
}

async fn answer(
    State(memory): State<Arc<Memory>>,
    Path(behaviour): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|value| value != &format!("Bearer {SECRET}"))
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let question: Value = serde_json::from_slice(&body).unwrap();
    let number = question["number"].as_str().unwrap().to_owned();
    memory.questions.lock().unwrap().push(question);
    match behaviour.as_str() {
        "good" => Json(good(&number)).into_response(),
        "unknown" => Json(json!({ "found": false })).into_response(),
        "wrong" => Json(good(ANOTHER)).into_response(),
        "silent" => std::future::pending().await,
        "held" => {
            memory.arrived.notify_one();
            memory.release.notified().await;
            Json(good(&number)).into_response()
        }
        "stalling" => {
            let first =
                futures::stream::once(async { Ok::<_, std::convert::Infallible>(Bytes::from_static(b"{")) });
            let rest = futures::stream::pending();
            Response::new(Body::from_stream(futures::StreamExt::chain(first, rest)))
        }
        "garbage" => "<html>maintenance</html>".into_response(),
        "error" => (StatusCode::INTERNAL_SERVER_ERROR, Json(good(&number))).into_response(),
        "forbidden" => StatusCode::FORBIDDEN.into_response(),
        "elsewhere" => Redirect::temporary("/good").into_response(),
        "large" => "x".repeat(64 * 1024 + 1).into_response(),
        "endless" => {
            let chunk = Bytes::from(vec![b' '; 8 * 1024]);
            let chunks =
                futures::stream::repeat_with(move || Ok::<_, std::convert::Infallible>(chunk.clone()));
            Response::new(Body::from_stream(chunks))
        }
        other => panic!("no behaviour {other}"),
    }
}
