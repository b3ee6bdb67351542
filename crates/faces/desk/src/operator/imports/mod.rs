//! Imports, and what became of each of their rows.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_directory::import::{ImportRun, RowFate, Verdict, import_rows, import_run, import_runs};
use tongban_web::{Sentence, Visitor, WebError, pages::Texts};

use super::FindingView;
use crate::{
    DeskState,
    parts::{Crumb, Pages, Tab, frame, id, page_request, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<DeskState> {
    Router::new()
        .route("/desk/imports", get(list))
        .route("/desk/imports/{run}", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
    page: String,
}

#[derive(Serialize)]
struct ImportsPage {
    runs: Vec<ImportRun>,
    pages: Pages,
}

async fn list(
    State(state): State<DeskState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::ImportRun)?;
    let found = import_runs(&state.store, page_request(&asked.page))
        .await
        .told()?;
    let data = ImportsPage {
        pages: Pages::of(&found, "/desk/imports?page="),
        runs: found.rows,
    };
    render(&state, &frame(&state, &visitor), "desk/imports.html", &data)
}

#[derive(Serialize)]
struct ImportPage {
    crumbs: Vec<Crumb>,
    run: ImportRun,
    tabs: Vec<Tab>,
    rows: Vec<FateRow>,
    pages: Pages,
}

#[derive(Serialize)]
struct FateRow {
    line: u64,
    key: String,
    verdict: &'static str,
    changed: bool,
    findings: Vec<FindingView>,
}

impl FateRow {
    fn of(fate: &RowFate, texts: &Texts) -> Self {
        Self {
            line: fate.line,
            key: fate.key.clone(),
            verdict: fate.verdict().as_str(),
            changed: fate.changed(),
            findings: fate
                .findings()
                .iter()
                .map(|finding| FindingView::of(finding, texts))
                .collect(),
        }
    }
}

async fn show(
    State(state): State<DeskState>,
    visitor: Visitor,
    Path(run): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::ImportRun)?;
    let run = import_run(&state.store, id(&run)?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    // what an operator comes for is what went wrong
    let usual = if run.refused > 0 { "refused" } else { "all" };
    let shown = if asked.show.is_empty() {
        usual
    } else {
        asked.show.as_str()
    };
    let verdict = Verdict::from_word(shown);
    let found = import_rows(&state.store, run.id, verdict, page_request(&asked.page))
        .await
        .told()?;
    let address = |word: &str| format!("/desk/imports/{}?show={word}", run.id);
    let tab = |(word, count): (&str, i64)| Tab {
        href: address(word),
        label: Sentence::key(format!("desk-rows-{word}")),
        count: u64::try_from(count).ok(),
        current: verdict.map_or("all", Verdict::as_str) == word,
    };
    let counts = [
        ("all", run.rows),
        ("refused", run.refused),
        ("warned", run.warned),
        ("accepted", run.accepted),
    ];
    let texts = state.kit.pages.texts();
    let data = ImportPage {
        crumbs: vec![
            Crumb::link("/desk/imports", Sentence::key("desk-nav-imports")),
            Crumb::here(Sentence::plain(run.file.clone())),
        ],
        tabs: counts.into_iter().map(tab).collect(),
        pages: Pages::of(
            &found,
            format!("{}&page=", address(verdict.map_or("all", Verdict::as_str))),
        ),
        rows: found.rows.iter().map(|fate| FateRow::of(fate, texts)).collect(),
        run,
    };
    render(&state, &frame(&state, &visitor), "desk/import.html", &data)
}
