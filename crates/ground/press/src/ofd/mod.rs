//! Reading an OFD package (GB/T 33190) as far as judging its signatures needs: which parts each signature covers, and
//! whether they are still what was signed.
//!
//! Anybody may hand in anything, so the work is bounded: number of parts, bytes of one part, bytes of all parts together, XML
//! nodes, signatures. Nothing is ever unpacked to disk. What a signature is worth is judged elsewhere (`crypto::ses`): here
//! are its bytes.

mod package;
mod signatures;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod xml;

use std::collections::BTreeSet;

use tongban_crypto::DigestMethod;

use package::Package;

/// Larger files are refused unread.
pub const MAXIMUM_OFD_BYTES: usize = 64 << 20;
/// Parts of a package, folders among them.
pub const MAXIMUM_OFD_PARTS: usize = 10_000;
/// All parts that are read may unfold to this much together.
pub const MAXIMUM_OFD_UNFOLDED: usize = 128 << 20;
/// Bytes of one part.
const MAXIMUM_PART_BYTES: usize = 32 << 20;
/// Bytes of one of the XML files that lead to a signature.
const MAXIMUM_XML_BYTES: usize = 4 << 20;
/// Elements, attributes and texts in one of them.
const MAXIMUM_XML_NODES: u32 = 100_000;
/// Signatures of a package.
const MAXIMUM_SIGNATURES: usize = 64;
/// Parts outside all signatures, of which no more are named.
const MOST_NAMED: usize = 20;

/// Why a package cannot be read. Names of parts are fit for printing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfdError {
    #[error("it cannot be unpacked")]
    Damaged,
    #[error("it is a packed file, but no OFD: it has no OFD.xml")]
    NotOfd,
    #[error("it has more than {MAXIMUM_OFD_PARTS} parts")]
    TooManyParts,
    #[error("it unfolds to too much")]
    TooLarge,
    #[error("{0} is encrypted")]
    Encrypted(String),
    #[error("{0} is a name that leads out of the package")]
    Escapes(String),
    #[error("{0} is there twice")]
    Twice(String),
    #[error("it has more than {MAXIMUM_SIGNATURES} signatures")]
    TooManySignatures,
    /// One of the parts that lead to the signatures.
    #[error("{part}: {reason}")]
    Part { part: String, reason: &'static str },
}

/// What stands in an OFD about its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ofd {
    /// In the order of the package.
    pub signatures: Vec<OfdSignature>,
    /// Parts that no signature covers, at most 20 of them; the files of the signatures themselves are not counted. Empty
    /// where there is no signature.
    pub uncovered: Vec<String>,
    /// How many there are in all.
    pub uncovered_count: usize,
}

/// One signature: what it says it covers, compared with what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfdSignature {
    /// Its name in the list of signatures.
    pub id: String,
    /// Where its `Signature.xml` lies: `/Doc_0/Signs/Sign_0/Signature.xml`.
    pub place: String,
    /// The object identifier that it declares.
    pub method: String,
    /// The digest that it declares, as it stands there (MD5 where none is declared, as GB/T 33190 says).
    pub check_method: String,
    /// The same, where it is known here.
    pub digest: Option<DigestMethod>,
    /// How many parts it covers.
    pub references: usize,
    /// The parts that are not what was signed. Empty also where the digest is not known.
    pub differing: Vec<Difference>,
    /// The exact bytes of `Signature.xml`, over which the signature stands.
    pub list: Vec<u8>,
    /// The signature itself; `None` where the part is missing.
    pub value: Option<Vec<u8>>,
    /// The copy of the seal that viewers draw, where there is one.
    pub seal: Option<Vec<u8>>,
}

impl OfdSignature {
    /// The digest of `Signature.xml`, by the digest that it declares.
    pub fn list_digest(&self) -> Option<Vec<u8>> {
        self.digest.map(|digest| digest.digest(&self.list))
    }
}

/// A part that is not what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name as the signature writes it, fit for printing.
    pub part: String,
    /// The page whose content it is, from 1.
    pub page: Option<usize>,
    pub cause: Cause,
}

/// In which way a part differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It has another digest.
    Changed,
    /// It is not there.
    Missing,
    /// It is there and cannot be unpacked.
    Damaged,
}

/// Reads a package. Any bytes are a fair argument.
pub fn read_ofd(bytes: &[u8]) -> Result<Ofd, OfdError> {
    if bytes.len() > MAXIMUM_OFD_BYTES {
        return Err(OfdError::TooLarge);
    }
    let mut package = Package::open(bytes)?;
    let found = signatures::find(&mut package)?;
    let pages = signatures::pages(&mut package, &found.documents)?;
    let mut covered: BTreeSet<String> = BTreeSet::new();
    let mut signatures = Vec::with_capacity(found.signatures.len());
    for place in &found.signatures {
        signatures.push(signatures::read(&mut package, place, &pages, &mut covered)?);
    }
    covered.extend(found.own_parts(&signatures));
    let uncovered: Vec<&str> = if signatures.is_empty() {
        Vec::new()
    } else {
        package.names().filter(|name| !covered.contains(*name)).collect()
    };
    Ok(Ofd {
        uncovered: uncovered
            .iter()
            .take(MOST_NAMED)
            .map(|name| shown(name))
            .collect(),
        uncovered_count: uncovered.len(),
        signatures: signatures.into_iter().map(|(signature, _)| signature).collect(),
    })
}

/// A part's name as signatures write it, from the root of the package and fit for printing.
fn shown(name: &str) -> String {
    tongban_crypto::printable(&format!("/{name}"))
}
