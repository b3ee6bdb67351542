//! `tongban import`

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tongban_access::Actor;
use tongban_catalogue::{ItemImport, import_items};
use tongban_directory::{
    import::{ImportOptions, ImportReport, Outcome, Source},
    import_calendar, import_organisations, import_regions,
};
use tongban_licences::import_licence_types;
use tongban_store::SystemClock;

use crate::{settings::Settings, wiring};

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum List {
    Regions,
    Organisations,
    Calendar,
    Items,
    LicenceTypes,
}

/// Import a list. A running server may go on meanwhile.
#[derive(Debug, Args)]
pub struct Import {
    /// What the list holds.
    list: List,
    /// CSV, JSONL or XLSX, by the ending of its name.
    file: PathBuf,
    /// Judge every row and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Items: publish at once; what the lint finds is kept as debts.
    #[arg(long)]
    publish: bool,
    /// Print every row that was refused or accepted with a warning.
    #[arg(long)]
    rows: bool,
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl Import {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_log();
        let mut settings = Settings::read(self.config.as_deref())?;
        if let Some(folder) = self.data_dir {
            settings.data_dir = folder;
        }
        let source =
            Source::read(&self.file).with_context(|| format!("{} cannot be read", self.file.display()))?;
        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        let bar = ProgressBar::with_draw_target(Some(source.rows.len() as u64), ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(
            "{bar:40} {pos}/{len} rows  {elapsed}",
        )?);
        let progress = |done: usize, _all: usize| bar.set_position(done as u64);
        let options = ImportOptions {
            dry_run: self.dry_run,
            progress: &progress,
        };
        let actor = Actor::System;
        let report = match self.list {
            List::Regions => import_regions(&store, &actor, &source, &options).await?,
            List::Organisations => import_organisations(&store, &actor, &source, None, &options).await?,
            List::Calendar => import_calendar(&store, &actor, &source, &options).await?,
            List::Items => {
                import_items(
                    &store,
                    &actor,
                    &source,
                    ItemImport {
                        publish: self.publish,
                    },
                    &options,
                )
                .await?
            }
            List::LicenceTypes => import_licence_types(&store, &actor, &source, false, &options).await?,
        };
        bar.finish_and_clear();
        store.close().await?;
        print(&report, self.rows)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints the rows that need a look, how often each finding came, and the line that ends every import.
fn print(report: &ImportReport, rows: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut counts = std::collections::BTreeMap::<(&str, String), usize>::new();
    for fate in &report.fates {
        let word = match &fate.outcome {
            Outcome::Accepted { .. } => continue,
            Outcome::Warned { .. } => "warned",
            Outcome::Refused { .. } => "refused",
        };
        for finding in fate.findings() {
            *counts.entry((word, finding.code.to_string())).or_default() += 1;
            if rows {
                writeln!(
                    out,
                    "line {} {} {word} {}: {}",
                    fate.line, fate.key, finding.code, finding.message
                )?;
            }
        }
    }
    for ((word, code), count) in counts {
        writeln!(out, "{word} {code} {count}")?;
    }
    writeln!(out, "{}", report.summary_line())?;
    Ok(())
}
