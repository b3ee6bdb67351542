//! `tongban keys`

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use tongban_crypto::{KeyRing, KeyRingLock, PURPOSES};
use tongban_openid::Rotation;
use tongban_store::{
    AuditEntry, Signer, Store, StoreError, SystemClock,
    keep::{key_use, reseal},
};

use super::bar::Bar;
use crate::settings::Settings;

/// The key ring: look at it, take new keys, seal everything anew, forget old keys. The program may go on running.
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    work: Work,
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Print the ids of all keys, and with --used what still names each.
    Status {
        /// Count the values and files that name each key; reads the whole database.
        #[arg(long)]
        used: bool,
    },
    /// Take a new key. Old keys stay for reading and verifying.
    Rotate {
        /// What the key is for; may be named several times.
        #[arg(long, default_value = "field")]
        purpose: Vec<Purpose>,
        /// For tokens: the old keys have leaked. They are gone this instant, and nothing that they signed holds.
        #[arg(long)]
        at_once: bool,
    },
    /// Make all sealed values, indexes and files anew under the current keys. May be stopped and run again.
    Reseal,
    /// Forget an old field or index key. Refused while anything names it.
    Retire {
        /// The id of the key.
        key: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Purpose {
    /// Sealed values and files.
    Field,
    /// Blind indexes.
    Index,
    Licence,
    Checkpoint,
    Evidence,
    Document,
    /// Tokens for systems of others. They rotate by themselves; these keys rest in the database, not in the ring.
    Tokens,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Index => "index",
            Self::Licence => "licence",
            Self::Checkpoint => "checkpoint",
            Self::Evidence => "evidence",
            Self::Document => "document",
            Self::Tokens => "tokens",
        }
    }
}

impl Keys {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_quiet_log();
        let settings = Settings::for_command(self.config.as_deref(), self.data_dir)?;
        let folder = settings.data_dir.join("keys");
        let health =
            tongban_store::keep::examine(&settings.store().database_url, crate::migrations::all).await?;
        anyhow::ensure!(
            health.pending.is_empty() && health.unknown.is_empty(),
            "the database belongs to another version of the program; run tongban doctor"
        );
        anyhow::ensure!(folder.is_dir(), "there is no key ring in {}", folder.display());
        // Held to the end: no two rotations, and no rotation while a key is being retired.
        let lock = KeyRingLock::take(&folder)?;
        let ring = KeyRing::load(&folder)
            .context("the key ring")?
            .with_context(|| format!("there is no key ring in {}", folder.display()))?;
        let store = Store::open(&settings.store(), ring.clone(), Arc::new(SystemClock))
            .await
            .context("the database could not be opened")?;
        let code = match self.work {
            Work::Status { used } => status(&store, &ring, used).await,
            Work::Rotate { purpose, at_once } => rotate(&store, &ring, &folder, &purpose, at_once).await,
            Work::Reseal => seal_anew(&store).await,
            Work::Retire { key } => retire(&store, &ring, &folder, &key).await,
        };
        store.close().await?;
        drop(lock);
        code
    }
}

