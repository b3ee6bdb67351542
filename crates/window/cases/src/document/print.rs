//! A document as PDF: the same bytes for everybody and on every day.

use std::sync::Arc;

use chrono::Datelike as _;
use serde_json::json;
use tongban_access::Actor;
use tongban_codes::civil::day_start;
use tongban_licences::report_missing_characters;
use tongban_press::{Page, PressError, Typesetter};
use tongban_store::{Store, StoreError};

use crate::{
    case::view::DocumentView,
    error::{Error, refused_with},
};

/// What printing needs from the installation.
#[derive(Clone)]
pub struct DocumentPrinting {
    pub typesetter: Arc<dyn Typesetter>,
    /// Typst source: `templates/documents/notice.typ`, or what a locality puts in its place.
    pub template: String,
    /// Whether everything here is invented: says so on the page.
    pub demo: bool,
}

/// Prints a document that the actor has been shown ([`crate::document_of`]).
///
/// Refuses `press.missing_glyph` with the `characters` that no font has: nothing is printed with a hole in it, and a task for
/// staff waits until a font has them.
pub async fn print_document(
    store: &Store,
    printing: DocumentPrinting,
    actor: &Actor,
    document: &DocumentView,
) -> Result<Vec<u8>, Error> {
    let body = &document.body;
    let day = document.issued_on;
    let page = Page {
        template: printing.template,
        data: json!({
            "organ": body.organ,
            "title": body.title,
            "number": document.number,
            "addressee": body.addressee,
            "paragraphs": body.paragraphs,
            "remedies": body.remedies,
            "date": format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            "demo": body.invented || printing.demo,
        }),
        record: None,
        // the day of the document, not of the download: equal documents are equal bytes
        at: day_start(day),
    };
    let typesetter = printing.typesetter;
    // printing takes a while; other requests must not wait for it
    let printed = tokio::task::spawn_blocking(move || typesetter.pdf(&page))
        .await
        .map_err(|_| StoreError::Unavailable("the typesetter broke off"))?;
    match printed {
        Ok(pdf) => Ok(pdf),
        Err(PressError::MissingGlyph { characters }) => {
            let named = format!("{} {}", body.title, document.number);
            let all: String = characters.iter().collect();
            report_missing_characters(store, actor.signer(), &named, &all).await?;
            let apart: Vec<String> = characters.into_iter().map(String::from).collect();
            Err(refused_with(
                "press.missing_glyph",
                &[("characters", &apart.join(" "))],
            ))
        }
        Err(error) => Err(error.into()),
    }
}
