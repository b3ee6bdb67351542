//! The face check of the demo: nobody looks at anybody. A page says so and asks how it should end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use axum::{
    Router,
    extract::{FromRef, Path, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use serde::Serialize;
use tongban_identity::{FaceOutcome, FaceProvider, FaceStarted, FaceSubject, FaceTrouble};
use tongban_store::Store;
use tongban_web::{Area, Form, Kit, Page, Pairs, Visitor, WebError};

/// Most checks that are remembered: the demo runs for a day, not for a year.
const MOST: usize = 10_000;

/// What is known of one check.
#[derive(Clone)]
struct Check {
    back: String,
    outcome: FaceOutcome,
}

/// Plays a provider.
#[derive(Clone)]
pub struct PlayedFaces {
    store: Store,
    checks: Arc<Mutex<HashMap<String, Check>>>,
}

impl PlayedFaces {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            checks: Arc::default(),
        }
    }

    fn find(&self, reference: &str) -> Option<Check> {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.get(reference).cloned()
    }

    /// The pages of the provider.
    pub fn router(self, kit: Kit) -> Router {
        Router::new()
            .route("/demo/face-check/{reference}", get(show).post(end))
            .with_state(Pages { faces: self, kit })
    }
}

#[async_trait]
impl FaceProvider for PlayedFaces {
    fn is_simulated(&self) -> bool {
        true
    }

    async fn begin(&self, _who: FaceSubject, back: &str) -> Result<FaceStarted, FaceTrouble> {
        let reference = self.store.random_code();
        // the same site, whatever name it is reached by
        let back = back.find("/my/").map_or("/", |place| &back[place..]).to_owned();
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        if checks.len() >= MOST {
            checks.clear();
        }
        checks.insert(
            reference.clone(),
            Check {
                back,
                outcome: FaceOutcome::Pending,
            },
        );
        Ok(FaceStarted {
            address: format!("/demo/face-check/{reference}"),
            reference,
        })
    }

    async fn outcome(&self, reference: &str) -> Result<FaceOutcome, FaceTrouble> {
        self.find(reference)
            .map(|check| check.outcome)
            .ok_or_else(|| FaceTrouble("no such check".to_owned()))
    }
}

#[derive(Clone)]
struct Pages {
    faces: PlayedFaces,
    kit: Kit,
}

impl FromRef<Pages> for Kit {
    fn from_ref(pages: &Pages) -> Self {
        pages.kit.clone()
    }
}

#[derive(Serialize)]
struct FacePage {
    action: String,
}

async fn show(
    State(pages): State<Pages>,
    visitor: Visitor,
    Path(reference): Path<String>,
) -> Result<Page, WebError> {
    pages.faces.find(&reference).ok_or_else(WebError::not_found)?;
    let data = FacePage {
        action: format!("/demo/face-check/{reference}"),
    };
    pages
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/demo_face.html", &data)
}

async fn end(
    State(pages): State<Pages>,
    Path(reference): Path<String>,
    _visitor: Visitor,
    Form(form): Form<Pairs>,
) -> Result<Response, WebError> {
    let outcome = if form.get("outcome") == Some("passed") {
        FaceOutcome::Passed
    } else {
        FaceOutcome::Failed
    };
    let mut checks = pages.faces.checks.lock().unwrap_or_else(PoisonError::into_inner);
    let check = checks.get_mut(&reference).ok_or_else(WebError::not_found)?;
    check.outcome = outcome;
    Ok(Redirect::to(&check.back).into_response())
}
