//! Reading a record out of what somebody hands in, and judging it by itself. Pure.

use chrono::NaiveDate;
use tongban_crypto::{SIGNATURE_ALGORITHM, SignedRecord};
use tongban_press::{MAXIMUM_RECORD_BYTES, PressError, extract_record};

use super::domain::{Check, Verification};
use crate::{carriers::page::RECORD_NAME, register::record::Payload};

/// A licence record in which nothing contradicts the rest.
pub(super) struct Found {
    pub record: SignedRecord,
    pub payload: Payload,
    /// Whether a page carried it; otherwise the record itself was handed in.
    pub on_page: bool,
    /// The key under which the signature holds, named by the key itself; `None` where the record has no signature or no
    /// key to judge it by.
    pub key_id: Option<String>,
    pub checks: Vec<Check>,
}

/// What reading comes to.
pub(super) enum Reading {
    Found(Box<Found>),
    /// Nothing more can be found out.
    Done(Verification),
}

/// Whether the file is a ZIP package, as an OFD is.
fn is_packed(bytes: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06"]
        .iter()
        .any(|mark| bytes.starts_with(*mark))
}

/// Reads what was handed in: a PDF that carries a record, or the record itself. An OFD is judged to its end, by the keys that
/// are trusted and on a civil day.
pub(super) fn read(bytes: &[u8], trust: &[String], on: NaiveDate) -> Reading {
    if is_packed(bytes) {
        return Reading::Done(super::ofd::judge(bytes, trust, on));
    }
    match extract_record(bytes, RECORD_NAME) {
        Ok(Some(text)) => read_record(&text, true),
        Ok(None) => {
            let check = Check::new(
                "carrier",
                false,
                "no_record",
                "a PDF that carries no licence record",
            );
            Reading::Done(Verification::unknown(vec![check]))
        }
        // The name of our record stands in the file, and what it names is broken.
        Err(PressError::Pdf(reason)) if reason == tongban_press::DAMAGED_RECORD => {
            let check = Check::new(
                "carrier",
                false,
                "damaged",
                "carries a licence record that is damaged",
            );
            Reading::Done(Verification::altered(vec![check]))
        }
        Err(_) if is_object(bytes) => read_record(bytes, false),
        Err(error) => {
            let check = Check::new("carrier", false, "unreadable", error.to_string());
            Reading::Done(Verification::unknown(vec![check]))
        }
    }
}

fn is_object(bytes: &[u8]) -> bool {
    bytes.len() <= MAXIMUM_RECORD_BYTES && bytes.trim_ascii_start().first() == Some(&b'{')
}

fn read_record(text: &[u8], on_page: bool) -> Reading {
    let mut checks = vec![if on_page {
        Check::new("carrier", true, "pdf", "a PDF that carries a licence record")
    } else {
        Check::new("carrier", true, "record", "the record itself, without a page")
    }];
    let Ok(record) = serde_json::from_slice::<SignedRecord>(text) else {
        checks.push(Check::new(
            "structure",
            false,
            "unreadable",
            "not in the form of a signed record",
        ));
        // Under the name of our record stands something that we never wrote.
        let verification = if on_page {
            Verification::altered(checks)
        } else {
            Verification::unknown(checks)
        };
        return Reading::Done(verification);
    };
    let payload = Payload::read(&record);
    checks.push(if payload.is_some() {
        Check::new("structure", true, "licence", "in the form of a licence record")
    } else {
        Check::new(
            "structure",
            false,
            "not_a_licence",
            "a signed record, but not of a licence",
        )
    });
    let found = record.verify();
    checks.push(if found.digest_ok {
        Check::new("digest", true, "matches", "the digest is that of the text")
    } else {
        Check::new("digest", false, "differs", "the digest is not that of the text")
    });
    let nothing_to_judge_by = if record.signature.is_empty() {
        Some(("unsigned", "the record is not signed"))
    } else if record.alg != SIGNATURE_ALGORITHM {
        Some(("algorithm", "signed in a way that is not known here"))
    } else if found.key_id.is_none() {
        Some(("no_key", "carries no key to judge the signature by"))
    } else {
        None
    };
    checks.push(match nothing_to_judge_by {
        Some((code, detail)) => Check::new("signature", false, code, detail),
        None if found.signature_ok_under_carried_key => Check::new(
            "signature",
            true,
            "holds",
            "the signature holds under the key that the record carries",
        ),
        None => Check::new(
            "signature",
            false,
            "fails",
            "the signature fails under the key that the record carries",
        ),
    });
    let unsigned = nothing_to_judge_by.is_some();
    if !found.digest_ok || !(unsigned || found.signature_ok_under_carried_key) {
        return Reading::Done(Verification::altered(checks));
    }
    match payload {
        Some(payload) => {
            let key_id = found.key_id.filter(|_| !unsigned);
            Reading::Found(Box::new(Found {
                record,
                payload,
                on_page,
                key_id,
                checks,
            }))
        }
        None => Reading::Done(Verification::unknown(checks)),
    }
}
