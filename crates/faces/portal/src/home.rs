//! The front page.

use axum::{Router, extract::State, routing::get};
use serde::Serialize;
use tongban_catalogue::{FacetCount, SearchRequest};
use tongban_web::{Area, Page, Visitor, WebError};

use crate::{DemoChoice, PortalState, told::Told};

/// Links below the search box.
const FREQUENT: usize = 8;
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
    total: usize,
    demo: Vec<DemoChoice>,
}

#[derive(Serialize)]
struct Frequent {
    href: String,
    name: String,
}

#[derive(Serialize)]
struct Tile {
    name: String,
    count: usize,
}

async fn home(State(state): State<PortalState>, visitor: Visitor) -> Result<Page, WebError> {
    let overview = state.catalogue.overview(&state.home_region, FREQUENT).await.told()?;
    let everything = SearchRequest { region: Some(state.home_region.as_str().to_owned()), limit: 1, ..SearchRequest::default() };
    let answer = state.catalogue.search(everything).await.told()?;
    let data = HomePage {
        frequent: overview.applicable.into_iter().map(|item| Frequent { href: format!("/items/{}", item.id), name: item.name }).collect(),
        topics: tiles(overview.topics),
        departments: tiles(answer.facets.departments),
        total: answer.total,
        demo: state.demo.as_ref().map(|demo| demo.choices()).unwrap_or_default(),
    };
    state.kit.pages.render(&visitor.page(Area::Portal), "portal/home.html", &data)
}

fn tiles(counts: Vec<FacetCount>) -> Vec<Tile> {
    counts.into_iter().filter(|count| !count.value.is_empty()).take(TILES).map(|count| Tile { name: count.value, count: count.count }).collect()
}
