//! The ZIP package: names, and the bytes of parts within limits.

use std::{
    collections::{BTreeMap, HashMap},
    io::{Cursor, Read as _},
};

use tongban_crypto::DigestMethod;
use zip::ZipArchive;

use super::{
    Cause, MAXIMUM_OFD_PARTS, MAXIMUM_OFD_UNFOLDED, MAXIMUM_PART_BYTES, MAXIMUM_XML_BYTES, OfdError, shown,
};

/// Longest name of a part, in bytes.
const LONGEST_NAME: usize = 500;

pub(super) struct Package<'file> {
    archive: ZipArchive<Cursor<&'file [u8]>>,
    /// Names without a slash at the front, and where the archive has them. Folders are left out.
    parts: BTreeMap<String, usize>,
    digests: HashMap<(usize, DigestMethod), Result<Vec<u8>, Cause>>,
    budget: usize,
}

impl<'file> Package<'file> {
    pub fn open(bytes: &'file [u8]) -> Result<Self, OfdError> {
        // Each part has an entry that begins with this mark: counting them costs less than reading them.
        let entries = bytes.windows(4).filter(|window| window == b"PK\x01\x02");
        if entries.take(MAXIMUM_OFD_PARTS + 1).count() > MAXIMUM_OFD_PARTS {
            return Err(OfdError::TooManyParts);
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| OfdError::Damaged)?;
        let mut parts = BTreeMap::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(|_| OfdError::Damaged)?;
            let name = entry.name().map_err(|_| OfdError::Damaged)?.into_owned();
            let plain = name.strip_prefix('/').unwrap_or(&name);
            let folder = plain.strip_suffix('/');
            if !is_inside(folder.unwrap_or(plain)) {
                return Err(OfdError::Escapes(tongban_crypto::printable(&name)));
            }
            if entry.encrypted() {
                return Err(OfdError::Encrypted(shown(plain)));
            }
            if folder.is_none() && parts.insert(plain.to_owned(), index).is_some() {
                return Err(OfdError::Twice(shown(plain)));
            }
        }
        // Two entries of one name: which of them a viewer shows is anybody's guess.
        if archive.has_duplicate_names() {
            return Err(OfdError::Twice("?".to_owned()));
        }
        Ok(Self {
            archive,
            parts,
            digests: HashMap::new(),
            budget: MAXIMUM_OFD_UNFOLDED,
        })
    }

    /// All parts but folders.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    /// The part that a place names: from the root where it begins with a slash, otherwise from the folder of the part in
    /// which it stands, or else from the root (both are in use).
    pub fn resolve(&self, within: &str, place: &str) -> Option<String> {
        let place = place.trim();
        let folder = within.rsplit_once('/').map_or("", |(folder, _)| folder);
        let candidates = match place.strip_prefix('/') {
            Some(absolute) => [join("", absolute), None],
            None => [join(folder, place), join("", place)],
        };
        candidates
            .into_iter()
            .flatten()
            .find(|name| self.parts.contains_key(name))
    }

    /// The bytes of a part that leads to the signatures.
    pub fn text(&mut self, name: &str) -> Result<Vec<u8>, OfdError> {
        let part = |reason| OfdError::Part {
            part: shown(name),
            reason,
        };
        let index = *self.parts.get(name).ok_or_else(|| part("it is not there"))?;
        match self.unfold(index, MAXIMUM_XML_BYTES)? {
            Ok(bytes) => Ok(bytes),
            Err(_) => Err(part("it cannot be unpacked")),
        }
    }

    /// The bytes of a part that may be anything; nothing where it cannot be unpacked.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, OfdError> {
        match self.parts.get(name) {
            Some(index) => Ok(self.unfold(*index, MAXIMUM_PART_BYTES)?.ok()),
            None => Ok(None),
        }
    }

    /// The digest of a part. Each is computed once, however often it is asked for.
    pub fn digest(&mut self, name: &str, method: DigestMethod) -> Result<Result<Vec<u8>, Cause>, OfdError> {
        let Some(index) = self.parts.get(name).copied() else {
            return Ok(Err(Cause::Missing));
        };
        if let Some(known) = self.digests.get(&(index, method)) {
            return Ok(known.clone());
        }
        let digest = self
            .unfold(index, MAXIMUM_PART_BYTES)?
            .map(|bytes| method.digest(&bytes));
        self.digests.insert((index, method), digest.clone());
        Ok(digest)
    }

    fn unfold(&mut self, index: usize, limit: usize) -> Result<Result<Vec<u8>, Cause>, OfdError> {
        let limit = limit.min(self.budget);
        let Ok(part) = self.archive.by_index(index) else {
            return Ok(Err(Cause::Damaged));
        };
        let mut bytes = Vec::new();
        // one byte more than may be, to see that there is more; the declared size is not believed
        let read = part.take(limit as u64 + 1).read_to_end(&mut bytes);
        if bytes.len() > limit {
            return Err(OfdError::TooLarge);
        }
        self.budget -= bytes.len();
        Ok(read.map(|_| bytes).map_err(|_| Cause::Damaged))
    }
}

/// A name that stays in the package and that every system reads alike.
fn is_inside(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && !name.contains(['\\', ':'])
        && !name.chars().any(char::is_control)
        && name
            .split('/')
            .all(|step| !step.is_empty() && step != "." && step != "..")
}

/// A place below a folder; nothing where it leads out of the package.
fn join(folder: &str, place: &str) -> Option<String> {
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in place.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        for (name, inside) in [
            ("OFD.xml", true),
            ("Doc_0/Pages/Page_0/Content.xml", true),
            ("文档/页面.xml", true),
            ("../etc/passwd", false),
            ("a/../../b", false),
            ("a//b", false),
            ("/b", false),
            ("", false),
            ("C:/b", false),
            ("a\\b", false),
            ("a\0b", false),
        ] {
            assert_eq!(is_inside(name), inside, "{name}");
        }
    }

    #[test]
    fn places_are_joined() {
        for (folder, place, expected) in [
            (
                "Doc_0/Signs",
                "Sign_0/Signature.xml",
                Some("Doc_0/Signs/Sign_0/Signature.xml"),
            ),
            ("Doc_0", "../OFD.xml", Some("OFD.xml")),
            ("Doc_0", "./Document.xml", Some("Doc_0/Document.xml")),
            ("", "Doc_0//Document.xml", Some("Doc_0/Document.xml")),
            ("Doc_0", "../../OFD.xml", None),
        ] {
            assert_eq!(join(folder, place).as_deref(), expected, "{place}");
        }
    }
}
