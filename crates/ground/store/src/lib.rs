//! The database and everything that must be true in one transaction.
//!
//! Faces and rooms never call begin or commit. They call [`Store::write`] with a use case; the store
//! hands it a [`Tx`] that knows the time, makes ids, numbers, codes, audit rows, events and jobs, and
//! the answer leaves only after the commit is durable.
//!
//! - `clock` time as a value, so that tests and the demo's past can set it
//! - `config`, `store` opening SQLite or PostgreSQL from one code path
//! - `writer` one writer with group commit on SQLite, one transaction an act on PostgreSQL
//! - `tx` what a use case may do
//! - `log` the append-only log (audit, access, evidence): rows, numbers, checkpoints, verification
//! - `work` outbox, jobs and the worker that runs them
//! - `replay` keys that are honoured once, and the daily sweep over kept answers
//! - `brake` tries that are counted, so that guessing is braked
//! - `counts` what a store has done, for measuring
//! - `blobs` encrypted files named by their content
//! - [`keep`] backup, restore, moving between databases

mod blobs;
mod brake;
mod clock;
mod config;
mod counts;
mod error;
pub mod keep;
mod kept;
mod last;
pub mod log;
mod migrations;
mod numbers;
mod page;
#[cfg(target_os = "linux")]
mod processor;
mod replay;
mod row;
mod signer;
mod store;
mod tx;
pub mod work;
mod writer;

pub use blobs::{BlobId, Blobs};
pub use brake::Brake;
pub use clock::{Clock, FixedClock, SystemClock};
pub use config::{Backend, StoreConfig};
pub use counts::Counted;
pub use error::StoreError;
pub use log::{AccessEntry, AuditEntry, LogLeader, LogLine, LogStanding, Stream};
pub use migrations::migrations;
pub use page::{Page, PageRequest};
pub use replay::{ANSWERS_KEPT, Replay, SweepAnswers, wire};
pub use signer::{Signer, SignerKind};
pub use store::Store;
pub use tx::Tx;
pub use work::{Event, Job, Message, WorkError, WorkStanding, Worker};
