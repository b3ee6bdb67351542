//! Verifies a file with nothing but the keys that one trusts. Pure: no database, no network.

use chrono::NaiveDate;

use super::{
    domain::{Check, Verification, standing},
    read::{Reading, read},
};

/// Judges a file on a civil day. `trust` names the signers that are trusted: key ids (16 hexadecimal digits) or whole
/// public keys (130 digits).
///
/// Without a register two questions stay open, and the checks say so: whether the licence still stands (`status`), and whether
/// the page around the record is the one that was given out (`file`). What the record says is true; what is printed
/// around it may not be.
pub fn verify_file(bytes: &[u8], trust: &[String], on: NaiveDate) -> Verification {
    let found = match read(bytes, trust, on) {
        Reading::Done(verification) => return verification,
        Reading::Found(found) => *found,
    };
    let mut checks = found.checks;
    let Some(key_id) = found.key_id else {
        return Verification::unknown(checks);
    };
    let trusted = trust
        .iter()
        .map(|key| key.trim())
        .any(|key| key.eq_ignore_ascii_case(&key_id) || key.eq_ignore_ascii_case(&found.record.public_key));
    checks.push(signer(trusted, &key_id));
    if !trusted {
        return Verification::unknown(checks);
    }
    if found.on_page {
        let detail =
            "the page was not compared with the one that was given out: believe the record, not the page";
        checks.push(Check::new("file", false, "not_compared", detail));
    }
    standing(&found.payload, None, on, checks)
}

fn signer(trusted: bool, key_id: &str) -> Check {
    let check = if trusted {
        Check::new(
            "signer",
            true,
            "trusted",
            format!("signed by {key_id}, which is trusted"),
        )
    } else {
        Check::new(
            "signer",
            false,
            "untrusted",
            format!("signed by {key_id}, for which nobody here vouches"),
        )
    };
    check.with("key", key_id)
}
