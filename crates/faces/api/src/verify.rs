//! Is a licence true: by the code of its page, or by its file. Anybody may ask.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{FromRequest, Path, Request, State},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_licences::{Check, PublicFace, Verdict, Verification};
use tongban_web::WebError;
use utoipa::ToSchema;

use crate::{
    ApiState,
    input::{Body, is_media, read_parcel, wrong_media},
    told::Told,
};

/// Largest file that is looked at, in bytes.
pub(crate) const LARGEST_FILE: usize = 16 * 1024 * 1024;

/// A code to look up.
#[derive(Deserialize, ToSchema)]
pub(crate) struct CodeToVerify {
    /// The code that the page of a licence carries, or the whole address in its QR code.
    code: String,
}

/// A file to look into.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the file is read piece by piece")]
pub(crate) struct FileToVerify {
    /// The licence as a PDF or OFD, or its bare record; at most 16 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The verdict with what it rests on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerificationAnswer {
    #[schema(value_type = String, example = "valid", pattern = "^(valid|expired|suspended|revoked|cancelled|replaced|altered|unknown)$")]
    verdict: Verdict,
    checks: Vec<CheckAnswer>,
    /// What anybody may see of a licence that was found true.
    licence: Option<LicenceFace>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckAnswer {
    /// `carrier`, `structure`, `digest`, `signature`, `signer`, `record`, `file`, `status`, `validity`; of an OFD also `coverage`,
    /// `binding`, `seal`, `holder`, `maker`.
    name: String,
    ok: bool,
    /// In English.
    detail: String,
    /// What was found, as one word of this check.
    code: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    args: BTreeMap<String, String>,
}

/// What anybody may see.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LicenceFace {
    name: String,
    issuer: String,
    issued_on: NaiveDate,
    valid_from: NaiveDate,
    /// Null: long-term.
    valid_to: Option<NaiveDate>,
    /// The name of the holder, masked.
    holder: String,
    /// A demonstration: no licence.
    demo: bool,
}

impl From<Check> for CheckAnswer {
    fn from(check: Check) -> Self {
        Self {
            name: check.name.to_owned(),
            ok: check.ok,
            detail: check.detail,
            code: check.code.to_owned(),
            args: check
                .args
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}

impl From<PublicFace> for LicenceFace {
    fn from(face: PublicFace) -> Self {
        Self {
            name: face.licence_name,
            issuer: face.issuer_name,
            issued_on: face.issued_on,
            valid_from: face.valid_from,
            valid_to: face.valid_to,
            holder: face.holder,
            demo: face.demo,
        }
    }
}

impl From<Verification> for VerificationAnswer {
    fn from(found: Verification) -> Self {
        Self {
            verdict: found.verdict,
            checks: found.checks.into_iter().map(CheckAnswer::from).collect(),
            licence: found.face.map(LicenceFace::from),
        }
    }
}

async fn by_code(state: &ApiState, code: &str) -> Result<Json<VerificationAnswer>, WebError> {
    let code = code.trim();
    let code = code.rsplit("/verify/").next().unwrap_or_default();
    Ok(Json(
        tongban_licences::verify_code(&state.store, code)
            .await
            .told()?
            .into(),
    ))
}

/// Verifies the licence that a code names. A code that nobody gave out is answered `unknown`.
#[utoipa::path(
    get,
    path = "/api/v1/verify/{code}",
    tag = "verify",
    params(("code" = String, Path, description = "The code that the page of a licence carries")),
    responses((status = 200, body = VerificationAnswer))
)]
pub(crate) async fn verify_code(
    State(state): State<ApiState>,
    Path(code): Path<String>,
) -> Result<Json<VerificationAnswer>, WebError> {
    by_code(&state, &code).await
}

/// Verifies a licence by its file, or by its code.
#[utoipa::path(
    post,
    path = "/api/v1/verify",
    tag = "verify",
    request_body(content((FileToVerify = "multipart/form-data"), (CodeToVerify = "application/json"))),
    responses((status = 200, body = VerificationAnswer))
)]
pub(crate) async fn verify_upload(
    State(state): State<ApiState>,
    request: Request,
) -> Result<Json<VerificationAnswer>, WebError> {
    if is_media(request.headers(), "application/json") {
        let Body(asked) = Body::<CodeToVerify>::from_request(request, &state).await?;
        return by_code(&state, &asked.code).await;
    }
    if !is_media(request.headers(), "multipart/form-data") {
        return Err(wrong_media());
    }
    let parcel = read_parcel(request, &state, LARGEST_FILE).await?;
    match (parcel.field("code"), &parcel.file) {
        (Some(code), None) => by_code(&state, code).await,
        (_, Some(file)) => {
            let found = tongban_licences::verify_upload(&state.store, file.clone())
                .await
                .told()?;
            Ok(Json(found.into()))
        }
        (None, None) => Err(WebError::bad_input("missing field `file`")),
    }
}
