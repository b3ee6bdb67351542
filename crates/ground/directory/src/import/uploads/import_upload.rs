//! Imports what was uploaded and judged dry: the answer to the question.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{expire_upload::UPLOAD_KEPT_DAYS, query, receive_upload::plan};
use crate::{
    Error,
    import::{RunState, query::NewRun},
};

/// Names the dry run whose file is to be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportUpload {
    pub dry_run: Uuid,
}

/// Plans the run that imports; answers it. A second call answers the same run: an upload is imported once.
///
/// # Errors
/// Denied to who may not import. `import.of_another`: only who has uploaded a file imports it, since what they may import was what the dry
/// run judged. `import.upload_erased`: nobody imported it within its term. `import.not_judged`: the dry run has not ended. `import.nothing_accepted`: it refused every row.
pub async fn import_upload(tx: &Tx, by: &Actor, input: ImportUpload) -> Result<Uuid, Error> {
    permit(by, Action::ImportRun, &Thing::none())?;
    let (dry, upload) = query::of_dry_run(tx, input.dry_run)
        .await?
        .ok_or(Error::NotFound)?;
    if by.account() != Some(upload.received_by) {
        return Err(Error::refused("import.of_another", []));
    }
    if let Some(run) = upload.run {
        return Ok(run);
    }
    if upload.erased_at.is_some() {
        return Err(Error::refused(
            "import.upload_erased",
            [("days", UPLOAD_KEPT_DAYS.to_string())],
        ));
    }
    if RunState::from_word(&dry.state) != RunState::Finished {
        return Err(Error::refused("import.not_judged", []));
    }
    if dry.accepted + dry.warned == 0 {
        return Err(Error::refused("import.nothing_accepted", []));
    }
    let new = NewRun {
        kind: upload.kind.clone(),
        file: upload.file.clone(),
        started_by: by.account(),
        total: usize::try_from(dry.total).unwrap_or(0),
        state: RunState::Waiting,
        dry_run: false,
        upload: Some(upload.id),
        actor: None,
    };
    let run = tx.new_id();
    if !query::mark_imported(tx, upload.id, run).await? {
        // the other one of two clicks was faster by a moment
        return query::run_of(tx, upload.id).await?.ok_or(Error::Conflict);
    }
    plan(tx, by, run, new).await?;
    let entry = AuditEntry::new("import.start")
        .on("import", run)
        .with("list", upload.kind)
        .with("upload", upload.id.to_string())
        .with("publish", upload.publish);
    tx.audit(entry).await?;
    Ok(run)
}
