//! Puts a backup into place: judged before anything is touched, and nothing that was there is deleted.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigrationTrait;
use tongban_crypto::KeyRing;

use super::{
    KeepError, Manifest, Progress, Step,
    archive::{DATABASE, EXTRA, FILES, unpack},
    backup::remove_database,
    copy::{copy, refuse_rows},
    error::at,
    manifest::read_manifest,
    place::{Place, sqlite_file},
    schema::{Schema, names},
};
use crate::{Backend, StoreConfig};

/// Where the unpacked backup waits inside the data folder.
const STAGING: &str = "restoring";
/// The search index; it is built anew from the database.
const SEARCH: &str = "search";
const KEYS: &str = "keys";
const BLOBS: &str = "blobs";

/// What to restore, and where to.
#[derive(Debug, Clone, Copy)]
pub struct RestoreRequest<'request> {
    pub config: &'request StoreConfig,
    pub from: &'request Path,
    /// A folder with the key ring, copied into the data folder when that has none.
    pub keys: Option<&'request Path>,
    /// Rows and files that are there give way. Without it such a place is refused.
    pub replace: bool,
    pub migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    pub now: DateTime<Utc>,
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// Rows of every table, as they stand now.
    pub tables: BTreeMap<String, u64>,
    /// The folder to which the former database was moved.
    pub set_aside: Option<PathBuf>,
}

/// Restores a backup into an empty place, SQLite or PostgreSQL, whichever it came from.
pub async fn restore(request: RestoreRequest<'_>, progress: Progress<'_>) -> Result<Restored, KeepError> {
    let manifest = read_manifest(request.from)?;
    if let Some(unknown) = manifest
        .migrations
        .iter()
        .find(|name| !names(&(request.migrations)()).contains(name))
    {
        return Err(KeepError::Newer {
            what: "the backup",
            migration: unknown.clone(),
        });
    }
    let ring = fitting_ring(request, &manifest)?;
    refuse_full(request).await?;

    let folder = request.config.data_dir.as_path();
    std::fs::create_dir_all(folder).map_err(at("creating", folder))?;
    let staging = folder.join(STAGING);
    clear(&staging)?;
    let result = stage_and_place(request, manifest, &ring, &staging, progress).await;
    match result {
        Ok(restored) => {
            clear(&staging)?;
            Ok(restored)
        }
        Err(error) => {
            // The error that made us stop is the one worth telling; the next run clears what is left.
            let _leftover = clear(&staging);
            Err(error)
        }
    }
}

/// The ring that is there, or the one that was named, if it opens the backup.
fn fitting_ring(request: RestoreRequest<'_>, manifest: &Manifest) -> Result<KeyRing, KeepError> {
    let own = request.config.data_dir.join(KEYS);
    let folder = request.keys.unwrap_or(&own);
    let ring = KeyRing::load(folder)?.ok_or_else(|| KeepError::NoKeyRing(folder.to_path_buf()))?;
    if let Some(reason) = manifest.keys.objection(&ring) {
        return Err(KeepError::WrongKeyRing {
            folder: folder.to_path_buf(),
            reason,
        });
    }
    if request.keys.is_some()
        && KeyRing::load(&own)?.is_some_and(|ring| manifest.keys.objection(&ring).is_some())
    {
        return Err(KeepError::WrongKeyRing {
            folder: own,
            reason: "another ring lies there already".to_owned(),
        });
    }
    Ok(ring)
}

/// Refuses a place that holds something, or, where that may give way, a program that still runs on it.
async fn refuse_full(request: RestoreRequest<'_>) -> Result<(), KeepError> {
    let (folder, url) = (&request.config.data_dir, &request.config.database_url);
    if request.replace {
        if runs_on(url).await? {
            return Err(KeepError::Running);
        }
        return Ok(());
    }
    if folder.is_dir() {
        let entries = std::fs::read_dir(folder).map_err(at("reading", folder))?;
        for entry in entries {
            let name = entry.map_err(at("reading", folder))?.file_name();
            let name = name.to_string_lossy();
            if ![KEYS, STAGING, "lost+found"].contains(&name.as_ref()) {
                return Err(KeepError::NotEmpty {
                    what: folder.display().to_string(),
                    found: format!("{name} is in it"),
                });
            }
        }
    }
    match sqlite_file(url) {
        Some(file) if file.exists() => Err(KeepError::NotEmpty {
            what: file.display().to_string(),
            found: "a database is there".to_owned(),
        }),
        Some(_) => Ok(()),
        None => {
            let place = Place::existing(url).await?;
            let refused = refuse_rows(&place, url, &names(&(request.migrations)())).await;
            place.close().await?;
            refused
        }
    }
}

/// Whether a program still runs on the database.
async fn runs_on(url: &str) -> Result<bool, KeepError> {
    let sqlite = sqlite_file(url);
    if sqlite.as_ref().is_some_and(|file| !file.is_file()) {
        return Ok(false);
    }
    let place = match Place::existing(url).await {
        Ok(place) => place,
        // A file that cannot be opened is perhaps why somebody restores: it is set aside, not lost.
        Err(_spoilt) if sqlite.is_some() => return Ok(false),
        Err(error) => return Err(error),
    };
    let in_use = place.in_use().await;
    place.close().await?;
    in_use
}

