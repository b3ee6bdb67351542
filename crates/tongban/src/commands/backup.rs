//! `tongban backup`

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use tongban_crypto::KeyRing;
use tongban_store::{
    Clock as _, SystemClock,
    keep::{BackupRequest, backup},
};

use super::bar::Bar;
use crate::settings::Settings;

/// Small files of the data folder that belong to the installation, where they are there.
const EXTRA: &[&str] = &["demo.json"];

/// Back up the database and the files into one file. The program may go on running. The key ring is not in it.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to make; one that is there is never overwritten.
    #[arg(long)]
    to: PathBuf,
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl Backup {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_quiet_log();
        let settings = Settings::for_command(self.config.as_deref(), self.data_dir)?;
        let keys = settings.data_dir.join("keys");
        let ring = KeyRing::load(&keys)
            .context("the key ring")?
            .with_context(|| format!("there is no key ring in {}", keys.display()))?;
        let bar = Bar::new()?;
        let config = settings.store();
        let request = BackupRequest {
            config: &config,
            keys: &ring,
            to: &self.to,
            extra: EXTRA,
            migrations: crate::migrations::all,
            program: env!("CARGO_PKG_VERSION"),
            now: SystemClock.now(),
        };
        let made = backup(request, &|step| bar.show(step)).await;
        bar.clear();
        let made = made?;
        writeln!(
            std::io::stdout().lock(),
            "{}: {} bytes, {} tables, {} rows, {} files\nThe key ring is not in it: keep a copy of {} elsewhere.",
            self.to.display(),
            made.bytes,
            made.manifest.tables.len(),
            made.manifest.tables.values().sum::<u64>(),
            made.manifest.files.len(),
            keys.display(),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
