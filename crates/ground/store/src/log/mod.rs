//! The append-only log: one table, three streams.
//!
//! *audit* says who did what; *access* says who read whose data and is shown to that person; *evidence* keeps
//! what passed through the exchange. Rows are written with the act's own commit, unnumbered, and never
//! changed. Within a second of the commit a leader gives them their numbers in a Merkle tree and signs it.
//!
//! - `waiting` which committed rows have no number yet
//! - `leaf`, `checkpoint` what is hashed, what is signed
//! - `leader` who numbers
//! - `standing` how the log stands
//! - `reader`, `verify`, `judge`, `finding` looking at a log without writing, and what is found

mod checkpoint;
mod finding;
mod judge;
mod leader;
mod leaf;
mod query;
mod reader;
mod standing;
mod verify;
mod waiting;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{StoreError, Tx, last::Last, row::audit_entry};

pub use checkpoint::{Checkpoint, CheckpointFile};
pub use finding::Finding;
pub use leader::LogLeader;
pub use query::LogLine;
pub use reader::LogReader;
pub use standing::LogStanding;
pub use verify::LogReport;
pub(crate) use waiting::note;

/// One of the three streams of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    Audit,
    Access,
    Evidence,
}

impl Stream {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Access => "access",
            Self::Evidence => "evidence",
        }
    }
}

/// One line of the log about an act.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    stream: Stream,
    action: &'static str,
    object_kind: &'static str,
    object_id: String,
    subject: Option<String>,
    detail: BTreeMap<&'static str, Value>,
}

impl AuditEntry {
    /// An act by its stable name, such as `case.submit`.
    pub fn new(action: &'static str) -> Self {
        Self {
            stream: Stream::Audit,
            action,
            object_kind: "",
            object_id: String::new(),
            subject: None,
            detail: BTreeMap::new(),
        }
    }

    /// A line of the evidence stream.
    pub fn evidence(action: &'static str) -> Self {
        Self {
            stream: Stream::Evidence,
            ..Self::new(action)
        }
    }

    /// What the act was done to.
    pub fn on(mut self, kind: &'static str, id: impl ToString) -> Self {
        self.object_kind = kind;
        self.object_id = id.to_string();
        self
    }

    /// Whom it is about: a blind index, never a number.
    pub fn about(mut self, subject_blind: &str) -> Self {
        self.subject = Some(subject_blind.to_owned());
        self
    }

    /// A further fact. No identifier, phone or code may stand here in plain text.
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.detail.insert(key, value.into());
        self
    }
}

/// One line about somebody's data being read; that person sees it under "who read my data".
#[derive(Debug, Clone)]
pub struct AccessEntry {
    /// Blind index of the person's or firm's number.
    pub subject_blind: String,
    /// What was read, such as `case` or a resource code.
    pub object_kind: &'static str,
    pub object_id: String,
    /// Why, in the words that the person will read.
    pub purpose: String,
    /// Who read, in words: office and post, no private name.
    pub reader: String,
}

impl Tx {
    /// Writes a line of the audit or evidence stream.
    pub async fn audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        let detail = serde_json::to_string(&entry.detail)?;
        self.append(
            entry.stream,
            entry.action,
            entry.object_kind,
            entry.object_id,
            entry.subject,
            detail,
        )
    }

    /// Writes a line of the access stream.
    pub async fn access_log(&self, entry: AccessEntry) -> Result<(), StoreError> {
        let detail = serde_json::json!({ "purpose": entry.purpose, "reader": entry.reader }).to_string();
        self.append(
            Stream::Access,
            "data.read",
            entry.object_kind,
            entry.object_id,
            Some(entry.subject_blind),
            detail,
        )
    }

    fn append(
        &self,
        stream: Stream,
        action: &str,
        object_kind: &str,
        object_id: String,
        subject: Option<String>,
        detail: String,
    ) -> Result<(), StoreError> {
        let signer = self.signer();
        self.write_last(Last::Log(audit_entry::Model {
            id: self.new_id(),
            stream: stream.as_str().to_owned(),
            at: self.now(),
            signer_kind: signer.kind.as_str().to_owned(),
            signer_id: signer.id,
            on_behalf_of: signer.on_behalf_of,
            action: action.to_owned(),
            object_kind: object_kind.to_owned(),
            object_id,
            subject,
            detail,
        }));
        Ok(())
    }
}