async fn stage_and_place(
    request: RestoreRequest<'_>,
    manifest: Manifest,
    ring: &KeyRing,
    staging: &Path,
    progress: Progress<'_>,
) -> Result<Restored, KeepError> {
    std::fs::create_dir_all(staging).map_err(at("creating", staging))?;
    unpack(request.from, &manifest, staging, progress)?;
    let database = staging.join(DATABASE);
    check_database(request.from, &manifest, &database).await?;

    let folder = request.config.data_dir.as_path();
    if request.keys.is_some() && KeyRing::load(&folder.join(KEYS))?.is_none() {
        ring.save(&folder.join(KEYS))?;
    }
    // Files first: equal names are equal files, so those that stay behind from before harm nobody, and a database is
    // never without a file that it names.
    place_files(staging, folder, progress)?;
    let (tables, set_aside) = match request.config.backend() {
        Some(Backend::Postgres) => (fill_postgres(request, &database, progress).await?, None),
        _ => place_sqlite(request, &manifest, &database).await?,
    };
    place_extra(staging, folder)?;
    clear(&folder.join(SEARCH))?;
    Ok(Restored {
        manifest,
        tables,
        set_aside,
    })
}

/// The unpacked database is whole and holds the rows that the manifest says.
async fn check_database(backup: &Path, manifest: &Manifest, database: &Path) -> Result<(), KeepError> {
    let damaged = |reason: String| KeepError::Damaged {
        path: backup.to_path_buf(),
        reason,
    };
    if !database.is_file() {
        return Err(damaged("there is no database in it".to_owned()));
    }
    let place = Place::existing(&format!("sqlite:{}", database.display())).await?;
    let verdict = place
        .connection
        .query_one_raw(place.statement("PRAGMA quick_check(1)"))
        .await?
        .map_or(Ok("nothing".to_owned()), |row| row.try_get_by_index::<String>(0))?;
    if verdict != "ok" {
        return Err(damaged(format!("SQLite says of its database: {verdict}")));
    }
    let schema = Schema::read(&place.connection, place.backend).await?;
    let counts = schema.counts(&place.connection).await?;
    place.close().await?;
    compare(&manifest.tables, &counts)
}

fn compare(expected: &BTreeMap<String, u64>, found: &BTreeMap<String, u64>) -> Result<(), KeepError> {
    for (table, expected) in expected {
        let found = found.get(table).copied().unwrap_or(0);
        if found != *expected {
            return Err(KeepError::Counts {
                table: table.clone(),
                expected: *expected,
                found,
            });
        }
    }
    Ok(())
}

/// Moves the unpacked files to where the program looks for them.
fn place_files(staging: &Path, folder: &Path, progress: Progress<'_>) -> Result<(), KeepError> {
    let from = staging.join(FILES);
    let into = folder.join(BLOBS);
    std::fs::create_dir_all(&into).map_err(at("creating", &into))?;
    if !from.is_dir() {
        return Ok(());
    }
    let mut done = 0;
    for shelf in entries(&from)? {
        let target = into.join(shelf.file_name().unwrap_or_default());
        std::fs::create_dir_all(&target).map_err(at("creating", &target))?;
        for file in entries(&shelf)? {
            let target = target.join(file.file_name().unwrap_or_default());
            std::fs::rename(&file, &target).map_err(at("moving into place", &target))?;
            done += 1;
            progress(Step {
                doing: "files into place",
                done,
                all: 0,
            });
        }
    }
    Ok(())
}

fn place_extra(staging: &Path, folder: &Path) -> Result<(), KeepError> {
    let from = staging.join(EXTRA);
    if from.is_dir() {
        for file in entries(&from)? {
            let target = folder.join(file.file_name().unwrap_or_default());
            std::fs::rename(&file, &target).map_err(at("moving into place", &target))?;
        }
    }
    Ok(())
}

/// Moves the unpacked database into place; a former one is set aside first.
async fn place_sqlite(
    request: RestoreRequest<'_>,
    manifest: &Manifest,
    database: &Path,
) -> Result<(BTreeMap<String, u64>, Option<PathBuf>), KeepError> {
    let url = &request.config.database_url;
    let target = sqlite_file(url).ok_or_else(|| KeepError::Address(url.clone()))?;
    let mut set_aside = None;
    if target.exists() {
        let aside = request
            .config
            .data_dir
            .join(format!("replaced-{}", request.now.format("%Y%m%dT%H%M%SZ")));
        std::fs::create_dir_all(&aside).map_err(at("creating", &aside))?;
        for ending in ["-wal", "-shm", ""] {
            let mut from = target.as_os_str().to_os_string();
            from.push(ending);
            let from = PathBuf::from(from);
            if from.exists() {
                let to = aside.join(from.file_name().unwrap_or_default());
                std::fs::rename(&from, &to).map_err(at("setting aside", &from))?;
            }
        }
        set_aside = Some(aside);
    }
    remove_database(&target)?;
    std::fs::rename(database, &target).map_err(at("moving into place", &target))?;
    let place = Place::existing(url).await?;
    let schema = Schema::read(&place.connection, place.backend).await?;
    let tables = schema.counts(&place.connection).await?;
    place.close().await?;
    compare(&manifest.tables, &tables)?;
    Ok((tables, set_aside))
}

/// Fills PostgreSQL from the unpacked database, in one transaction.
async fn fill_postgres(
    request: RestoreRequest<'_>,
    database: &Path,
    progress: Progress<'_>,
) -> Result<BTreeMap<String, u64>, KeepError> {
    let source = Place::existing(&format!("sqlite:{}", database.display())).await?;
    // A backup of an older version is brought up to date on the way; the target is up to date already.
    source.migrate((request.migrations)()).await?;
    let target = Place::existing(&request.config.database_url).await?;
    target.migrate((request.migrations)()).await?;
    let copied = copy(&source, &target, progress).await?;
    source.close().await?;
    target.close().await?;
    Ok(copied.tables)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, KeepError> {
    std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(at("reading", folder))
}

/// Removes a folder of ours.
fn clear(folder: &Path) -> Result<(), KeepError> {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(at("removing", folder)(source)),
    }
}
