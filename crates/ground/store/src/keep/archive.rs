//! The one file that a backup is: a tar that every system can look into.
//!
//! The manifest comes last, so that a backup that was cut off has none.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use tongban_crypto::Sm3Stream;

use super::{
    KeepError, Manifest, Progress, Step,
    error::at,
    manifest::{Digest, FORM},
};

/// The first entry: its content is the name of the form.
pub(super) const FIRST: &str = "tongban-backup";
pub(super) const DATABASE: &str = "database.db";
pub(super) const FILES: &str = "files/";
pub(super) const EXTRA: &str = "extra/";
pub(super) const MANIFEST: &str = "manifest.json";

/// Passes bytes on and takes their digest.
struct Digesting<R> {
    inner: R,
    sm3: Sm3Stream,
    bytes: u64,
}

impl<R> Digesting<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            sm3: Sm3Stream::new(),
            bytes: 0,
        }
    }

    fn digest(self) -> Digest {
        Digest {
            bytes: self.bytes,
            sm3: hex::encode(self.sm3.finish()),
        }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sm3.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}

/// A backup that is being written.
pub(super) struct Writer {
    tar: tar::Builder<BufWriter<File>>,
    path: PathBuf,
    files: BTreeMap<String, Digest>,
    made_at: u64,
}

impl Writer {
    pub fn begin(file: File, path: &Path, made_at: u64) -> Result<Self, KeepError> {
        let mut writer = Self {
            tar: tar::Builder::new(BufWriter::with_capacity(1 << 20, file)),
            path: path.to_path_buf(),
            files: BTreeMap::new(),
            made_at,
        };
        writer.put(FIRST, FORM.as_bytes())?;
        Ok(writer)
    }

    fn header(&self, size: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.made_at);
        header
    }

    /// Adds a small file.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), KeepError> {
        let digest = self.put(name, content)?;
        self.files.insert(name.to_owned(), digest);
        Ok(())
    }

    fn put(&mut self, name: &str, content: &[u8]) -> Result<Digest, KeepError> {
        let mut reader = Digesting::new(content);
        let mut header = self.header(content.len() as u64);
        self.tar
            .append_data(&mut header, name, &mut reader)
            .map_err(at("writing", &self.path))?;
        Ok(reader.digest())
    }

    /// Adds a file of any size.
    pub fn add_file(&mut self, name: &str, from: &Path) -> Result<(), KeepError> {
        let file = File::open(from).map_err(at("opening", from))?;
        let size = file.metadata().map_err(at("reading", from))?.len();
        let mut header = self.header(size);
        let mut reader = Digesting::new(BufReader::with_capacity(1 << 20, file));
        self.tar
            .append_data(&mut header, name, &mut reader)
            .map_err(at("writing", &self.path))?;
        self.files.insert(name.to_owned(), reader.digest());
        Ok(())
    }

    /// Writes the manifest, and everything through to the disk.
    pub fn finish(
        mut self,
        complete: impl FnOnce(BTreeMap<String, Digest>) -> Manifest,
    ) -> Result<Manifest, KeepError> {
        let manifest = complete(std::mem::take(&mut self.files));
        let text = serde_json::to_vec_pretty(&manifest).map_err(crate::StoreError::from)?;
        self.put(MANIFEST, &text)?;
        let file = self.tar.into_inner().map_err(at("writing", &self.path))?;
        file.into_inner()
            .map_err(std::io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .map_err(at("writing", &self.path))?;
        Ok(manifest)
    }
}

/// Unpacks a backup into a folder of ours and compares every file with the manifest.
pub(super) fn unpack(
    backup: &Path,
    manifest: &Manifest,
    into: &Path,
    progress: Progress<'_>,
) -> Result<(), KeepError> {
    let damaged = |reason: String| KeepError::Damaged {
        path: backup.to_path_buf(),
        reason,
    };
    let file = File::open(backup).map_err(at("opening", backup))?;
    let mut archive = tar::Archive::new(BufReader::with_capacity(1 << 20, file));
    let entries = archive.entries().map_err(at("reading", backup))?;
    let all = manifest.files.len() as u64;
    let mut done = 0;
    for entry in entries {
        let entry = entry.map_err(|_| damaged("it is cut off".to_owned()))?;
        let name = entry
            .path()
            .ok()
            .and_then(|path| path.to_str().map(str::to_owned))
            .ok_or_else(|| damaged("a name in it is not readable".to_owned()))?;
        if name == FIRST || name == MANIFEST {
            continue;
        }
        let expected = manifest
            .files
            .get(&name)
            .filter(|_| harmless(&name))
            .ok_or_else(|| damaged(format!("{name} does not belong into it")))?;
        let target = into.join(&name);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(at("creating", folder))?;
        }
        let mut reader = Digesting::new(entry);
        let mut file = private_file(&target)?;
        std::io::copy(&mut reader, &mut file).map_err(|source| match source.kind() {
            std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::Other => {
                damaged(format!("{name} is cut off"))
            }
            _ => at("writing", &target)(source),
        })?;
        file.flush().map_err(at("writing", &target))?;
        if name == DATABASE {
            file.sync_all().map_err(at("writing", &target))?;
        }
        if reader.digest() != *expected {
            return Err(damaged(format!("{name} is not what was backed up")));
        }
        done += 1;
        progress(Step {
            doing: "files",
            done,
            all,
        });
    }
    if done != all {
        return Err(damaged(format!("{} of {all} files are missing", all - done)));
    }
    Ok(())
}

/// Only names that this program gives: nothing leads out of the folder.
fn harmless(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name == DATABASE
        || name.strip_prefix(EXTRA).is_some_and(plain)
        || name
            .strip_prefix(FILES)
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(folder, file)| plain(folder) && plain(file))
}

/// A new file that only its owner reads.
pub(super) fn private_file(path: &Path) -> Result<File, KeepError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(at("creating", path))
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for good in ["database.db", "extra/demo.json", "files/ab/abcdef0123"] {
            assert!(harmless(good), "{good}");
        }
        for bad in [
            "../keyring.json",
            "extra/../keys",
            "/etc/passwd",
            "files/ab/../x",
            "files/x",
            "extra/.hidden",
            "extra/",
            "keys/keyring.json",
            "",
        ] {
            assert!(!harmless(bad), "{bad}");
        }
    }
}
