//! Uploads, and their runs.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::Expr,
};
use serde::Serialize;
use tongban_store::{BlobId, Store, StoreError, Tx};
use uuid::Uuid;

use super::{expire_upload::kept_until, receive_upload::ReceiveUpload};
use crate::{
    Error,
    import::{Finding, ImportRun},
    row::{import_run, import_upload},
};

/// A list that was uploaded, as the pages of its runs show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upload {
    pub id: Uuid,
    pub kind: String,
    pub file: String,
    pub sheet: Option<String>,
    /// SM3 of the file, in hexadecimal digits.
    pub digest: String,
    /// Bytes.
    pub size: i64,
    pub publish: bool,
    /// What there is to say about the file itself.
    pub notes: Vec<Finding>,
    pub received_by: Uuid,
    pub received_at: DateTime<Utc>,
    /// The run that judged it dry.
    pub dry_run: Option<Uuid>,
    /// The run that imported it, or will.
    pub run: Option<Uuid>,
    /// From when on its file is erased, if nobody imports it; in the days after its sweep comes.
    pub kept_until: DateTime<Utc>,
    /// When its file was erased.
    pub erased_at: Option<DateTime<Utc>>,
}

/// The upload that a run was planned for; none for a run of the command line.
pub async fn upload_of(store: &Store, run: &ImportRun) -> Result<Option<Upload>, Error> {
    let Some(upload) = run.upload else { return Ok(None) };
    let Some(row) = import_upload::Entity::find_by_id(upload)
        .one(store.reader())
        .await?
    else {
        return Ok(None);
    };
    let dry_run = import_run::Entity::find()
        .filter(import_run::Column::Upload.eq(upload))
        .filter(import_run::Column::DryRun.eq(true))
        .order_by_asc(import_run::Column::Id)
        .one(store.reader())
        .await?;
    Ok(Some(Upload {
        id: row.id,
        kind: row.kind,
        file: row.file,
        sheet: row.sheet,
        digest: row.digest,
        size: row.size,
        publish: row.publish,
        notes: serde_json::from_str(&row.notes).map_err(StoreError::from)?,
        received_by: row.received_by,
        received_at: row.received_at,
        dry_run: dry_run.map(|run| run.id),
        run: row.run,
        kept_until: kept_until(row.received_at),
        erased_at: row.erased_at,
    }))
}

pub(super) async fn insert_upload(tx: &Tx, input: &ReceiveUpload, by: Uuid) -> Result<Uuid, Error> {
    let id = tx.new_id();
    let row = import_upload::ActiveModel {
        id: Set(id),
        kind: Set(input.list.kind.to_owned()),
        file: Set(input.file.clone()),
        sheet: Set(input.sheet.clone()),
        blob: Set(input.blob.as_str().to_owned()),
        digest: Set(input.looked.digest.clone()),
        size: Set(i64::try_from(input.looked.size).unwrap_or(i64::MAX)),
        publish: Set(input.publish),
        notes: Set(serde_json::to_string(&input.looked.notes).map_err(StoreError::from)?),
        received_by: Set(by),
        received_at: Set(tx.now()),
        run: Set(None),
        erased_at: Set(None),
    };
    import_upload::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(id)
}

/// A dry run with its upload.
pub(super) async fn of_dry_run(
    tx: &Tx,
    run: Uuid,
) -> Result<Option<(import_run::Model, import_upload::Model)>, Error> {
    let run = import_run::Entity::find_by_id(run)
        .filter(import_run::Column::DryRun.eq(true))
        .one(tx.connection())
        .await?;
    let Some((run, upload)) = run.and_then(|run| run.upload.map(|upload| (run, upload))) else {
        return Ok(None);
    };
    let upload = import_upload::Entity::find_by_id(upload)
        .one(tx.connection())
        .await?;
    Ok(upload.map(|upload| (run, upload)))
}

/// Notes which run imports an upload; false where one does already.
pub(super) async fn mark_imported(tx: &Tx, upload: Uuid, run: Uuid) -> Result<bool, Error> {
    let marked = import_upload::Entity::update_many()
        .col_expr(import_upload::Column::Run, Expr::value(Some(run)))
        .filter(import_upload::Column::Id.eq(upload))
        .filter(import_upload::Column::Run.is_null())
        .filter(import_upload::Column::ErasedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(marked.rows_affected > 0)
}

/// Uploads from before that nobody has imported and whose file is still there, in the order of their ids behind `after`.
pub(super) async fn expired(
    store: &Store,
    before: DateTime<Utc>,
    after: Uuid,
    most: u64,
) -> Result<Vec<Uuid>, Error> {
    Ok(import_upload::Entity::find()
        .select_only()
        .column(import_upload::Column::Id)
        .filter(import_upload::Column::ReceivedAt.lte(before))
        .filter(import_upload::Column::Run.is_null())
        .filter(import_upload::Column::ErasedAt.is_null())
        .filter(import_upload::Column::Id.gt(after))
        .order_by_asc(import_upload::Column::Id)
        .limit(most)
        .into_tuple()
        .all(store.reader())
        .await?)
}

/// Notes that the file of an upload is let go of; answers its name, or `None` where a run imports it or it is gone already.
pub(super) async fn mark_erased(tx: &Tx, upload: Uuid) -> Result<Option<String>, Error> {
    let marked = import_upload::Entity::update_many()
        .col_expr(import_upload::Column::ErasedAt, Expr::value(Some(tx.now())))
        .filter(import_upload::Column::Id.eq(upload))
        .filter(import_upload::Column::Run.is_null())
        .filter(import_upload::Column::ErasedAt.is_null())
        .exec(tx.connection())
        .await?;
    if marked.rows_affected == 0 {
        return Ok(None);
    }
    let row = import_upload::Entity::find_by_id(upload)
        .one(tx.connection())
        .await?;
    Ok(row.map(|row| row.blob))
}

/// Whether the file of any upload that was not let go of is this one.
pub async fn upload_holds(store: &Store, file: &BlobId) -> Result<bool, Error> {
    let uploads = import_upload::Entity::find()
        .filter(import_upload::Column::Blob.eq(file.as_str()))
        .filter(import_upload::Column::ErasedAt.is_null())
        .count(store.reader())
        .await?;
    Ok(uploads > 0)
}

/// The run that imports an upload.
pub(super) async fn run_of(tx: &Tx, upload: Uuid) -> Result<Option<Uuid>, Error> {
    let upload = import_upload::Entity::find_by_id(upload)
        .one(tx.connection())
        .await?;
    Ok(upload.and_then(|upload| upload.run))
}

/// A planned run that has not ended, with its upload; `None` where the file of the upload is gone.
pub(super) async fn unfinished(
    store: &Store,
    run: Uuid,
) -> Result<Option<(import_run::Model, import_upload::Model)>, Error> {
    let run = import_run::Entity::find_by_id(run)
        .filter(import_run::Column::FinishedAt.is_null())
        .one(store.reader())
        .await?;
    let Some((run, upload)) = run.and_then(|run| run.upload.map(|upload| (run, upload))) else {
        return Ok(None);
    };
    let upload = import_upload::Entity::find_by_id(upload)
        .filter(import_upload::Column::ErasedAt.is_null())
        .one(store.reader())
        .await?;
    Ok(upload.map(|upload| (run, upload)))
}
