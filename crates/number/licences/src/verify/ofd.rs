//! Judges an OFD by what it carries: parts against the digests that were signed, the signature, the seal. Pure.
//!
//! The form is GB/T 33190 (package) and GB/T 38540 or GM/T 0031 (seal). An OFD is never one of our own licences: we print PDFs. So
//! it is *altered* or *unknown*, unless somebody names the keys that they trust.

use chrono::{DateTime, NaiveDate, Utc};
use tongban_codes::civil::beijing_date;
use tongban_crypto::{
    Sm2Public, constant_time_eq, is_sm2_signature,
    ses::{Certificate, Holds, SealSignature},
    sm3,
};
use tongban_press::ofd::{Cause, Difference, Ofd, OfdError, OfdSignature, read_ofd};

use super::domain::{Check, Verdict, Verification};

/// Parts that are named one by one for each signature.
const MOST_NAMED: usize = 20;

/// Judges an OFD on a civil day. `trust` is that of [`verify_file`](super::by_file::verify_file), and also takes the whole public
/// key of whoever issues certificates.
pub(super) fn judge(bytes: &[u8], trust: &[String], on: NaiveDate) -> Verification {
    match read_ofd(bytes) {
        Ok(ofd) => judge_read(&ofd, trust, on),
        Err(error) => Verification::unknown(vec![unreadable(&error)]),
    }
}

fn unreadable(error: &OfdError) -> Check {
    let (code, part) = match error {
        OfdError::Damaged => ("damaged", None),
        OfdError::NotOfd => ("not_ofd", None),
        OfdError::TooManyParts | OfdError::TooLarge | OfdError::TooManySignatures => ("too_large", None),
        OfdError::Encrypted(part) => ("encrypted", Some(part)),
        OfdError::Escapes(part) => ("escapes", Some(part)),
        OfdError::Twice(part) => ("twice", Some(part)),
        OfdError::Part { part, .. } => ("part_unreadable", Some(part)),
    };
    let check = Check::new("carrier", false, code, error.to_string());
    match part {
        Some(part) => check.with("part", part),
        None => check,
    }
}

fn judge_read(ofd: &Ofd, trust: &[String], on: NaiveDate) -> Verification {
    let count = ofd.signatures.len();
    let mut checks = vec![
        Check::new(
            "carrier",
            true,
            "ofd",
            format!("an OFD; signatures in it: {count}"),
        )
        .with("signatures", count),
    ];
    if count == 0 {
        let detail = "nobody signed the document";
        checks.push(Check::new("signature", false, "unsigned", detail));
        return Verification::unknown(checks);
    }
    let mut altered = false;
    for signature in &ofd.signatures {
        let mut judged = Judged::default();
        judged.parts(signature);
        judged.value(signature, trust, on);
        altered |= judged.altered;
        checks.extend(judged.checks.into_iter().map(|check| {
            if count > 1 {
                check.with("signature", &signature.id)
            } else {
                check
            }
        }));
    }
    coverage(ofd, &mut checks);
    if altered {
        return Verification::altered(checks);
    }
    // Untrusted signers are failed checks too, so nothing is valid that nobody vouches for.
    let failed: Vec<&Check> = checks.iter().filter(|check| !check.ok).collect();
    let verdict = if failed.is_empty() {
        Verdict::Valid
    } else if failed.iter().all(|check| check.code == SEAL_OVER) {
        Verdict::Expired
    } else {
        Verdict::Unknown
    };
    Verification {
        verdict,
        checks,
        face: None,
    }
}

const SEAL_OVER: &str = "seal_over";

/// Which parts no signature covers: they may have been added by anybody.
fn coverage(ofd: &Ofd, checks: &mut Vec<Check>) {
    for part in &ofd.uncovered {
        let detail = format!("{part} is covered by no signature: anybody may have added or changed it");
        checks.push(Check::new("coverage", false, "part_outside", detail).with("part", part));
    }
    more(checks, "coverage", ofd.uncovered_count, ofd.uncovered.len());
    if ofd.uncovered_count == 0 {
        checks.push(Check::new(
            "coverage",
            true,
            "whole",
            "every part is covered by a signature",
        ));
    }
}

/// That there are more of them than were named.
fn more(checks: &mut Vec<Check>, name: &'static str, all: usize, named: usize) {
    if let Some(count) = all.checked_sub(named).filter(|count| *count > 0) {
        checks.push(Check::new(name, false, "more", format!("and {count} more")).with("count", count));
    }
}

