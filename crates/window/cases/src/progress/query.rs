//! From a case to its link, and from the link back to the case.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tongban_store::{Store, Tx};
use uuid::Uuid;

use crate::{
    case::{
        row::{case, find},
        save,
    },
    error::Error,
};

/// The code of a case's link, for subscribers who write to the applicant; `None` for a draft.
pub async fn progress_code_in(tx: &Tx, case: Uuid) -> Result<Option<String>, Error> {
    let sealed = find(tx, case).await?.and_then(|row| row.progress_sealed);
    Ok(sealed
        .map(|sealed| tx.store().unseal("progress", &sealed))
        .transpose()?)
}

/// The case behind a link.
pub async fn case_of_link(store: &Store, code: &str) -> Result<Option<Uuid>, Error> {
    let row = case::Entity::find()
        .filter(case::Column::ProgressHash.eq(store.keys().token_hash(code)))
        .one(store.reader())
        .await?;
    Ok(row.map(|row| row.id))
}

/// The case behind a link, for one who also knows the last four characters of the applicant's number. A code that leads
/// nowhere and a wrong second fact answer alike.
pub async fn applicants_case_of_link(tx: &Tx, code: &str, last_four: &str) -> Result<Option<Uuid>, Error> {
    let row = case::Entity::find()
        .filter(case::Column::ProgressHash.eq(tx.store().keys().token_hash(code)))
        .one(tx.connection())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let number = tx
        .store()
        .unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    let hidden = number.chars().count().saturating_sub(4);
    let known: String = number.chars().skip(hidden).collect();
    let given = last_four.trim().to_ascii_uppercase();
    Ok(tongban_crypto::constant_time_eq(known.as_bytes(), given.as_bytes()).then_some(row.id))
}
