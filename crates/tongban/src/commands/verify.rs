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
use tongban_licences::{Verification, verify_file};
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
    print(&mut std::io::stdout().lock(), &verification)?;
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

/// The first line is the verdict alone; then one line for each thing that was looked at.
fn print(out: &mut impl std::io::Write, verification: &Verification) -> std::io::Result<()> {
    writeln!(out, "verdict: {}", verification.verdict.as_str())?;
    for check in &verification.checks {
        let mark = if check.ok { "ok " } else { "not" };
        // nothing out of a file of others begins a line of its own
        writeln!(
            out,
            "  {mark} {}: {}",
            check.name,
            check.detail.replace(['\n', '\r'], " ")
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tongban_press::ofd::testing::Parts;

    use super::*;

    fn printed(bytes: &[u8]) -> Vec<String> {
        let on = "2026-11-20".parse().unwrap();
        let mut out = Vec::new();
        print(&mut out, &verify_file(bytes, &[], on)).unwrap();
        String::from_utf8(out)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_first_line_is_the_verdict_alone() {
        let mut changed = Parts::signed(|_| Vec::new());
        changed.set("Doc_0/Pages/Page_1/Content.xml", "another page");
        for (bytes, verdict, line) in [
            (
                changed.pack(),
                "altered",
                "  not digest: page 2 (/Doc_0/Pages/Page_1/Content.xml) is not what was signed",
            ),
            (
                Parts::unsigned().pack(),
                "unknown",
                "  not signature: nobody signed the document",
            ),
            (
                b"PK\x03\x04".to_vec(),
                "unknown",
                "  not carrier: it cannot be unpacked",
            ),
            (
                b"text".to_vec(),
                "unknown",
                "  not carrier: not a readable PDF: it does not begin like one",
            ),
        ] {
            let lines = printed(&bytes);
            assert_eq!(lines[0], format!("verdict: {verdict}"));
            assert!(lines.iter().any(|found| found == line), "{lines:#?}");
            assert!(
                lines[1..]
                    .iter()
                    .all(|line| line.starts_with("  ok  ") || line.starts_with("  not "))
            );
        }
    }
}
