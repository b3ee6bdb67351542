//! The ring on disk: one file, `keyring.json`, readable by its owner alone, replaced as a whole.

use super::{FieldKey, KeyRing, Keys, PURPOSES, Secret, SignerKey, random_bytes};
use crate::CryptoError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

const FILE_NAME: &str = "keyring.json";
const VERSION: u32 = 1;
/// A ring rotated daily for a lifetime is smaller; what is larger is not a ring.
const MAXIMUM_BYTES: u64 = 16 << 20;

/// Where a ring lies, and which state of the file it holds.
pub(super) struct Home {
    folder: PathBuf,
    seen: Mutex<Option<Stamp>>,
}

/// Tells one state of the file from the next. Every state is a new file that was renamed into place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    changed: Option<SystemTime>,
    bytes: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        Self {
            changed: metadata.modified().ok(),
            bytes: metadata.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(metadata),
        }
    }
}

/// Held while a ring is read, changed and saved, so that two rotations never undo each other.
#[derive(Debug)]
pub struct KeyRingLock(#[expect(dead_code, reason = "closing the file lets go of the lock")] File);

impl KeyRingLock {
    /// Waits until nobody else changes the ring of the folder.
    pub fn take(folder: &Path) -> Result<Self, CryptoError> {
        let path = folder.join(".keyring.lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(at("opening", &path))?;
        file.lock().map_err(at("locking", &path))?;
        Ok(Self(file))
    }
}

/// The file's content. Keys are hexadecimal, oldest first, the current one last.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    field: Vec<String>,
    index: Vec<String>,
    token: String,
    content: String,
    signers: BTreeMap<String, Vec<String>>,
}

impl KeyRing {
    /// Reads the ring of a folder, or makes one there if the folder has none. Two processes that
    /// start at once end with the same ring.
    ///
    /// A file that others than the owner can read is refused: its keys may be known by now, and
    /// to tighten it silently would hide that.
    pub fn load_or_create(folder: &Path) -> Result<Self, CryptoError> {
        if let Some(ring) = Self::load(folder)? {
            return Ok(ring);
        }
        make_private(folder).map_err(at("creating", folder))?;
        let ring = Self::generate()?;
        let target = folder.join(FILE_NAME);
        let temporary = ring.write_temporary(folder)?;
        // A link, unlike a rename, never replaces the ring that another process made meanwhile.
        let linked = fs::hard_link(&temporary, &target);
        fs::remove_file(&temporary).map_err(at("removing", &temporary))?;
        match linked {
            Ok(()) => sync_folder(folder)?,
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(at("creating", &target)(source)),
        }
        Self::load(folder)?.ok_or(CryptoError::KeyRingFile {
            path: target,
            reason: "it vanished while it was made",
        })
    }

    /// Reads the ring of a folder; `None` if there is none.
    pub fn load(folder: &Path) -> Result<Option<Self>, CryptoError> {
        let path = folder.join(FILE_NAME);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(at("opening", &path)(source)),
        };
        refuse_loose_permissions(&file, &path)?;
        let stamp = file
            .metadata()
            .map(|metadata| Stamp::of(&metadata))
            .map_err(at("reading", &path))?;
        let mut text = String::new();
        file.take(MAXIMUM_BYTES)
            .read_to_string(&mut text)
            .map_err(at("reading", &path))?;
        let not_a_ring = |reason| CryptoError::KeyRingFile {
            path: path.clone(),
            reason,
        };
        // The parser's message would quote the file, so it is not passed on.
        let form: Form = serde_json::from_str(&text).map_err(|_| not_a_ring("not the JSON of a key ring"))?;
        let keys = form.into_keys().map_err(not_a_ring)?;
        let mut ring = Self::from_keys(keys);
        ring.home = Some(Arc::new(Home {
            folder: folder.to_path_buf(),
            seen: Mutex::new(Some(stamp)),
        }));
        Ok(Some(ring))
    }

    /// Takes over what another process has written into the file since. A file that cannot be read, or that is gone, leaves the
    /// ring as it is, and says so once for each state of the file.
    pub(super) fn follow(&self) {
        let Some(home) = &self.home else { return };
        let path = home.folder.join(FILE_NAME);
        let now = fs::metadata(&path).ok().map(|metadata| Stamp::of(&metadata));
        let mut seen = home.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return;
        }
        *seen = now;
        match Self::load(&home.folder) {
            Ok(Some(newer)) => {
                let keys = newer.keys.read().unwrap_or_else(PoisonError::into_inner);
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
                tracing::info!("the key ring was changed and read again");
            }
            Ok(None) => tracing::error!("the key ring is gone: the keys in memory are used on"),
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the key ring was changed and cannot be read: the keys in memory are used on"
            ),
        }
    }

    /// Writes the ring into a folder, replacing the file there in one step. After an error the
    /// old file is still whole.
    pub fn save(&self, folder: &Path) -> Result<(), CryptoError> {
        make_private(folder).map_err(at("creating", folder))?;
        let temporary = self.write_temporary(folder)?;
        let target = folder.join(FILE_NAME);
        if let Err(source) = fs::rename(&temporary, &target) {
            // The rename's error is the one worth telling; the leftover is 0600 like the ring.
            let _leftover = fs::remove_file(&temporary);
            return Err(at("replacing", &target)(source));
        }
        if let Some(home) = self.home.as_ref().filter(|home| home.folder == folder) {
            // What was just written is what this ring holds.
            let written = fs::metadata(&target).ok().map(|metadata| Stamp::of(&metadata));
            *home.seen.lock().unwrap_or_else(PoisonError::into_inner) = written;
        }
        sync_folder(folder)
    }

    /// Writes the ring into a new file of the folder, durable and readable by its owner alone.
    fn write_temporary(&self, folder: &Path) -> Result<PathBuf, CryptoError> {
        let suffix: [u8; 8] = random_bytes()?;
        let path = folder.join(format!(".{FILE_NAME}.{}", hex::encode(suffix)));
        let form = Form::from_keys(&self.keys());
        let text = serde_json::to_string_pretty(&form).map_err(|_| CryptoError::KeyRingFile {
            path: path.clone(),
            reason: "it cannot be written as JSON",
        })?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(at("creating", &path))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(at("writing", &path))?;
        Ok(path)
    }
}

