//! What one office knows, no other office asks of a person: facts pass through here, and through here only.
//!
//! A read names its purpose (a case, a real-name check), and three things must hold before anything leaves: the
//! purpose is live and this actor may act for it, the purpose lists the resource, and the basis stands, either a
//! statutory duty with law and item or the person's consent. Then one HTTP call goes to the department's
//! system, within a time budget and with no transaction open. What comes back is signed into the evidence
//! stream and shown to the person. The facts themselves go to the caller and are not kept here.
//!
//! - [`resources`] the directory of what may be read, and of whom
//! - [`reads`] reading, the evidence of it, and the lists that the person and the supervisor see
//! - [`events`] what later rooms are told
//!
//! The HTTP protocol that a department's system speaks is written down in this room's `README.md`.

mod error;
pub mod events;
mod migrations;
pub mod reads;
pub mod resources;
mod sealed;

pub use error::{Error, Refusal, refused};
pub use events::WrongSubject;
pub use migrations::migrations;
pub use reads::{
    DeclaredDuty, EvidenceFile, EvidenceVerdict, Exchange, FactAnswer, FactOutcome, FactRequest, LivePurpose,
    NeverFiled, Purpose, PurposeRef, ReadAbout, ReadBasis, ReadOutcome, Source, Subject, Trouble,
    WantedFacts, WrongAnswer, http_client, http_client_trusting, mark_filed, reads_about, reads_never_filed,
    verify_evidence, verify_evidence_file, wrong_answers,
};
pub use resources::{
    Field, Resource, ShareClass, known_resources, known_resources_in, register_resource, resource, resources,
};
pub use sealed::SEALED_COLUMNS;

use tongban_access::PartyKind;
use tongban_store::Store;

/// The word under which the number of a person or a firm is blinded, everywhere in the platform.
pub(crate) fn number_field(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => "citizen",
        PartyKind::Enterprise => "uscc",
    }
}

/// The blind index of the one whose facts are read.
pub(crate) fn subject_blind(store: &Store, kind: PartyKind, number: &str) -> String {
    store.blind(number_field(kind), number)
}
