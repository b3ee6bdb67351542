//! Signed evidence of a read: who asked what about whom, and digests of what went out and came in.
//!
//! The line holds an SM2-signed record (GB/T 32918) over digests (SM3, GB/T 32905), never the facts. The person is a blind
//! index. A department that kept the question and its answer can show with it what passed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_crypto::{KeyRing, SignedRecord};
use tongban_store::{AuditEntry, LogLine, StoreError, Tx};
use uuid::Uuid;

use super::{
    answer::Answered,
    domain::{PurposeRef, ReadBasis, ReadOutcome, Trouble},
};

/// The action of an evidence line, and the purpose of its signing key.
const ACTION: &str = "exchange.read";
const SIGNING_PURPOSE: &str = "evidence";

/// What is signed.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    action: String,
    read: Uuid,
    at: DateTime<Utc>,
    signer_kind: String,
    signer_id: Option<Uuid>,
    resource: String,
    /// Names of the facts that were asked for. Lines from before this was asked have none.
    #[serde(default)]
    fields: Vec<String>,
    purpose: PurposeRef,
    /// Blind index of the subject.
    subject: String,
    basis: ReadBasis,
    request_digest: String,
    answer_digest: Option<String>,
    http_status: Option<u16>,
    outcome: ReadOutcome,
    trouble: Option<Trouble>,
}

/// The line of one read.
pub(super) fn line(tx: &Tx, answered: &Answered) -> Result<AuditEntry, StoreError> {
    let plan = &answered.plan;
    let (outcome, trouble) = answered.kept();
    let payload = Payload {
        action: ACTION.to_owned(),
        read: plan.read,
        at: tx.now(),
        signer_kind: tx.signer().kind.as_str().to_owned(),
        signer_id: tx.signer().id,
        resource: plan.resource.code.clone(),
        fields: plan.fields.iter().map(|field| field.name.clone()).collect(),
        purpose: plan.request.purpose.clone(),
        subject: plan.subject_blind.clone(),
        basis: plan.request.basis.clone(),
        request_digest: answered.request_digest.clone(),
        answer_digest: answered.answer_digest.clone(),
        http_status: answered.status,
        outcome,
        trouble,
    };
    let signer = tx.store().keys().signer(SIGNING_PURPOSE)?;
    let record = SignedRecord::sign(&signer, serde_json::to_string(&payload)?);
    Ok(AuditEntry::evidence(ACTION)
        .on("exchange_read", plan.read)
        .about(&plan.subject_blind)
        .with("record", serde_json::to_value(record)?))
}

/// What an evidence line is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceVerdict {
    /// Signed by a key of this installation, and the line says what was signed.
    Valid,
    /// The record or the line around it was changed.
    Altered,
    /// Whole in itself, but signed by a key that is not ours.
    Unknown,
}

impl EvidenceVerdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Altered => "altered",
            Self::Unknown => "unknown",
        }
    }
}

/// Judges a line of the evidence stream. Keys that were rotated away still count as ours.
pub fn verify_evidence(keys: &KeyRing, line: &LogLine) -> EvidenceVerdict {
    let Some(file) = EvidenceFile::of(line) else {
        return EvidenceVerdict::Altered;
    };
    let ours = keys.public_keys(SIGNING_PURPOSE);
    let (verdict, _) = judge(&file.record, Some(&file), |record| {
        ours.iter().any(|key| record.signed_by(key))
    });
    verdict
}

/// A line of evidence on its own: what somebody keeps or hands to a court.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// Id of the row in the log.
    pub row: Uuid,
    pub at: DateTime<Utc>,
    pub signer_kind: String,
    pub signer_id: Option<Uuid>,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub record: SignedRecord,
}

impl EvidenceFile {
    /// The file of a line; `None` for a line that carries no signed record.
    pub fn of(line: &LogLine) -> Option<Self> {
        let record = SignedRecord::deserialize(line.detail.get("record")?).ok()?;
        Some(Self {
            row: line.id,
            at: line.at,
            signer_kind: line.signer_kind.clone(),
            signer_id: line.signer_id,
            action: line.action.clone(),
            object_kind: line.object_kind.clone(),
            object_id: line.object_id.clone(),
            record,
        })
    }
}

/// Judges an [`EvidenceFile`], or a signed record alone, as JSON. Trusted are the evidence keys of the ring, if there is one,
/// and the keys named by id or in full. Answers the verdict and the reason in words.
pub fn verify_evidence_file(
    bytes: &[u8],
    keys: Option<&KeyRing>,
    trust: &[String],
) -> (EvidenceVerdict, &'static str) {
    let (file, record) = match serde_json::from_slice::<EvidenceFile>(bytes) {
        Ok(file) => (Some(file.clone()), file.record),
        Err(_) => match serde_json::from_slice::<SignedRecord>(bytes) {
            Ok(record) => (None, record),
            Err(_) => {
                return (
                    EvidenceVerdict::Unknown,
                    "the file carries no signed record of a read",
                );
            }
        },
    };
    let ours = keys
        .map(|keys| keys.public_keys(SIGNING_PURPOSE))
        .unwrap_or_default();
    judge(&record, file.as_ref(), |record| {
        ours.iter().any(|key| record.signed_by(key))
            || trust.iter().map(|key| key.trim()).any(|key| {
                key.eq_ignore_ascii_case(&record.key_id) || key.eq_ignore_ascii_case(&record.public_key)
            })
    })
}

/// `is_trusted` is asked about a record whose signature fits the key it carries.
fn judge(
    record: &SignedRecord,
    line: Option<&EvidenceFile>,
    is_trusted: impl Fn(&SignedRecord) -> bool,
) -> (EvidenceVerdict, &'static str) {
    let check = record.verify();
    if !check.digest_ok {
        return (
            EvidenceVerdict::Altered,
            "the digest does not fit what the record says",
        );
    }
    if !check.signature_ok_under_carried_key {
        return (
            EvidenceVerdict::Altered,
            "the signature does not fit what the record says",
        );
    }
    let Ok(payload) = serde_json::from_str::<Payload>(&record.payload) else {
        return (
            EvidenceVerdict::Altered,
            "what is signed is no evidence of a read",
        );
    };
    let line_agrees = line.is_none_or(|line| {
        payload.action == line.action
            && line.object_kind == "exchange_read"
            && payload.read.to_string() == line.object_id
            && payload.at == line.at
            && payload.signer_kind == line.signer_kind
            && payload.signer_id == line.signer_id
    });
    if !line_agrees {
        return (
            EvidenceVerdict::Altered,
            "what stands beside the record is not what was signed",
        );
    }
    if is_trusted(record) {
        (EvidenceVerdict::Valid, "signed by a key that is trusted here")
    } else {
        (
            EvidenceVerdict::Unknown,
            "whole in itself, but signed by a key for which nobody here vouches",
        )
    }
}
