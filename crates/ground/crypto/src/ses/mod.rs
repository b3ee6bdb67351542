//! Electronic seals and the signatures made with them: GM/T 0031-2014 (V1), GB/T 38540-2020 (version 4) and GM/T 0031-2025
//! (version 5). Pure: bytes in, facts out.
//!
//! Reading checks the form alone. Who is to be trusted, and what a failing signature means, is for the caller.
//! Time stamps (V5) are noticed and not judged.

mod certificate;
mod element;
mod seal;
mod signature;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use certificate::{Certificate, KeyUsage};
pub use seal::{Holders, Seal, SealForm};
pub use signature::SealSignature;

/// The bytes are not in the form of the standard. Says which part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not in the form of the standard: {0}")]
pub struct SesError(pub(crate) &'static str);

/// What came of trying a signature under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Yes,
    No,
    /// Made in a way that is not known here.
    UnknownAlgorithm,
    /// There is no key, or one of a kind that is not known here.
    NoKey,
}

impl From<bool> for Holds {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// The ways of signing that are known.
pub(crate) enum SignatureAlgorithm {
    /// SM2 with SM3: `1.2.156.10197.1.501`.
    Sm2,
}

impl SignatureAlgorithm {
    pub(crate) fn of(identifier: &str) -> Option<Self> {
        (identifier == "1.2.156.10197.1.501").then_some(Self::Sm2)
    }
}