/// A part that is not what was signed.
fn differs(name: &'static str, difference: &Difference) -> Check {
    let part = &difference.part;
    let (code, detail) = match (difference.cause, difference.page) {
        (Cause::Changed, Some(page)) => (
            "page_differs",
            format!("page {page} ({part}) is not what was signed"),
        ),
        (Cause::Changed, None) => ("part_differs", format!("{part} is not what was signed")),
        (Cause::Missing, _) => ("part_missing", format!("{part} was signed and is not there")),
        (Cause::Damaged, _) => (
            "part_damaged",
            format!("{part} was signed and cannot be unpacked"),
        ),
    };
    let check = Check::new(name, false, code, detail).with("part", part);
    match difference.page {
        Some(page) => check.with("page", page),
        None => check,
    }
}

/// What one signature comes to.
#[derive(Default)]
struct Judged {
    checks: Vec<Check>,
    altered: bool,
}

impl Judged {
    fn push(&mut self, name: &'static str, ok: bool, code: &'static str, detail: impl Into<String>) {
        self.checks.push(Check::new(name, ok, code, detail));
    }

    /// The parts that the signature covers.
    fn parts(&mut self, signature: &OfdSignature) {
        let name = "digest";
        let method = &signature.check_method;
        for difference in signature.differing.iter().take(MOST_NAMED) {
            self.checks.push(differs(name, difference));
        }
        more(
            &mut self.checks,
            name,
            signature.differing.len(),
            signature.differing.len().min(MOST_NAMED),
        );
        self.altered |= !signature.differing.is_empty();
        let Some(digest) = signature.digest else {
            let detail = format!("the parts were digested by {method}, which is not known here");
            self.checks
                .push(Check::new(name, false, "method", detail).with("method", method));
            return;
        };
        let matching = signature.references - signature.differing.len();
        if signature.references == 0 {
            self.push(name, false, "no_parts", "the signature covers no part at all");
        } else if signature.differing.is_empty() {
            let detail = format!("all {matching} parts are what was signed ({method})");
            self.checks.push(
                Check::new(name, true, "parts_match", detail)
                    .with("count", matching)
                    .with("method", method),
            );
        }
        if digest.is_weak() {
            let detail = format!("{method} can be forged: parts that match may still be others");
            self.checks
                .push(Check::new(name, false, "weak", detail).with("method", method));
        }
    }

    /// The signature itself.
    fn value(&mut self, signature: &OfdSignature, trust: &[String], on: NaiveDate) {
        let Some(value) = &signature.value else {
            self.push(
                "signature",
                false,
                "unsigned",
                "the value of the signature is not there",
            );
            return;
        };
        let sealed = match SealSignature::parse(value) {
            Ok(sealed) => sealed,
            Err(_) if is_sm2_signature(value) => {
                self.push("structure", false, "no_seal", "a bare signature without a seal");
                let detail = "the file carries no certificate to judge the signature by";
                self.push("signature", false, "no_certificate", detail);
                return;
            }
            Err(error) => {
                let detail = format!("the value of the signature is {error}");
                self.push("structure", false, "seal_unreadable", detail);
                let detail = "no certificate can be read to judge the signature by";
                self.push("signature", false, "no_certificate", detail);
                return;
            }
        };
        self.structure(&sealed);
        self.binding(signature, &sealed);
        let holds = sealed.verify();
        self.holds("signature", holds, &sealed.algorithm, sealed.signer.as_ref());
        let maker = sealed.seal.verify();
        self.holds("seal", maker, &sealed.seal.algorithm, sealed.seal.maker.as_ref());
        self.copy(signature, &sealed);
        if let Some(signer) = &sealed.signer {
            let listed = sealed.seal.lists(signer);
            self.push(
                "holder",
                listed,
                if listed { "listed" } else { "not_listed" },
                if listed {
                    "the seal names the signer among those who may use it"
                } else {
                    "the seal does not name the signer among those who may use it"
                },
            );
        }
        self.times(&sealed, on);
        self.trusted("signer", sealed.signer.as_ref(), trust);
        self.trusted("maker", sealed.seal.maker.as_ref(), trust);
    }

    fn structure(&mut self, sealed: &SealSignature) {
        let (form, version) = (sealed.form.as_str(), sealed.version);
        let detail = format!(
            "signed with the seal {} ({form}, version {version})",
            sealed.seal.name
        );
        self.checks.push(
            Check::new("structure", true, "seal", detail)
                .with("form", form)
                .with("version", version)
                .with("seal_form", sealed.seal.form.as_str())
                .with("seal_version", sealed.seal.version)
                .with("seal", &sealed.seal.name),
        );
    }

    /// Whether what was signed is this very list of parts.
    fn binding(&mut self, signature: &OfdSignature, sealed: &SealSignature) {
        // The standard asks for SM3; some makers take the digest that they declare for the parts.
        let same = constant_time_eq(sm3(&signature.list), &sealed.data_hash)
            || signature
                .list_digest()
                .is_some_and(|digest| constant_time_eq(digest, &sealed.data_hash));
        self.altered |= !same;
        let place = &signature.place;
        let check = if same {
            let detail = format!("what was signed is {place}");
            Check::new("binding", true, "same_list", detail)
        } else {
            let detail = format!("{place} is not what was signed");
            Check::new("binding", false, "other_list", detail)
        };
        self.checks.push(check.with("part", place));
    }

