//! Keeps a list that was uploaded, and plans its dry run.

use tongban_access::{Action, Actor, Denied, Thing, permit};
use tongban_store::{AuditEntry, BlobId, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{ListKind, LookedOver},
    jobs::plan_sweep,
    perform::ImportPlanned,
    query,
};
use crate::{
    Error,
    import::{
        RunState,
        query::{NewRun, insert_run},
    },
};

/// A list that was looked over and lies in the file store.
#[derive(Debug, Clone)]
pub struct ReceiveUpload {
    pub list: ListKind,
    /// The name that the file had.
    pub file: String,
    /// Of a workbook, the sheet; the first one where nothing is said.
    pub sheet: Option<String>,
    pub blob: BlobId,
    pub looked: LookedOver,
    /// Items: publish at once what is imported; the findings are kept as debts.
    pub publish: bool,
}

/// Keeps the upload, plans its dry run and the sweep after its term; answers the run. The same file may be uploaded again: what it says may have become true
/// meanwhile.
///
/// # Errors
/// Denied to who may not import.
pub async fn receive_upload(tx: &Tx, by: &Actor, input: ReceiveUpload) -> Result<Uuid, Error> {
    permit(by, Action::ImportRun, &Thing::none())?;
    let account = by.account().ok_or(Denied::new(by, Action::ImportRun.as_str()))?;
    let upload = query::insert_upload(tx, &input, account).await?;
    let entry = AuditEntry::new("import.upload")
        .on("import_upload", upload)
        .with("list", input.list.kind)
        .with("sm3", input.looked.digest.clone())
        .with("size", input.looked.size)
        .with("rows", input.looked.rows);
    tx.audit(entry).await?;
    let new = NewRun {
        kind: input.list.kind.to_owned(),
        file: input.file,
        started_by: Some(account),
        total: input.looked.rows,
        state: RunState::Waiting,
        dry_run: true,
        upload: Some(upload),
        actor: None,
    };
    let run = tx.new_id();
    plan(tx, by, run, new).await?;
    plan_sweep(tx).await?;
    Ok(run)
}

/// Plans a run for the worker.
pub(super) async fn plan(tx: &Tx, by: &Actor, run: Uuid, new: NewRun) -> Result<(), Error> {
    let kind = new.kind.clone();
    let actor = serde_json::to_string(by).map_err(StoreError::from)?;
    let new = NewRun {
        actor: Some(actor),
        ..new
    };
    insert_run(tx, run, new).await?;
    tx.emit(&ImportPlanned { run, kind }).await?;
    Ok(())
}
