//! Verifies by the code that a licence's page carries.

use tongban_codes::civil::beijing_date;
use tongban_crypto::SignedRecord;
use tongban_store::{Store, StoreError};

use super::domain::{Check, Verification, standing};
use crate::{
    Error,
    register::{
        self,
        record::{PURPOSE, Payload},
        row::Model,
    },
};

/// Judges the licence that a code names. A code that nobody gave out is *unknown*. Anybody may ask: the code has 160
/// random bits.
pub async fn verify_code(store: &Store, code: &str) -> Result<Verification, Error> {
    match register::query::by_verify_code(store, code.trim()).await? {
        Some(row) => judge_row(store, &row),
        None => Ok(not_found()),
    }
}

/// The answer where there is no such licence. It tells nothing about why.
pub(super) fn not_found() -> Verification {
    Verification::unknown(vec![Check::new(
        "record",
        false,
        "not_found",
        "the register has no such licence",
    )])
}

/// Judges a licence of the register: its kept record by our own keys, its columns by the record, then how it stands.
pub(super) fn judge_row(store: &Store, row: &Model) -> Result<Verification, Error> {
    let record: SignedRecord = serde_json::from_str(&row.record_text(store)?).map_err(StoreError::from)?;
    let payload = Payload::read(&record).ok_or_else(|| row.corrupt("record"))?;
    let mut checks = vec![Check::new(
        "record",
        true,
        "found",
        "the register has this licence",
    )];
    let signed = record.verify().digest_ok
        && store
            .keys()
            .public_keys(PURPOSE)
            .iter()
            .any(|key| record.signed_by(key));
    checks.push(if signed {
        Check::new(
            "signature",
            true,
            "holds",
            "the kept record is signed by our own key",
        )
    } else {
        Check::new(
            "signature",
            false,
            "fails",
            "the kept record is not signed by our own key",
        )
    });
    let same = record.digest == row.record_digest
        && payload.identifier == row.identifier
        && payload.holder.name == row.holder_name
        && (payload.valid_from, payload.valid_to) == (row.valid_from, row.valid_to);
    if !same {
        checks.push(Check::new(
            "structure",
            false,
            "differs",
            "the register says something else than the record",
        ));
    }
    if !signed || !same {
        return Ok(Verification::altered(checks));
    }
    Ok(standing(
        &payload,
        Some(row.status()?),
        beijing_date(store.now()),
        checks,
    ))
}
