//! `tongban verify`

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use tongban_codes::civil::beijing_date;
use tongban_exchange::verify_evidence_file;
use tongban_licences::verify_file;
use tongban_store::{Clock as _, SystemClock};

use super::audit::Place;

/// Largest file that is read.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Judge a licence file, or evidence of a read. Needs no data folder.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Verify {
    #[command(subcommand)]
    other: Option<Other>,
    /// The file of a licence.
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// Ids of signing keys that are trusted; may be named several times. Without one no signer is trusted.
    #[arg(long)]
    trust: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Judge the signed evidence of a read, as `tongban audit export-evidence` prints it. Trusted are the keys of the
    /// installation in the data folder, if there is one, and those that are named.
    Evidence {
        /// The file, as JSON.
        file: PathBuf,
        /// Ids of signing keys that are trusted; may be named several times.
        #[arg(long)]
        trust: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match (self.other, self.file) {
            (Some(Other::Evidence { file, trust, place }), _) => evidence(&file, &trust, place),
            (None, Some(file)) => licence(&file, &self.trust),
            (None, None) => anyhow::bail!("no file was named"),
        }
    }
}

fn licence(file: &Path, trust: &[String]) -> anyhow::Result<ExitCode> {
    let bytes = read(file)?;
    let today = beijing_date(SystemClock.now());
    let verification = verify_file(&bytes, trust, today);
    let mut out = std::io::stdout().lock();
    writeln!(out, "verdict: {}", verification.verdict.as_str())?;
    for check in &verification.checks {
        writeln!(
            out,
            "  {} {}: {}",
            if check.ok { "ok " } else { "not" },
            check.name,
            check.detail
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn evidence(file: &Path, trust: &[String], place: Place) -> anyhow::Result<ExitCode> {
    let bytes = read(file)?;
    let keys = place.keys_if_any()?;
    let (verdict, reason) = verify_evidence_file(&bytes, keys.as_ref(), trust);
    let mut out = std::io::stdout().lock();
    writeln!(out, "verdict: {}", verdict.as_str())?;
    writeln!(out, "  {reason}")?;
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(file)
        .with_context(|| format!("{} is not there", file.display()))?
        .len();
    anyhow::ensure!(
        size <= LARGEST,
        "{} is larger than {} MiB",
        file.display(),
        LARGEST / 1024 / 1024
    );
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}
