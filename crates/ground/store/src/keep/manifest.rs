//! What a backup says about itself, as its last entry.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read as _},
    path::Path,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_crypto::KeyRing;

use super::{KeepError, archive::MANIFEST, error::at};

/// The form that this program writes and reads.
pub(super) const FORM: &str = "tongban-backup-1";
/// A manifest beyond this is not ours.
const LARGEST: u64 = 1 << 30;
/// The word under which the probe is sealed and blinded.
const PROBE_FIELD: &str = "keep.probe";
const PROBE: &str = "tongban";

/// The last entry of a backup: what it holds, and the digest of every file in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub form: String,
    /// Version of the program that made it.
    pub program: String,
    pub made_at: DateTime<Utc>,
    /// `sqlite` or `postgres`: where the rows came from. They rest as SQLite either way.
    pub backend: String,
    pub migrations: Vec<String>,
    /// Rows of every table.
    pub tables: BTreeMap<String, u64>,
    pub keys: Keys,
    /// Every file by its path in the backup.
    pub files: BTreeMap<String, Digest>,
}

/// Which key ring opens the backup. Ids only: the keys are kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub field: Vec<String>,
    pub index: Vec<String>,
    /// A value that the ring must open, and two that it must make again.
    pub sealed: String,
    pub blind: String,
    pub content_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub bytes: u64,
    /// SM3 in hexadecimal.
    pub sm3: String,
}

impl Keys {
    pub(super) fn of(ring: &KeyRing) -> Result<Self, KeepError> {
        Ok(Self {
            field: ring.field_key_ids(),
            index: ring.index_key_ids(),
            sealed: ring.seal(PROBE_FIELD, PROBE.as_bytes())?,
            blind: ring.blind(PROBE_FIELD, PROBE),
            content_name: ring.content_name(PROBE.as_bytes()),
        })
    }

    /// Why a ring does not open the backup; `None` if it does.
    pub(super) fn objection(&self, ring: &KeyRing) -> Option<String> {
        let (field, index) = (ring.field_key_ids(), ring.index_key_ids());
        let missing = self
            .field
            .iter()
            .find(|kid| !field.contains(kid))
            .or_else(|| self.index.iter().find(|kid| !index.contains(kid)));
        if let Some(kid) = missing {
            return Some(format!("it lacks the key {kid}"));
        }
        let opens = ring
            .unseal(PROBE_FIELD, &self.sealed)
            .is_ok_and(|plain| plain == PROBE.as_bytes());
        if !opens {
            return Some("a sealed value could not be opened with it".to_owned());
        }
        if !ring.blinds(PROBE_FIELD, PROBE).contains(&self.blind) {
            return Some("it finds nobody by number".to_owned());
        }
        (ring.content_name(PROBE.as_bytes()) != self.content_name)
            .then(|| "it names files in another way".to_owned())
    }
}

/// Reads the manifest of a backup without reading the rest.
pub fn read_manifest(backup: &Path) -> Result<Manifest, KeepError> {
    if !backup.is_file() {
        return Err(KeepError::Missing(backup.to_path_buf()));
    }
    let file = File::open(backup).map_err(at("opening", backup))?;
    let mut archive = tar::Archive::new(BufReader::new(file));
    let damaged = |reason: &str| KeepError::Damaged {
        path: backup.to_path_buf(),
        reason: reason.to_owned(),
    };
    let not_ours = |reason: &str| KeepError::NotABackup {
        path: backup.to_path_buf(),
        reason: reason.to_owned(),
    };
    let mut first = true;
    let entries = archive
        .entries_with_seek()
        .map_err(|_| not_ours("it cannot be read as an archive"))?;
    for entry in entries {
        let entry = entry.map_err(|_| {
            if first {
                not_ours("it is no archive")
            } else {
                damaged("it is cut off")
            }
        })?;
        let path = entry.path().map(|path| path.to_path_buf()).unwrap_or_default();
        if first && path != Path::new(super::archive::FIRST) {
            return Err(not_ours("it begins with something else"));
        }
        first = false;
        if path == Path::new(MANIFEST) {
            let mut text = String::new();
            entry
                .take(LARGEST)
                .read_to_string(&mut text)
                .map_err(|_| damaged("its list of contents is cut off"))?;
            return serde_json::from_str::<Manifest>(&text)
                .ok()
                .filter(|manifest| manifest.form == FORM)
                .ok_or_else(|| not_ours("its list of contents has another form"));
        }
    }
    Err(if first {
        not_ours("it is empty")
    } else {
        damaged("it is cut off: its list of contents is missing")
    })
}
