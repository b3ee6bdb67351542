//! Verifies by identifier and a second fact.

use tongban_codes::LicenceIdentifier;
use tongban_crypto::constant_time_eq;
use tongban_store::Store;

use super::{
    by_code::{judge_row, not_found},
    domain::Verification,
};
use crate::{Error, register};

/// Judges the licence of an identifier, for whoever also knows the last four characters of the holder's number. A
/// miss and a mismatch answer alike; faces limit how often one may ask.
pub async fn verify_identifier(
    store: &Store,
    identifier: &str,
    last_four: &str,
) -> Result<Verification, Error> {
    let Ok(identifier) = LicenceIdentifier::parse(identifier.trim()) else {
        return Ok(not_found());
    };
    let Some(row) = register::query::by_identifier(store, identifier.as_str()).await? else {
        return Ok(not_found());
    };
    let number = row.number(store)?;
    let ending: String = number
        .chars()
        .skip(number.chars().count().saturating_sub(4))
        .collect();
    if !constant_time_eq(ending, last_four.trim().to_uppercase()) {
        return Ok(not_found());
    }
    judge_row(store, &row)
}