impl Form {
    fn from_keys(keys: &Keys) -> Self {
        Self {
            version: VERSION,
            field: keys
                .field
                .iter()
                .map(|key| hex::encode(key.secret.bytes))
                .collect(),
            index: keys.index.iter().map(|key| hex::encode(key.bytes)).collect(),
            token: hex::encode(keys.token.bytes),
            content: hex::encode(keys.content.bytes),
            signers: keys
                .signers
                .iter()
                .map(|(purpose, keys)| {
                    (
                        purpose.clone(),
                        keys.iter().map(|key| hex::encode(key.secret)).collect(),
                    )
                })
                .collect(),
        }
    }

    fn into_keys(self) -> Result<Keys, &'static str> {
        if self.version != VERSION {
            return Err("written by another version");
        }
        if self.field.is_empty() || self.index.is_empty() {
            return Err("a field key or an index key is missing");
        }
        if PURPOSES
            .iter()
            .any(|purpose| self.signers.get(*purpose).is_none_or(Vec::is_empty))
        {
            return Err("a signing key is missing");
        }
        let secrets = |texts: &[String]| {
            texts
                .iter()
                .map(|text| secret(text))
                .collect::<Result<Vec<_>, _>>()
        };
        let signers = self
            .signers
            .iter()
            .map(|(purpose, texts)| {
                let keys = secrets(texts)?
                    .into_iter()
                    .map(|secret| SignerKey::from_secret(secret).ok_or("a signing key is not on the curve"))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok((purpose.clone(), keys))
            })
            .collect::<Result<BTreeMap<_, _>, &'static str>>()?;
        Ok(Keys {
            field: secrets(&self.field)?
                .into_iter()
                .map(|bytes| FieldKey::new(Secret::new(bytes)))
                .collect(),
            index: secrets(&self.index)?.into_iter().map(Secret::new).collect(),
            token: Secret::new(secret(&self.token)?),
            content: Secret::new(secret(&self.content)?),
            signers,
        })
    }
}

fn secret(text: &str) -> Result<[u8; 32], &'static str> {
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| "a key is not 64 hexadecimal digits")?;
    Ok(bytes)
}

#[cfg(unix)]
fn refuse_loose_permissions(file: &File, path: &Path) -> Result<(), CryptoError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file
        .metadata()
        .map_err(at("reading the permissions of", path))?
        .permissions()
        .mode()
        & 0o7777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(CryptoError::LoosePermissions {
            path: path.to_owned(),
            mode,
        })
    }
}

#[cfg(not(unix))]
fn refuse_loose_permissions(_file: &File, _path: &Path) -> Result<(), CryptoError> {
    // Access lists of other systems are inherited from the folder; the operator sets those.
    Ok(())
}

/// Makes the folder of a ring, for its owner alone. One that is there is left as it is.
fn make_private(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Makes the new name itself durable.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), CryptoError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(at("syncing", folder))
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), CryptoError> {
    Ok(())
}

fn at(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CryptoError {
    let path = path.to_owned();
    move |source| CryptoError::Io { doing, path, source }
}
