//! Verdicts, checks, and what anybody may see. Pure.

use std::{collections::BTreeMap, fmt};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    LicenceStatus,
    register::{
        domain::{in_period, mask_name},
        record::Payload,
    },
};

/// The word that sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// True, and in force today.
    Valid,
    /// True, and its last day is over.
    Expired,
    /// True, and not in force for now: suspended by its issuer, or its first day is still to come (the checks say which).
    Suspended,
    Revoked,
    Cancelled,
    /// True, and a later edition stands in its place.
    Replaced,
    /// Changed since it was issued: a digest differs, a signature fails, or the page is not the one that was given out.
    Altered,
    /// Nothing to judge by: no record, no signature, a signer that nobody here vouches for, or not ours.
    Unknown,
}

impl Verdict {
    pub const ALL: [Self; 8] = [
        Self::Valid,
        Self::Expired,
        Self::Suspended,
        Self::Revoked,
        Self::Cancelled,
        Self::Replaced,
        Self::Altered,
        Self::Unknown,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
            Self::Altered => "altered",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Each check with the words of what may be found. Pages have a sentence for each.
pub const CHECK_WORDS: [(&str, &[&str]); 14] = [
    (
        "carrier",
        &[
            "pdf",
            "record",
            "ofd",
            "no_record",
            "damaged",
            "unreadable",
            "not_ofd",
            "too_large",
            "encrypted",
            "escapes",
            "twice",
            "part_unreadable",
        ],
    ),
    (
        "structure",
        &[
            "licence",
            "not_a_licence",
            "unreadable",
            "differs",
            "seal",
            "no_seal",
            "seal_unreadable",
        ],
    ),
    (
        "digest",
        &[
            "matches",
            "differs",
            "parts_match",
            "page_differs",
            "part_differs",
            "part_missing",
            "part_damaged",
            "more",
            "no_parts",
            "method",
            "weak",
        ],
    ),
    ("coverage", &["whole", "part_outside", "more"]),
    ("binding", &["same_list", "other_list"]),
    (
        "signature",
        &[
            "holds",
            "fails",
            "unsigned",
            "algorithm",
            "no_key",
            "no_certificate",
        ],
    ),
    (
        "seal",
        &["holds", "fails", "algorithm", "no_certificate", "other_copy"],
    ),
    ("holder", &["listed", "not_listed"]),
    (
        "signer",
        &[
            "ours",
            "not_ours",
            "trusted",
            "untrusted",
            "certificate_trusted",
            "certificate_untrusted",
        ],
    ),
    ("maker", &["certificate_trusted", "certificate_untrusted"]),
    ("record", &["found", "not_found", "differs"]),
    ("file", &["kept", "differs", "not_compared"]),
    (
        "status",
        &[
            "valid",
            "suspended",
            "revoked",
            "replaced",
            "cancelled",
            "not_asked",
        ],
    ),
    (
        "validity",
        &[
            "in_period",
            "over",
            "not_yet",
            "at_signing",
            "certificate_outside",
            "certificate_use",
            "seal_outside",
            "maker_outside",
            "seal_over",
            "no_time",
        ],
    ),
];

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// One of the names in [`CHECK_WORDS`].
    pub name: &'static str,
    pub ok: bool,
    /// In English; pages print their own sentence for `code`.
    pub detail: String,
    /// What was found, as one word of this check.
    pub code: &'static str,
    /// What the sentence needs, such as `date`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<&'static str, String>,
}

impl Check {
    pub(crate) fn new(name: &'static str, ok: bool, code: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(
            CHECK_WORDS
                .iter()
                .any(|(known, words)| *known == name && words.contains(&code)),
            "{name} {code} is not in CHECK_WORDS"
        );
        Self {
            name,
            ok,
            detail: detail.into(),
            code,
            args: BTreeMap::new(),
        }
    }

    pub(crate) fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.args.insert(key, value.to_string());
        self
    }
}

/// What anybody may see of a licence that was found true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicFace {
    pub licence_name: String,
    pub issuer_name: String,
    pub issued_on: NaiveDate,
    pub valid_from: NaiveDate,
    /// `None` is 长期.
    pub valid_to: Option<NaiveDate>,
    /// The holder's name, masked.
    pub holder: String,
    /// A demonstration: not a licence. Pages say 演示 无效.
    pub demo: bool,
}

impl PublicFace {
    pub(crate) fn of(payload: &Payload) -> Self {
        Self {
            licence_name: payload.name.clone(),
            issuer_name: payload.issuer.name.clone(),
            issued_on: payload.issued_on,
            valid_from: payload.valid_from,
            valid_to: payload.valid_to,
            holder: mask_name(payload.holder.kind, &payload.holder.name),
            demo: payload.demo,
        }
    }
}

/// The verdict with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    pub verdict: Verdict,
    pub checks: Vec<Check>,
    /// Only of a licence that was found true: never beside `altered` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub face: Option<PublicFace>,
}

impl Verification {
    pub(crate) fn unknown(checks: Vec<Check>) -> Self {
        Self {
            verdict: Verdict::Unknown,
            checks,
            face: None,
        }
    }

    pub(crate) fn altered(checks: Vec<Check>) -> Self {
        Self {
            verdict: Verdict::Altered,
            checks,
            face: None,
        }
    }

    /// One check by its name.
    pub fn check(&self, name: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }
}

/// How a true licence stands on a day. `status` is `None` where no register could be asked.
pub(crate) fn standing(
    payload: &Payload,
    status: Option<LicenceStatus>,
    on: NaiveDate,
    mut checks: Vec<Check>,
) -> Verification {
    checks.push(match status {
        Some(status) => Check::new(
            "status",
            status == LicenceStatus::Valid,
            status.as_str(),
            format!("the register says: {}", status.as_str()),
        ),
        None => Check::new(
            "status",
            false,
            "not_asked",
            "no register was asked whether the licence still stands",
        ),
    });
    let over = payload.valid_to.filter(|last| *last < on);
    checks.push(if in_period(payload.valid_from, payload.valid_to, on) {
        Check::new("validity", true, "in_period", format!("in force on {on}")).with("date", on)
    } else if let Some(last) = over {
        Check::new("validity", false, "over", format!("ended on {last}")).with("date", last)
    } else {
        Check::new(
            "validity",
            false,
            "not_yet",
            format!("begins on {}", payload.valid_from),
        )
        .with("date", payload.valid_from)
    });
    let verdict = match status.unwrap_or(LicenceStatus::Valid) {
        LicenceStatus::Revoked => Verdict::Revoked,
        LicenceStatus::Cancelled => Verdict::Cancelled,
        LicenceStatus::Replaced => Verdict::Replaced,
        LicenceStatus::Valid | LicenceStatus::Suspended if over.is_some() => Verdict::Expired,
        LicenceStatus::Suspended => Verdict::Suspended,
        // No word says "not yet"; whoever reads only the word must not take it for valid.
        LicenceStatus::Valid if on < payload.valid_from => Verdict::Suspended,
        LicenceStatus::Valid => Verdict::Valid,
    };
    Verification {
        verdict,
        checks,
        face: Some(PublicFace::of(payload)),
    }
}
