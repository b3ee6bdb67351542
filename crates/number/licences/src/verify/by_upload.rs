//! Verifies a file that somebody hands in against the register.

use bytes::Bytes;
use tongban_codes::{LicenceIdentifier, civil::beijing_date};
use tongban_crypto::{constant_time_eq, sm3_hex};
use tongban_store::{Store, StoreError};

use super::{
    domain::{Check, Verification, standing},
    read::{Found, Reading, read},
};
use crate::{
    Error, carriers,
    register::{self, record::PURPOSE, row::Model},
};

/// Judges a file: its record by itself, by the register, and the page by the one that was kept. Anybody may ask.
pub async fn verify_upload(store: &Store, bytes: Bytes) -> Result<Verification, Error> {
    let content = bytes.clone();
    let today = beijing_date(store.now());
    // A hostile file may take a while to read; other requests must not wait for it.
    let reading = tokio::task::spawn_blocking(move || read(&content, &[], today))
        .await
        .map_err(|_| StoreError::Unavailable("a file could not be read to its end"))?;
    let mut found = match reading {
        Reading::Done(verification) => return Ok(verification),
        Reading::Found(found) => *found,
    };
    let row = match LicenceIdentifier::parse(&found.payload.identifier) {
        Ok(identifier) => register::query::by_identifier(store, identifier.as_str()).await?,
        Err(_) => None,
    };
    let ours = found.key_id.is_some()
        && store
            .keys()
            .public_keys(PURPOSE)
            .iter()
            .any(|key| found.record.signed_by(key));
    if let Some(key_id) = &found.key_id {
        found.checks.push(signer(ours, key_id));
    }
    let Some(row) = row else {
        found.checks.push(Check::new(
            "record",
            false,
            "not_found",
            "the register has no such licence",
        ));
        return Ok(Verification::unknown(found.checks));
    };
    // Our identifier with another's signature or none, or with another text: somebody made it out of one of our licences.
    if !ours || !constant_time_eq(&found.record.digest, &row.record_digest) {
        found.checks.push(Check::new(
            "record",
            false,
            "differs",
            "the register has another record of this licence",
        ));
        return Ok(Verification::altered(found.checks));
    }
    found.checks.push(Check::new(
        "record",
        true,
        "found",
        "the register has this licence with this text",
    ));
    if found.on_page && !page_is_kept(store, &mut found, &row, &bytes).await? {
        return Ok(Verification::altered(found.checks));
    }
    Ok(standing(&found.payload, Some(row.status()?), today, found.checks))
}

/// Whether the page is the one that was given out, byte by byte.
async fn page_is_kept(store: &Store, found: &mut Found, row: &Model, bytes: &Bytes) -> Result<bool, Error> {
    let sm3 = sm3_hex(bytes);
    let kept = carriers::query::pdf_of(store.reader(), row.id).await?;
    let same = kept.is_some_and(|kept| constant_time_eq(&kept.sm3, &sm3));
    found.checks.push(if same {
        Check::new("file", true, "kept", "the page is the one that was given out")
    } else {
        Check::new(
            "file",
            false,
            "differs",
            "the page is not the one that was given out",
        )
    });
    Ok(same)
}

fn signer(ours: bool, key_id: &str) -> Check {
    let check = if ours {
        Check::new(
            "signer",
            true,
            "ours",
            format!("signed by {key_id}, which is our own"),
        )
    } else {
        Check::new(
            "signer",
            false,
            "not_ours",
            format!("signed by {key_id}, which is not our own"),
        )
    };
    check.with("key", key_id)
}
