//! Downloads: documents of a case, the page of a licence, files that the applicant handed in.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tongban_cases::DocumentPrinting;
use tongban_licences::{Printing, carrier as licence_carrier};
use tongban_web::{
    Area, Visitor, WebError,
    download::{self, Shown},
};

use crate::{PortalState, guide, parts::id, told::Told};

/// The name of a document's template among the templates of the installation.
const NOTICE: &str = "documents/notice.typ";
const LICENCE: &str = "documents/licence.typ";

/// Typst source: built in, or what a locality puts in its place.
fn template(state: &PortalState, name: &str) -> Result<String, WebError> {
    state
        .kit
        .pages
        .template_source(name)
        .ok_or_else(|| WebError::internal(format!("there is no template {name}")))
}

#[derive(Serialize)]
struct MissingGlyphPage {
    characters: String,
}

/// The page that names the characters that no font here has. Nothing is printed with a hole in it.
fn missing_glyphs(state: &PortalState, visitor: &Visitor, characters: String) -> Result<Response, WebError> {
    let page = state.kit.pages.render(
        &visitor.page(Area::Portal),
        "portal/missing_glyph.html",
        &MissingGlyphPage { characters },
    )?;
    Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// `/my/cases/{case}/documents/{document}.pdf`
pub(crate) async fn document(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path((case, document)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let (case, name) = (id(&case)?, document.strip_suffix(".pdf").unwrap_or(&document));
    let found = tongban_cases::document_of(&state.store, &session.actor, case, id(name)?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let printing = DocumentPrinting {
        typesetter: Arc::clone(&state.typesetter),
        template: template(&state, NOTICE)?,
        demo: state.kit.settings.demo,
    };
    match tongban_cases::print_document(&state.store, printing, &session.actor, &found).await {
        Ok(pdf) => {
            let name = format!("{} {}.pdf", found.body.title, found.number);
            download::file(pdf, "application/pdf", &name, Shown::Inline)
        }
        Err(tongban_cases::Error::Refused(refusal)) if refusal.code == "press.missing_glyph" => {
            let characters = refusal.args.get("characters").cloned().unwrap_or_default();
            missing_glyphs(&state, &visitor, characters)
        }
        Err(error) => Err(error).told(),
    }
}

/// `/my/licences/{licence}/licence.pdf`
pub(crate) async fn carrier(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(licence): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let licence = id(&licence)?;
    crate::my::looked(&state, &session.actor, licence).await?;
    let source = template(&state, LICENCE)?;
    let printing = Printing {
        typesetter: Arc::clone(&state.typesetter),
        template: &source,
        site: &state.public_address,
    };
    match licence_carrier(&state.store, printing, &session.actor, licence).await {
        Ok(pdf) => download::file(pdf, "application/pdf", "licence.pdf", Shown::Inline),
        Err(tongban_licences::Error::Refused(refusal)) if refusal.code == "licence.character_missing" => {
            missing_glyphs(
                &state,
                &visitor,
                refusal.args.get("characters").cloned().unwrap_or_default(),
            )
        }
        Err(error) => Err(error).told(),
    }
}

/// `/my/cases/{case}/files/{material}`: what the applicant handed in, for the applicant.
pub(crate) async fn case_file(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path((case, material)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let found = tongban_cases::file_of(&state.store, &session.actor, id(&case)?, id(&material)?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let bytes = state.store.blobs().get(&found.blob).await.told()?;
    download::file(bytes, &found.media, &found.file_name, Shown::Kept)
}

/// `/items/{item}/files/{file}`: a blank form or a sample, for everybody; of a draft, for the operators who keep it.
pub(crate) async fn item_file(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path((item, which)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (item, which) = (id(&item)?, id(&which)?);
    let found = match tongban_catalogue::item_file(&state.store, item, which)
        .await
        .told()?
    {
        Some(found) => Some(found),
        None => match guide::draft_for(&state, &visitor, item).await {
            Ok(draft) => tongban_catalogue::file_of_version(&state.store, &draft, which)
                .await
                .told()?,
            // to everybody else a draft does not exist
            Err(error) if error.status().is_client_error() => None,
            Err(error) => return Err(error),
        },
    };
    let (shown, blob) = found.ok_or_else(WebError::not_found)?;
    let bytes = state.store.blobs().get(&blob).await.told()?;
    download::file(bytes, &shown.media, &shown.name, Shown::Kept)
}
