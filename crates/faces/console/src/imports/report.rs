//! One run: how far it is, and what became of each row.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_directory::import::{
    ImportRun, RowFate, RunState, UPLOAD_KEPT_DAYS, Upload, Verdict, import_rows, import_run, upload_of,
};
use tongban_web::{Sentence, Visitor, WebError, pages::Texts};

use crate::{
    StaffState,
    findings::FindingView,
    parts::{Crumb, Pages, Tab, frame, id, page_request, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/imports/{run}", get(show))
        .route("/desk/imports/{run}/progress", get(progress))
}

/// A run of an address.
pub(super) async fn open(state: &StaffState, run: &str) -> Result<ImportRun, WebError> {
    import_run(&state.store, id(run)?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
    page: String,
}

#[derive(Serialize)]
struct ImportPage {
    crumbs: Vec<Crumb>,
    run: ImportRun,
    /// Whether there is something to wait for.
    going: bool,
    words: Sentence,
    upload: Option<UploadView>,
    tabs: Vec<Tab>,
    rows: Vec<FateRow>,
    pages: Pages,
}

/// The file of a run.
#[derive(Serialize)]
struct UploadView {
    #[serde(flatten)]
    upload: Upload,
    kilobytes: i64,
    notes_said: Vec<FindingView>,
    /// Whether the visitor may import it now.
    ready: bool,
    /// The visitor is not who uploaded it.
    of_another: bool,
    /// Days for which a file is kept while nobody imports it.
    kept_days: i64,
}

impl UploadView {
    fn of(upload: Upload, run: &ImportRun, visitor: &Visitor, texts: &Texts) -> Self {
        let of_another = visitor.actor().account() != Some(upload.received_by);
        let judged = run.dry_run && run.state == RunState::Finished;
        Self {
            kilobytes: (upload.size + 1023) / 1024,
            notes_said: upload
                .notes
                .iter()
                .map(|note| FindingView::of(note, texts))
                .collect(),
            ready: judged
                && upload.run.is_none()
                && upload.erased_at.is_none()
                && !of_another
                && importable(run) > 0,
            of_another,
            kept_days: UPLOAD_KEPT_DAYS,
            upload,
        }
    }
}

/// Rows that a dry run has not refused.
pub(super) fn importable(run: &ImportRun) -> i64 {
    run.accepted + run.warned
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

/// Whether a run goes on by itself: planned, and not ended.
fn is_going(run: &ImportRun) -> bool {
    run.upload.is_some() && run.finished_at.is_none()
}

/// How far a run is, in words.
fn words(run: &ImportRun) -> Sentence {
    match run.state {
        RunState::Waiting => Sentence::key("desk-import-waits"),
        RunState::Stopped => Sentence::key("desk-import-goes-on")
            .with("done", run.rows)
            .with("total", run.total),
        RunState::Running | RunState::Finished => Sentence::key("desk-import-done-so-far")
            .with("done", run.rows)
            .with("total", run.total),
    }
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(run): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::ImportRun)?;
    let run = open(&state, &run).await?;
    let texts = state.kit.pages.texts();
    let upload = upload_of(&state.store, &run)
        .await
        .told()?
        .map(|upload| UploadView::of(upload, &run, &visitor, texts));
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
    let data = ImportPage {
        crumbs: vec![
            Crumb::link("/desk/imports", Sentence::key("desk-nav-imports")),
            Crumb::here(Sentence::plain(run.file.clone())),
        ],
        going: is_going(&run)
            && upload
                .as_ref()
                .is_none_or(|upload| upload.upload.erased_at.is_none()),
        words: words(&run),
        upload,
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

/// What the script of the page asks for while a run is going.
#[derive(Serialize)]
struct Progress {
    done: i64,
    total: i64,
    ended: bool,
    words: String,
}

async fn progress(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(run): Path<String>,
) -> Result<Json<Progress>, WebError> {
    staff(&visitor, Action::ImportRun)?;
    let run = open(&state, &run).await?;
    Ok(Json(Progress {
        done: run.rows,
        total: run.total,
        ended: !is_going(&run),
        words: state.kit.pages.texts().say(visitor.locale(), &words(&run)),
    }))
}
