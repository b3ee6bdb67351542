//! Files of a case: hand one in, take one off.

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tongban_cases::Attach;
use tongban_web::{OnceKey, WebError, once, upload::FileKind};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Opened;
use crate::{
    ApiState,
    caller::Caller,
    input::{act, id, is_media, read_parcel, wrong_media},
    once::IdempotencyKey,
    told::Told,
};

/// Largest form with a file that is read at all, in bytes; what a material takes may be less.
pub(crate) const LARGEST_FILE: usize = 32 * 1024 * 1024;

/// A file for one material.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the file is read piece by piece")]
pub(crate) struct MaterialFile {
    /// The code of the material in the matter.
    material: String,
    /// JPG, PNG or PDF, as its first bytes say.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The file that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachedFile {
    /// Names it in the case.
    id: Uuid,
    /// The new version of the case.
    version: i32,
}

/// Hands in a file for a material of a draft or of a supplement.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/materials",
    tag = "cases",
    params(("id" = Uuid, Path), IdempotencyKey),
    request_body(content = MaterialFile, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachedFile)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn attach_material(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let actor = caller.filler()?;
    let Opened { view, item, .. } = Opened::load(&state, actor, &case).await?;
    if !is_media(request.headers(), "multipart/form-data") {
        return Err(wrong_media());
    }
    let headers = request.headers().clone();
    let parcel = read_parcel(request, &state, LARGEST_FILE).await?;
    let material = parcel.field("material").unwrap_or_default().to_owned();
    let bytes = parcel
        .file
        .ok_or_else(|| WebError::bad_input("missing field `file`"))?;
    let media = FileKind::sniff(&bytes).map_or("application/octet-stream", FileKind::media_type);
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    tongban_cases::takes(&item, &material, media, size).told()?;
    let blob = state.store.blobs().put(&bytes).await.told()?;
    let thing = view.id.to_string();
    // the file by its digest
    let sent = (&material, &parcel.name, blob.as_str());
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST materials", &thing, &sent)?;
    let input = Attach {
        case: view.id,
        item,
        material,
        blob,
        file_name: parcel.name,
        media: media.to_owned(),
        size,
    };
    let id = once(&state.store, actor, key, input, |tx, by, input| async move {
        tongban_cases::attach(&tx, &by, input).await.told()
    })
    .await?;
    // an equal file of a draft that was thrown away may have been erased between the two steps: then it comes back
    state.store.blobs().put(&bytes).await.told()?;
    let version = super::standing(&state, actor, view.id).await?.version;
    Ok((StatusCode::CREATED, Json(AttachedFile { id, version })).into_response())
}

/// Takes a file off a draft or a supplement.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/materials/{material}",
    tag = "cases",
    params(("id" = Uuid, Path), ("material" = Uuid, Path, description = "The id that handing in answered")),
    responses((status = 204, description = "The file is off")),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn detach_material(
    State(state): State<ApiState>,
    caller: Caller,
    Path((case, material)): Path<(String, String)>,
) -> Result<StatusCode, WebError> {
    let actor = caller.filler()?;
    let input = (id(&case)?, id(&material)?);
    act(&state, actor, input, |tx, by, (case, material)| async move {
        tongban_cases::detach(&tx, &by, case, material).await
    })
    .await
    .told()?;
    Ok(StatusCode::NO_CONTENT)
}
