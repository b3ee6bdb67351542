//! Makes a backup, beside a running program or while it stands.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigrationTrait;
use tongban_crypto::KeyRing;

use super::{
    KeepError, Manifest, Progress, Step,
    archive::{DATABASE, EXTRA, FILES, Writer, private_file},
    copy::copy,
    error::at,
    manifest::{FORM, Keys},
    place::Place,
    schema::{Schema, names},
};
use crate::{Backend, Blobs, StoreConfig};

/// What to back up, and where to.
#[derive(Debug, Clone, Copy)]
pub struct BackupRequest<'request> {
    pub config: &'request StoreConfig,
    /// The ring of this installation. It is not part of the backup; its ids are.
    pub keys: &'request KeyRing,
    /// The file to make.
    pub to: &'request Path,
    /// Small files of the data folder that go along where they are there.
    pub extra: &'request [&'request str],
    pub migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    pub program: &'request str,
    pub now: DateTime<Utc>,
}

/// A backup that stands.
#[derive(Debug)]
pub struct BackedUp {
    pub manifest: Manifest,
    /// Size of the file.
    pub bytes: u64,
}

/// Writes one consistent state of the database, the files, and the list of both. Under its name the backup appears whole or not
/// at all.
///
/// The state is taken first and the files are copied after it: files are only ever added, so each that a row names is there.
pub async fn backup(request: BackupRequest<'_>, progress: Progress<'_>) -> Result<BackedUp, KeepError> {
    let to = request.to;
    if to.exists() {
        return Err(KeepError::Exists(to.to_path_buf()));
    }
    let partial = beside(to, "partial");
    let file = lock(&partial, to)?;
    let result = write(
        request,
        &partial,
        file.try_clone().map_err(at("opening", &partial))?,
        progress,
    )
    .await;
    let result = match result {
        Ok(manifest) if to.exists() => {
            drop(manifest);
            Err(KeepError::Exists(to.to_path_buf()))
        }
        Ok(manifest) => std::fs::rename(&partial, to)
            .and_then(|()| sync_folder_of(to))
            .map_err(at("moving into place", to))
            .map(|()| manifest),
        Err(error) => Err(error),
    };
    if result.is_err() {
        // The error that made us stop is the one worth telling; the next run clears what is left.
        let _leftover = std::fs::remove_file(&partial);
    }
    let manifest = result?;
    let bytes = file.metadata().map_err(at("reading", to))?.len();
    Ok(BackedUp { manifest, bytes })
}

/// The name of a working file beside the backup.
fn beside(to: &Path, ending: &str) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(ending);
    to.with_file_name(name)
}

/// Opens the working file, empty. What a run that was killed left behind is overwritten, what another run writes is not.
fn lock(partial: &Path, to: &Path) -> Result<File, KeepError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(partial).map_err(at("creating", partial))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => return Err(KeepError::Busy(to.to_path_buf())),
        Err(std::fs::TryLockError::Error(source)) => return Err(at("locking", partial)(source)),
    }
    file.set_len(0).map_err(at("emptying", partial))?;
    Ok(file)
}

async fn write(
    request: BackupRequest<'_>,
    partial: &Path,
    file: File,
    progress: Progress<'_>,
) -> Result<Manifest, KeepError> {
    let database = beside(request.to, "database");
    remove_database(&database)?;
    let snapshot = snapshot(request, &database, progress).await;
    let written = match snapshot {
        Ok(()) => pack(request, partial, file, &database, progress).await,
        Err(error) => Err(error),
    };
    remove_database(&database)?;
    written
}

