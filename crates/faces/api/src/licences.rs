//! What the signed-in person or firm holds.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use chrono::NaiveDate;
use serde::Serialize;
use tongban_licences::{HeldLicence, LicenceStatus};
use tongban_web::WebError;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    caller::Caller,
    input::{Listing, Paging, act, id, page_of, today},
    print::{self, Pdf},
    told::Told,
};

/// One licence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LicenceLine {
    id: Uuid,
    /// 21 characters.
    type_code: String,
    name: String,
    /// GB/T 36904.
    identifier: String,
    #[schema(value_type = String, example = "valid", pattern = "^(valid|suspended|revoked|replaced|cancelled)$")]
    status: LicenceStatus,
    /// Whether it may be used today.
    valid: bool,
    holder: String,
    issuer: String,
    issued_on: NaiveDate,
    valid_from: NaiveDate,
    /// Null: long-term.
    valid_to: Option<NaiveDate>,
    /// The case that it came from.
    case_number: Option<String>,
}

impl LicenceLine {
    fn of(held: HeldLicence, on: NaiveDate) -> Self {
        Self {
            valid: held.is_valid_on(on),
            id: held.id,
            type_code: held.type_code,
            name: held.name,
            identifier: held.identifier,
            status: held.status,
            holder: held.holder_name,
            issuer: held.issuer_name,
            issued_on: held.issued_on,
            valid_from: held.valid_from,
            valid_to: held.valid_to,
            case_number: held.case_number,
        }
    }
}

/// Lists the licences that one holds, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/licences",
    tag = "licences",
    params(Paging),
    responses((status = 200, body = Listing<LicenceLine>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_licences(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<LicenceLine>>, WebError> {
    let held = tongban_licences::my_licences(&state.store, caller.party()?)
        .await
        .told()?;
    let day = today(&state.store);
    let page = page_of(held, paging);
    Ok(Json(page.map(|held| LicenceLine::of(held, day)).into()))
}

/// The page of a licence as PDF, for its holder: printed once, and the same for ever.
#[utoipa::path(
    get,
    path = "/api/v1/licences/{id}/pdf",
    tag = "licences",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The page of the licence, with its record in it", content_type = "application/pdf", body = Pdf),
        (status = 422, description = "`licence.character_missing`: no font here has some of its `characters`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn read_licence(
    State(state): State<ApiState>,
    caller: Caller,
    Path(licence): Path<String>,
) -> Result<Response, WebError> {
    let (actor, licence) = (caller.party()?, id(&licence)?);
    if actor.agency().is_some() {
        act(&state, actor, licence, |tx, by, licence| async move {
            tongban_licences::record_licence_view(&tx, &by, licence).await
        })
        .await
        .told()?;
    }
    print::licence(&state, actor, licence).await
}
