//! `tongban migrate`

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use clap::Args;
use tongban_store::SystemClock;

use crate::{settings::Settings, wiring};

/// Bring the database up to date.
#[derive(Debug, Args)]
pub struct Migrate {
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl Migrate {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_log();
        let mut settings = Settings::read(self.config.as_deref())?;
        if let Some(folder) = self.data_dir {
            settings.data_dir = folder;
        }
        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        store.close().await?;
        writeln!(std::io::stdout().lock(), "the database is up to date")?;
        Ok(ExitCode::SUCCESS)
    }
}
