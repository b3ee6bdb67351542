//! `tongban verify`

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use tongban_codes::civil::beijing_date;
use tongban_licences::verify_file;
use tongban_store::{Clock as _, SystemClock};

/// Largest file that is read.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Judge a licence file. Needs no data folder.
#[derive(Debug, Args)]
pub struct Verify {
    /// The file.
    file: PathBuf,
    /// Ids of signing keys that are trusted; may be named several times. Without one no signer is trusted.
    #[arg(long)]
    trust: Vec<String>,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let size = std::fs::metadata(&self.file)
            .with_context(|| format!("{} is not there", self.file.display()))?
            .len();
        anyhow::ensure!(
            size <= LARGEST,
            "{} is larger than {} MiB",
            self.file.display(),
            LARGEST / 1024 / 1024
        );
        let bytes =
            std::fs::read(&self.file).with_context(|| format!("{} cannot be read", self.file.display()))?;
        let today = beijing_date(SystemClock.now());
        let verification = verify_file(&bytes, &self.trust, today);
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
}
