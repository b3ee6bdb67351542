//! The question before a list is imported, on a page of its own that works without scripts.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_access::Action;
use tongban_directory::import::{ImportRun, ImportUpload, Upload, import_upload, upload_of};
use tongban_web::{Flash, Form, Pairs, Visitor, WebError, local_path::see_other};

use super::report::{importable, open};
use crate::{
    StaffState,
    parts::{act, frame, id, path, render, staff},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/imports/{run}/import", get(ask).post(start))
}

#[derive(Serialize)]
struct Question {
    run: ImportRun,
    upload: Upload,
    rows: i64,
}

async fn ask(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(run): Path<String>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::ImportRun)?;
    let run = open(&state, &run).await?;
    let upload = upload_of(&state.store, &run)
        .await
        .told()?
        .filter(|_| run.dry_run)
        .ok_or_else(WebError::not_found)?;
    if upload.erased_at.is_some() {
        // the page of the dry run says so
        return Ok(see_other(&path(&format!("/desk/imports/{}", run.id))).into_response());
    }
    if let Some(imported) = upload.run {
        return Ok(see_other(&path(&format!("/desk/imports/{imported}"))).into_response());
    }
    let data = Question {
        rows: importable(&run),
        run,
        upload,
    };
    render(&state, &frame(&state, &visitor), "desk/import_ask.html", &data)
}

/// Plans the import. The second of two clicks leads to the same run.
async fn start(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(run): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::ImportRun)?.actor;
    let input = ImportUpload { dry_run: id(&run)? };
    let planned = act(&state, actor, input, |tx, by, input| async move {
        import_upload(&tx, &by, input).await
    });
    let address = format!("/desk/imports/{}", planned.await.told()?);
    Ok(Flash::good(&state.kit, "desk-import-started").redirect(&path(&address)))
}
