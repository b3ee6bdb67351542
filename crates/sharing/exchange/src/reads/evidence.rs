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
    let record = line
        .detail
        .get("record")
        .and_then(|record| SignedRecord::deserialize(record).ok());
    let Some(record) = record else {
        return EvidenceVerdict::Altered;
    };
    if !record.verify().is_intact() {
        return EvidenceVerdict::Altered;
    }
    let Ok(payload) = serde_json::from_str::<Payload>(&record.payload) else {
        return EvidenceVerdict::Altered;
    };
    let line_agrees = payload.action == line.action
        && line.object_kind == "exchange_read"
        && payload.read.to_string() == line.object_id
        && payload.at == line.at
        && payload.signer_kind == line.signer_kind
        && payload.signer_id == line.signer_id;
    if !line_agrees {
        return EvidenceVerdict::Altered;
    }
    if keys
        .public_keys(SIGNING_PURPOSE)
        .iter()
        .any(|key| record.signed_by(key))
    {
        EvidenceVerdict::Valid
    } else {
        EvidenceVerdict::Unknown
    }
}
