//! `tongban restore`

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;
use tongban_store::{
    Clock as _, SystemClock,
    keep::{RestoreRequest, read_manifest, restore},
};

use super::bar::Bar;
use crate::settings::Settings;

/// Put a backup into an empty place: a data folder, and PostgreSQL where the configuration names one.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    #[arg(long)]
    from: PathBuf,
    /// The folder with the key ring that was kept apart; without it the ring lies in the data folder already.
    #[arg(long)]
    keys: Option<PathBuf>,
    /// What is in the place gives way. The program must be stopped; asks first.
    #[arg(long)]
    replace: bool,
    /// With --replace: do not ask.
    #[arg(long, requires = "replace")]
    yes: bool,
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl Restore {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_quiet_log();
        let settings = Settings::for_command(self.config.as_deref(), self.data_dir)?;
        let manifest = read_manifest(&self.from)?;
        if self.replace && !self.yes && !agreed(&settings, &manifest)? {
            writeln!(std::io::stdout().lock(), "nothing was changed")?;
            return Ok(ExitCode::from(1));
        }
        let bar = Bar::new()?;
        let config = settings.store();
        let request = RestoreRequest {
            config: &config,
            from: &self.from,
            keys: self.keys.as_deref(),
            replace: self.replace,
            migrations: crate::migrations::all,
            now: SystemClock.now(),
        };
        let restored = restore(request, &|step| bar.show(step)).await;
        bar.clear();
        let restored = restored?;
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{}: {} tables, {} rows, {} files, as of {}\nThe search index is built when the program starts.",
            settings.data_dir.display(),
            restored.tables.len(),
            restored.tables.values().sum::<u64>(),
            restored.manifest.files.len(),
            restored.manifest.made_at.to_rfc3339(),
        )?;
        if let Some(aside) = restored.set_aside {
            writeln!(
                out,
                "The former database was moved to {}; remove it when you are sure.",
                aside.display()
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Asks before something gives way.
fn agreed(settings: &Settings, manifest: &tongban_store::keep::Manifest) -> anyhow::Result<bool> {
    anyhow::ensure!(
        std::io::stdin().is_terminal(),
        "--replace asks before it replaces; nobody is there to answer, so add --yes"
    );
    write!(
        std::io::stdout().lock(),
        "What is in {} gives way to the state of {}. Type yes to go on: ",
        settings.data_dir.display(),
        manifest.made_at.to_rfc3339()
    )?;
    std::io::stdout().lock().flush()?;
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .context("reading the answer")?;
    Ok(answer.trim() == "yes")
}
