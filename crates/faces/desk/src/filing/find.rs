//! Which matter the person came for.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_cases::CaseLine;
use tongban_catalogue::{ItemRef, applicable, published};
use tongban_search::SearchRequest;
use tongban_web::{Visitor, WebError};

use crate::{
    StaffState,
    parts::{Pages, calendar, frame, page_request, render, staff, today},
    told::Told,
};

/// Hits on the page: at the window one looks for one thing.
const HITS: usize = 12;

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/file", get(find))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    /// The page of the drafts.
    page: String,
}

#[derive(Serialize)]
struct FindPage {
    q: String,
    corrected: Option<String>,
    hits: Vec<HitRow>,
    drafts: Vec<DraftRow>,
    draft_pages: Pages,
}

#[derive(Serialize)]
struct HitRow {
    name: String,
    department: String,
    /// Where to begin; nothing for a matter that is a guide only.
    start_href: Option<String>,
    guide_href: String,
}

#[derive(Serialize)]
struct DraftRow {
    href: String,
    item_name: String,
    applicant: String,
    touched_at: chrono::DateTime<chrono::Utc>,
}

impl From<CaseLine> for DraftRow {
    fn from(line: CaseLine) -> Self {
        Self {
            href: format!("/desk/file/{}/form", line.id),
            item_name: line.item_name,
            applicant: line.applicant,
            touched_at: line.touched_at,
        }
    }
}

async fn find(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseFileAtWindow)?.actor;
    let q: String = asked.q.trim().chars().take(100).collect();
    let (hits, corrected) = if q.is_empty() {
        (Vec::new(), None)
    } else {
        search(&state, actor, &q).await?
    };
    let calendar = calendar(&state.store).await?;
    let drafts = tongban_cases::window_drafts(&state.store, actor, &calendar, page_request(&asked.page))
        .await
        .told()?;
    let data = FindPage {
        q,
        corrected,
        hits,
        draft_pages: Pages::of(&drafts, "/desk/file?page="),
        drafts: drafts.rows.into_iter().map(DraftRow::from).collect(),
    };
    render(&state, &frame(&state, &visitor), "desk/file_find.html", &data)
}

/// Matters of the hall's region, each with the way to begin where there is a form.
async fn search(
    state: &StaffState,
    actor: &Actor,
    q: &str,
) -> Result<(Vec<HitRow>, Option<String>), WebError> {
    let request = SearchRequest {
        query: q.to_owned(),
        region: actor.post().map(|post| post.region.as_str().to_owned()),
        limit: HITS,
        ..SearchRequest::default()
    };
    let answer = state.catalogue.search(&request).told()?;
    let mut rows = Vec::with_capacity(answer.hits.len());
    for hit in answer.hits {
        let version = published(&state.store, ItemRef::Id(hit.id), today(&state.store))
            .await
            .told()?;
        let starts = version.as_ref().is_some_and(applicable);
        rows.push(HitRow {
            start_href: starts.then(|| format!("/desk/file/start/{}", hit.id)),
            guide_href: format!("/items/{}", hit.id),
            name: hit.name,
            department: hit.department,
        });
    }
    Ok((rows, answer.corrected))
}
