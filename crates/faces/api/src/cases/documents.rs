//! The documents of a case: the list, and each as PDF.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use tongban_web::WebError;

use super::{Opened, view::DocumentAnswer};
use crate::{
    ApiState,
    caller::Caller,
    input::{Listing, Paging, id, page_of},
    print::{self, Pdf},
    told::Told,
};

/// Lists the documents (文书) of a case, in the order in which they were written.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/documents",
    tag = "cases",
    params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Listing<DocumentAnswer>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_documents(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<DocumentAnswer>>, WebError> {
    let Opened { view, .. } = Opened::load(&state, &caller.actor, &case).await?;
    let page = page_of(view.documents, paging);
    Ok(Json(page.map(DocumentAnswer::from).into()))
}

/// A document as PDF: always the same bytes.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/documents/{document}/pdf",
    tag = "cases",
    params(("id" = Uuid, Path), ("document" = Uuid, Path)),
    responses(
        (status = 200, description = "The document", content_type = "application/pdf", body = Pdf),
        (status = 422, description = "`press.missing_glyph`: no font here has some of its `characters`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn read_document(
    State(state): State<ApiState>,
    caller: Caller,
    Path((case, document)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let actor = &caller.actor;
    let document = id(&document)?;
    let Opened { view, .. } = Opened::load(&state, actor, &case).await?;
    let found = tongban_cases::document_of(&state.store, actor, view.id, document)
        .await
        .told()?;
    print::document(&state, actor, &found.ok_or_else(WebError::not_found)?).await
}
