//! Reading facts for a waiting person, and what remains of it: a row, a signed line of evidence, a line that the
//! person sees.

mod answer;
mod call;
mod domain;
mod evidence;
mod mark_filed;
mod protocol;
mod query;
mod read_all;
mod record;
mod row;

pub use call::{http_client, http_client_trusting};
pub use domain::{
    DeclaredDuty, FactAnswer, FactOutcome, FactRequest, LivePurpose, Purpose, PurposeRef, ReadBasis,
    ReadOutcome, Source, Subject, Trouble, WantedFacts,
};
pub use evidence::{EvidenceFile, EvidenceVerdict, verify_evidence, verify_evidence_file};
pub use mark_filed::mark_filed;
pub use query::{NeverFiled, ReadAbout, WrongAnswer, reads_about, reads_never_filed, wrong_answers};
pub use read_all::Exchange;
pub(crate) use record::NONCE_FIELD;
