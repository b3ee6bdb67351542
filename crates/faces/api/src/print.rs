//! Printed pages: the documents of a case, the page of a licence.

use std::sync::Arc;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use tongban_access::Actor;
use tongban_cases::{DocumentPrinting, DocumentView};
use tongban_licences::Printing;
use tongban_web::WebError;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{ApiState, told::Told};

/// A PDF.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes the file; it is answered as bytes")]
pub(crate) struct Pdf(Vec<u8>);

/// The templates among those of the installation.
const NOTICE: &str = "documents/notice.typ";
const LICENCE: &str = "documents/licence.typ";

/// Typst source: built in, or what a locality puts in its place.
fn template(state: &ApiState, name: &str) -> Result<String, WebError> {
    let source = state.kit.pages.template_source(name);
    source.ok_or_else(|| WebError::internal(format!("there is no template {name}")))
}

/// A PDF that nobody on its way keeps. The name is ours, in ASCII.
fn pdf(bytes: impl IntoResponse, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}.pdf\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// Prints a document that the actor has been shown.
pub(crate) async fn document(
    state: &ApiState,
    actor: &Actor,
    document: &DocumentView,
) -> Result<Response, WebError> {
    let printing = DocumentPrinting {
        typesetter: Arc::clone(&state.typesetter),
        template: template(state, NOTICE)?,
        demo: state.kit.settings.demo,
    };
    let printed = tongban_cases::print_document(&state.store, printing, actor, document)
        .await
        .told()?;
    Ok(pdf(printed, document.kind.as_str()))
}

/// The page of a licence that the actor may see.
pub(crate) async fn licence(state: &ApiState, actor: &Actor, licence: Uuid) -> Result<Response, WebError> {
    let source = template(state, LICENCE)?;
    let printing = Printing {
        typesetter: Arc::clone(&state.typesetter),
        template: &source,
        site: &state.public_address,
    };
    let printed = tongban_licences::carrier(&state.store, printing, actor, licence)
        .await
        .told()?;
    Ok(pdf(printed, "licence"))
}