    fn holds(&mut self, name: &'static str, holds: Holds, algorithm: &str, by: Option<&Certificate>) {
        self.altered |= holds == Holds::No;
        let whose = by.map_or("", |certificate| certificate.subject.as_str());
        let (ok, code, detail) = match holds {
            Holds::Yes => (
                true,
                "holds",
                format!("holds under the certificate inside, of {whose}"),
            ),
            Holds::No => (
                false,
                "fails",
                format!("fails under the certificate inside, of {whose}"),
            ),
            Holds::UnknownAlgorithm => (
                false,
                "algorithm",
                format!("signed by {algorithm}, which is not known here"),
            ),
            Holds::NoKey => (
                false,
                "no_certificate",
                "no certificate with an SM2 key to judge by".to_owned(),
            ),
        };
        self.checks.push(
            Check::new(name, ok, code, detail)
                .with("algorithm", algorithm)
                .with("name", whose),
        );
    }

    /// The copy of the seal that viewers draw.
    fn copy(&mut self, signature: &OfdSignature, sealed: &SealSignature) {
        if signature
            .seal
            .as_ref()
            .is_some_and(|copy| *copy != sealed.seal_bytes)
        {
            let detail = "the seal that is shown is not the one in the signature";
            self.push("seal", false, "other_copy", detail);
        }
    }

    /// Certificates and seal at the time of signing, and the seal today.
    fn times(&mut self, sealed: &SealSignature, on: NaiveDate) {
        let name = "validity";
        let Some(at) = sealed.signed_at else {
            self.push(name, false, "no_time", "the time of signing cannot be read");
            return;
        };
        let day = beijing_date(at);
        let signer = sealed.signer.as_ref();
        let outside = [
            (
                signer.is_some_and(|certificate| !certificate.covers(at)),
                "certificate_outside",
                "the signer's certificate was not in its period",
            ),
            (
                signer.is_some_and(|certificate| !certificate.may_sign()),
                "certificate_use",
                "the signer's certificate is not for signing",
            ),
            (
                !sealed.seal.covers(at),
                "seal_outside",
                "the seal was not in its period",
            ),
            (
                !maker_in_period(sealed, at),
                "maker_outside",
                "the maker's certificate was not in its period when the seal was made",
            ),
        ];
        let mut fine = true;
        for (wrong, code, detail) in outside {
            if wrong {
                fine = false;
                let detail = format!("{detail}; signed on {day}");
                self.checks
                    .push(Check::new(name, false, code, detail).with("date", day));
            }
        }
        if fine {
            let detail = format!("certificates and seal were in their periods on {day}");
            self.checks
                .push(Check::new(name, true, "at_signing", detail).with("date", day));
        }
        if let Some(last) = sealed.seal.valid_to.map(beijing_date).filter(|last| *last < on) {
            let detail = format!("the seal has ended on {last}");
            self.checks
                .push(Check::new(name, false, SEAL_OVER, detail).with("date", last));
        }
    }

    fn trusted(&mut self, name: &'static str, certificate: Option<&Certificate>, trust: &[String]) {
        let Some(certificate) = certificate else {
            return;
        };
        let whose = &certificate.subject;
        let trusted = trust.iter().any(|key| vouched(certificate, key.trim()));
        let check = if trusted {
            let detail = format!("{whose}, who is trusted");
            Check::new(name, true, "certificate_trusted", detail)
        } else {
            let issuer = &certificate.issuer;
            let detail = format!("{whose} by a certificate of {issuer}, for which nobody here vouches");
            Check::new(name, false, "certificate_untrusted", detail)
        };
        self.checks
            .push(check.with("name", whose).with("issuer", &certificate.issuer));
    }
}

/// The maker's certificate counts when the seal was made (GM/T 0031-2025), or else when it was put.
fn maker_in_period(sealed: &SealSignature, signed_at: DateTime<Utc>) -> bool {
    let at = sealed.seal.created.unwrap_or(signed_at);
    sealed.seal.maker.as_ref().is_none_or(|maker| maker.covers(at))
}

/// Whether a key stands for a certificate: its id, the key itself, or the key of its issuer.
fn vouched(certificate: &Certificate, key: &str) -> bool {
    let own = certificate
        .key
        .as_ref()
        .is_some_and(|own| key.eq_ignore_ascii_case(own.key_id()) || key.eq_ignore_ascii_case(&own.to_hex()));
    own || Sm2Public::from_hex(key).is_ok_and(|issuer| certificate.issued_by(&issuer))
}
