//! Write a document: number, date, words. In the act that it documents.

use chrono::{Datelike as _, NaiveDate};
use tongban_catalogue::ItemVersion;
use tongban_codes::civil::beijing_date;
pub(crate) use tongban_procedure::words::Particulars;
use tongban_procedure::{DocumentKind, State, words};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use crate::case::row::{self, case, document};

/// The sequence that numbers the documents of a kind, by organisation and year.
pub(crate) fn sequence(case: &case::Model, kind: DocumentKind, today: NaiveDate) -> String {
    format!(
        "document:{}:{}:{}",
        case.organisation,
        kind.as_str(),
        today.year()
    )
}

/// Writes the document and answers its id.
pub(crate) async fn issue(
    tx: &Tx,
    case: &case::Model,
    item: &ItemVersion,
    kind: DocumentKind,
    particulars: &Particulars,
) -> Result<Uuid, StoreError> {
    let serial = tx
        .next_number(&sequence(case, kind, beijing_date(tx.now())))
        .await?;
    issue_as(tx, case, item, kind, particulars, serial).await
}

/// The same with a serial of its [`sequence`] that the act has taken already.
pub(crate) async fn issue_as(
    tx: &Tx,
    case: &case::Model,
    item: &ItemVersion,
    kind: DocumentKind,
    particulars: &Particulars,
    serial: i64,
) -> Result<Uuid, StoreError> {
    let today = beijing_date(tx.now());
    let id = tx.new_id();
    let matter = words::Matter {
        number: case.number.as_deref().unwrap_or_default(),
        name: &case.item_name,
        organ: &case.organisation_name,
        addressee: &case.applicant_name,
        state: State::from_word(&case.state)
            .ok_or_else(|| StoreError::Corrupt(format!("state {} of a case", case.state)))?,
        content: &item.content,
    };
    let body = words::body(&matter, kind, particulars, today);
    let new = document::Model {
        id,
        case_id: case.id,
        kind: kind.as_str().to_owned(),
        number: format!("{}〔{}〕{serial}号", kind.series(), today.year()),
        issued_on: today,
        body: serde_json::to_string(&body)?,
    };
    row::add_document(tx, new).await?;
    Ok(id)
}