/// Brings one state of the database into a SQLite file.
async fn snapshot(request: BackupRequest<'_>, into: &Path, progress: Progress<'_>) -> Result<(), KeepError> {
    let source = Place::existing(&request.config.database_url).await?;
    let schema = Schema::read(&source.connection, source.backend).await?;
    schema.judge_not_newer(&names(&(request.migrations)()), "the database")?;
    // Both ways of filling it take an empty file, and this one only its owner reads.
    drop(private_file(into)?);
    match source.backend {
        Backend::Sqlite => vacuum(&source, into, progress).await?,
        Backend::Postgres => {
            let target = Place::fresh(&format!("sqlite:{}", into.display())).await?;
            // The tables as the source has them now, should this program know more.
            let ran = (request.migrations)()
                .into_iter()
                .filter(|migration| schema.migrations.iter().any(|name| name == migration.name()))
                .collect();
            target.migrate(ran).await?;
            copy(&source, &target, progress).await?;
            target.close().await?;
        }
    }
    source.close().await
}

/// SQLite's own copy of one state, while others read and write.
async fn vacuum(source: &Place, into: &Path, progress: Progress<'_>) -> Result<(), KeepError> {
    let size = async |pragma: &str| {
        let row = source
            .connection
            .query_one_raw(source.statement(format!("PRAGMA {pragma}")))
            .await?;
        row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))
    };
    let all = u64::try_from(size("page_count").await? * size("page_size").await?).unwrap_or(0);
    let sql = format!("VACUUM INTO '{}'", into.display().to_string().replace('\'', "''"));
    let mut work = std::pin::pin!(source.connection.execute_unprepared(&sql));
    let mut look = tokio::time::interval(Duration::from_millis(200));
    loop {
        tokio::select! {
            done = &mut work => {
                done?;
                return Ok(());
            }
            _ = look.tick() => {
                let done = std::fs::metadata(into).map_or(0, |file| file.len());
                progress(Step { doing: "database", done: done.min(all), all });
            }
        }
    }
}

/// Puts the snapshot, the files and the manifest into the archive.
async fn pack(
    request: BackupRequest<'_>,
    partial: &Path,
    file: File,
    database: &Path,
    progress: Progress<'_>,
) -> Result<Manifest, KeepError> {
    let place = Place::existing(&format!("sqlite:{}", database.display())).await?;
    let schema = Schema::read(&place.connection, place.backend).await?;
    let tables = schema.counts(&place.connection).await?;
    place.close().await?;

    let made_at = u64::try_from(request.now.timestamp()).unwrap_or(0);
    let writer = Writer::begin(file, partial, made_at)?;
    let copied = database.to_path_buf();
    // A large file is read and written without holding up the rest of the program.
    let mut writer = tokio::task::spawn_blocking(move || {
        let mut writer = writer;
        writer.add_file(DATABASE, &copied)?;
        Ok::<_, KeepError>(writer)
    })
    .await
    .map_err(|error| crate::StoreError::Corrupt(format!("writing the backup: {error}")))??;

    let blobs = Blobs::in_folder(&request.config.data_dir.join("blobs"), request.keys.clone())?;
    let ids: Vec<_> = blobs.list().try_collect().await?;
    let all = ids.len() as u64;
    for (done, id) in (1..).zip(&ids) {
        let sealed = blobs.sealed(id).await?;
        writer.add(&format!("{FILES}{}", id.place()), &sealed)?;
        progress(Step {
            doing: "files",
            done,
            all,
        });
    }
    for name in request.extra {
        let path = request.config.data_dir.join(name);
        if path.is_file() {
            writer.add_file(&format!("{EXTRA}{name}"), &path)?;
        }
    }
    let keys = Keys::of(request.keys)?;
    writer.finish(|files| Manifest {
        form: FORM.to_owned(),
        program: request.program.to_owned(),
        made_at: request.now,
        backend: match request.config.backend() {
            Some(Backend::Postgres) => "postgres".to_owned(),
            _ => "sqlite".to_owned(),
        },
        migrations: schema.migrations,
        tables,
        keys,
        files,
    })
}

/// Removes a SQLite file of ours with what SQLite lays beside it.
pub(super) fn remove_database(file: &Path) -> Result<(), KeepError> {
    for ending in ["", "-journal", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_os_string();
        name.push(ending);
        let path = PathBuf::from(name);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(at("removing", &path)(source)),
        }
    }
    Ok(())
}

/// Makes a new name durable.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        #[cfg(unix)]
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
