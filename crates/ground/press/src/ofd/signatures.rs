//! From `OFD.xml` to what each signature covers.

use std::collections::{BTreeMap, BTreeSet};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use tongban_crypto::{DigestMethod, printable};

use super::{
    Cause, Difference, MAXIMUM_OFD_PARTS, MAXIMUM_SIGNATURES, OfdError, OfdSignature,
    package::Package,
    shown,
    xml::{child, children, text_of, with_root},
};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Documents in one package.
const MAXIMUM_DOCUMENTS: usize = 64;

/// What leads to the signatures.
pub(super) struct Found {
    /// The roots of the documents, such as `Doc_0/Document.xml`.
    pub documents: Vec<String>,
    /// The lists of signatures.
    lists: Vec<String>,
    pub signatures: Vec<Place>,
}

/// A signature as the list names it.
pub(super) struct Place {
    id: String,
    name: String,
}

impl Found {
    /// The parts that make the signatures, which none of them can cover.
    pub fn own_parts(&self, read: &[(OfdSignature, Option<String>)]) -> Vec<String> {
        let lists = self.lists.iter().cloned();
        let places = self.signatures.iter().map(|place| place.name.clone());
        let values = read.iter().filter_map(|(_, value)| value.clone());
        lists.chain(places).chain(values).collect()
    }
}

/// Finds documents and signatures.
pub(super) fn find(package: &mut Package<'_>) -> Result<Found, OfdError> {
    let root = "OFD.xml";
    if !package.names().any(|name| name == root) {
        return Err(OfdError::NotOfd);
    }
    let bytes = package.text(root)?;
    let (documents, lists) = with_root(root, &bytes, "OFD", |node| {
        let bodies: Vec<_> = children(node, "DocBody").collect();
        if bodies.len() > MAXIMUM_DOCUMENTS {
            return Err("it has too many documents");
        }
        let places =
            |name| -> Vec<String> { bodies.iter().filter_map(|body| text_of(*body, name)).collect() };
        Ok((places("DocRoot"), places("Signatures")))
    })?;
    let documents: Vec<String> = documents
        .iter()
        .filter_map(|place| package.resolve(root, place))
        .collect();
    let mut found = Found {
        documents,
        lists: Vec::new(),
        signatures: Vec::new(),
    };
    for place in lists {
        let list = package.resolve(root, &place).ok_or_else(|| missing(&place))?;
        let bytes = package.text(&list)?;
        let named = with_root(&list, &bytes, "Signatures", |node| {
            Ok(children(node, "Signature")
                .take(MAXIMUM_SIGNATURES + 1)
                .map(|signature| {
                    let attribute = |name| signature.attribute(name).unwrap_or_default().to_owned();
                    (attribute("ID"), attribute("BaseLoc"))
                })
                .collect::<Vec<_>>())
        })?;
        for (id, place) in named {
            let name = package.resolve(&list, &place).ok_or_else(|| missing(&place))?;
            found.signatures.push(Place {
                id: printable(&id),
                name,
            });
        }
        if found.signatures.len() > MAXIMUM_SIGNATURES {
            return Err(OfdError::TooManySignatures);
        }
        found.lists.push(list);
    }
    Ok(found)
}

fn missing(place: &str) -> OfdError {
    OfdError::Part {
        part: printable(place),
        reason: "it is not there",
    }
}

/// The content of each page and its number. Pages only make the answer clearer: a document that cannot be read has none.
pub(super) fn pages(
    package: &mut Package<'_>,
    documents: &[String],
) -> Result<BTreeMap<String, usize>, OfdError> {
    let mut pages = BTreeMap::new();
    for document in documents {
        let Some(bytes) = package.bytes(document)? else {
            continue;
        };
        let places = with_root(document, &bytes, "Document", |node| {
            let list = child(node, "Pages").ok_or("it has no pages")?;
            Ok(children(list, "Page")
                .filter_map(|page| page.attribute("BaseLoc").map(str::to_owned))
                .take(MAXIMUM_OFD_PARTS)
                .collect::<Vec<_>>())
        });
        for (index, place) in places.unwrap_or_default().iter().enumerate() {
            if let Some(name) = package.resolve(document, place) {
                pages.entry(name).or_insert(index + 1);
            }
        }
    }
    Ok(pages)
}

/// What `Signature.xml` says.
struct Said {
    value: Option<String>,
    seal: Option<String>,
    method: String,
    check_method: String,
    /// Place and digest in base64.
    references: Vec<(String, String)>,
}

fn said(name: &str, bytes: &[u8]) -> Result<Said, OfdError> {
    with_root(name, bytes, "Signature", |node| {
        let info = child(node, "SignedInfo").ok_or("it says nothing of what was signed")?;
        let list = child(info, "References").ok_or("it names no parts")?;
        let references: Vec<_> = children(list, "Reference")
            .take(MAXIMUM_OFD_PARTS + 1)
            .map(|reference| {
                let place = reference.attribute("FileRef").unwrap_or_default().to_owned();
                (place, text_of(reference, "CheckValue").unwrap_or_default())
            })
            .collect();
        if references.len() > MAXIMUM_OFD_PARTS {
            return Err("it names too many parts");
        }
        Ok(Said {
            value: text_of(node, "SignedValue"),
            seal: child(info, "Seal").and_then(|seal| text_of(seal, "BaseLoc")),
            method: text_of(info, "SignatureMethod").unwrap_or_default(),
            check_method: list.attribute("CheckMethod").unwrap_or("MD5").to_owned(),
            references,
        })
    })
}

/// Reads one signature and compares what it covers; answers with it where its value lies. Adds the parts that are covered.
pub(super) fn read(
    package: &mut Package<'_>,
    place: &Place,
    pages: &BTreeMap<String, usize>,
    covered: &mut BTreeSet<String>,
) -> Result<(OfdSignature, Option<String>), OfdError> {
    let list = package.text(&place.name)?;
    let said = said(&place.name, &list)?;
    let digest = DigestMethod::of(&said.check_method);
    let mut differing = Vec::new();
    for (reference, expected) in &said.references {
        let name = package.resolve(&place.name, reference);
        covered.extend(name.clone());
        let found = match (&name, digest) {
            (None, _) => Err(Cause::Missing),
            (Some(_), None) => continue,
            (Some(name), Some(digest)) => package.digest(name, digest)?,
        };
        let cause = match found {
            Ok(found) if same(&found, expected) => None,
            Ok(_) => Some(Cause::Changed),
            Err(cause) => Some(cause),
        };
        if let Some(cause) = cause {
            differing.push(Difference {
                part: printable(reference),
                page: name.as_ref().and_then(|name| pages.get(name).copied()),
                cause,
            });
        }
    }
    let value = said.value.and_then(|value| package.resolve(&place.name, &value));
    let seal = said.seal.and_then(|seal| package.resolve(&place.name, &seal));
    let bytes_of = |package: &mut Package<'_>, name: &Option<String>| match name {
        Some(name) => package.bytes(name),
        None => Ok(None),
    };
    let signature = OfdSignature {
        id: place.id.clone(),
        place: shown(&place.name),
        method: printable(&said.method),
        check_method: printable(&said.check_method),
        digest,
        references: said.references.len(),
        differing,
        list,
        value: bytes_of(package, &value)?,
        seal: bytes_of(package, &seal)?,
    };
    Ok((signature, value))
}

fn same(found: &[u8], expected: &str) -> bool {
    let packed: String = expected
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .collect();
    BASE64.decode(packed).is_ok_and(|expected| expected == found)
}