async fn status(store: &Store, ring: &KeyRing, used: bool) -> anyhow::Result<ExitCode> {
    let bar = Bar::new()?;
    let mut lines = Vec::new();
    for (purpose, ids) in [("field", ring.field_key_ids()), ("index", ring.index_key_ids())] {
        for id in &ids {
            let standing = if ids.last() == Some(id) { "current" } else { "old" };
            let mut line = format!("{purpose:<10} {id:<16} {standing}");
            if used {
                let used = key_use(store, id, &|step| bar.show(step)).await?;
                for (column, count) in &used.columns {
                    line.push_str(&format!("  {column} {count}"));
                }
                if used.files > 0 {
                    line.push_str(&format!("  files {}", used.files));
                }
            }
            lines.push(line);
        }
    }
    bar.clear();
    for purpose in PURPOSES {
        let keys = ring.public_keys(purpose);
        for (number, key) in (1..).zip(&keys) {
            let standing = if number == keys.len() {
                "current"
            } else {
                "for verifying"
            };
            lines.push(format!("{purpose:<10} {:<16} {standing}", key.key_id()));
        }
    }
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes to the log which key came or went.
async fn tell(
    store: &Store,
    action: &'static str,
    purpose: &'static str,
    id: String,
) -> Result<(), StoreError> {
    store
        .write(Signer::system(), move |tx| {
            let entry = AuditEntry::new(action).on("key", &id).with("purpose", purpose);
            async move { tx.audit(entry).await }
        })
        .await
}

async fn rotate(
    store: &Store,
    ring: &KeyRing,
    folder: &std::path::Path,
    purposes: &[Purpose],
    at_once: bool,
) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        !at_once || purposes.iter().all(|purpose| *purpose == Purpose::Tokens),
        "--at-once goes with --purpose tokens"
    );
    let mut new = Vec::new();
    for purpose in purposes {
        let id = match purpose {
            Purpose::Tokens => {
                let rotation = if at_once {
                    Rotation::AtOnce
                } else {
                    Rotation::Planned
                };
                let kids = tongban_openid::rotate_keys(store, rotation).await?;
                let mut out = std::io::stdout().lock();
                for kid in kids {
                    writeln!(out, "{:<10} {kid}", purpose.word())?;
                }
                continue;
            }
            Purpose::Field => ring.rotate_field_key()?,
            Purpose::Index => ring.rotate_index_key()?,
            other => ring.rotate_signer(other.word())?,
        };
        new.push((purpose.word(), id));
    }
    if new.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    // Nothing is sealed with a key that is not on the disk yet.
    ring.save(folder)?;
    for (purpose, id) in &new {
        tell(store, "keys.rotated", purpose, id.clone()).await?;
    }
    let mut out = std::io::stdout().lock();
    for (purpose, id) in new {
        writeln!(out, "{purpose:<10} {id:<16} current")?;
    }
    writeln!(
        out,
        "Copy {} to where the key ring is kept apart, now: values sealed from here on need it.",
        folder.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn seal_anew(store: &Store) -> anyhow::Result<ExitCode> {
    let bar = Bar::new()?;
    let done = reseal(store, &crate::sealed::columns(), &|step| bar.show(step)).await;
    bar.clear();
    let done = done?;
    let mut out = std::io::stdout().lock();
    for (column, count) in &done.columns {
        writeln!(out, "{column:<40} {count}")?;
    }
    writeln!(
        out,
        "values {} files {} left {}",
        done.values(),
        done.files,
        done.left
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn retire(
    store: &Store,
    ring: &KeyRing,
    folder: &std::path::Path,
    key: &str,
) -> anyhow::Result<ExitCode> {
    let field = ring.field_key_ids().iter().any(|id| id == key);
    anyhow::ensure!(
        field || ring.index_key_ids().iter().any(|id| id == key),
        "there is no field or index key {key}; tongban keys status prints them. Signing keys stay for verifying"
    );
    let bar = Bar::new()?;
    let used = key_use(store, key, &|step| bar.show(step)).await;
    bar.clear();
    let used = used?;
    if !used.is_free() {
        let mut places: Vec<String> = used
            .columns
            .iter()
            .map(|(column, count)| format!("{column} {count}"))
            .collect();
        if used.files > 0 {
            places.push(format!("files {}", used.files));
        }
        anyhow::bail!(
            "key {key} is still named by {}; {}",
            places.join(", "),
            if used.only_in_log() {
                "the log is never rewritten, so the key stays for finding people in it"
            } else {
                "run tongban keys reseal first"
            }
        );
    }
    if field {
        ring.retire_field_key(key)?;
    } else {
        ring.retire_index_key(key)?;
    }
    ring.save(folder)?;
    tell(
        store,
        "keys.retired",
        if field { "field" } else { "index" },
        key.to_owned(),
    )
    .await?;
    writeln!(
        std::io::stdout().lock(),
        "key {key} is forgotten; older backups still need it, so keep the old copy of the key ring with them"
    )?;
    Ok(ExitCode::SUCCESS)
}
