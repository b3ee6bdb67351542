//! The front page.

use axum::{Extension, Router, extract::State, routing::get};
use serde::Serialize;
use tongban_catalogue::Count;
use tongban_web::{Area, Page, Visitor, WebError};

use crate::{
    DemoChoice, PortalState,
    frequent::{Frequent, FrequentItems},
    told::Told,
};

/// Tiles of topics and departments.
const TILES: usize = 12;

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/", get(home))
}

#[derive(Serialize)]
struct HomePage {
    frequent: Vec<Frequent>,
    topics: Vec<Tile>,
    departments: Vec<Tile>,
    total: i64,
    demo: Vec<DemoChoice>,
}

#[derive(Serialize)]
struct Tile {
    name: String,
    count: i64,
}

async fn home(
    State(state): State<PortalState>,
    Extension(frequent): Extension<FrequentItems>,
    visitor: Visitor,
) -> Result<Page, WebError> {
    let region = Some(&state.home_region);
    let frequent = frequent.top(&state).await?;
    let departments = tongban_catalogue::department_counts(&state.store, region)
        .await
        .told()?;
    let data = HomePage {
        frequent,
        topics: tiles(
            tongban_catalogue::topic_counts(&state.store, region)
                .await
                .told()?,
        ),
        total: departments.iter().map(|count| count.items).sum(),
        departments: tiles(departments),
        demo: state.demo.as_ref().map(|demo| demo.choices()).unwrap_or_default(),
    };
    state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/home.html", &data)
}

fn tiles(counts: Vec<Count>) -> Vec<Tile> {
    counts
        .into_iter()
        .filter(|count| !count.value.is_empty())
        .take(TILES)
        .map(|count| Tile {
            name: count.value,
            count: count.items,
        })
        .collect()
}
