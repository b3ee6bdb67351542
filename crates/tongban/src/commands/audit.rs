//! `tongban audit`: looking at the signed log. Nothing here writes.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tongban_crypto::KeyRing;
use tongban_exchange::EvidenceFile;
use tongban_store::{
    Stream,
    log::{Checkpoint, CheckpointFile, LogReader, LogReport},
};
use uuid::Uuid;

use crate::settings::Settings;

/// Look at the signed log: verify it, or take a checkpoint to keep elsewhere.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Compute the whole log anew and compare it with what was signed. Exit code 0: intact, 1: changed, 2: could not judge.
    Verify {
        #[command(flatten)]
        place: Place,
        /// A checkpoint that was kept elsewhere; the log must contain it.
        #[arg(long)]
        checkpoint: Option<PathBuf>,
    },
    /// Print the latest signed checkpoint as JSON, to be kept elsewhere.
    Checkpoint {
        #[command(flatten)]
        place: Place,
    },
    /// Print the signed evidence of one read as JSON, for `tongban verify evidence`.
    ExportEvidence {
        /// Id of the read, or of its row in the log.
        id: Uuid,
        #[command(flatten)]
        place: Place,
    },
}

/// Where the installation lies.
#[derive(Debug, Args)]
pub(super) struct Place {
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl Place {
    fn settings(self) -> anyhow::Result<Settings> {
        let mut settings = Settings::read(self.config.as_deref())?;
        if let Some(folder) = self.data_dir {
            settings.data_dir = folder;
        }
        Ok(settings)
    }

    /// The key ring of the place; `None` where there is none and no place was named.
    pub(super) fn keys_if_any(self) -> anyhow::Result<Option<KeyRing>> {
        let named = self.config.is_some() || self.data_dir.is_some();
        let folder = self.settings()?.data_dir;
        let keys = KeyRing::load(&folder.join("keys")).context("the key ring")?;
        anyhow::ensure!(
            !named || keys.is_some(),
            "there is no key ring in {}",
            folder.display()
        );
        Ok(keys)
    }
}

/// An installation that is only looked at: neither the folder nor a key ring is made.
struct Look {
    reader: LogReader,
    keys: KeyRing,
}

impl Look {
    async fn open(place: Place) -> anyhow::Result<Self> {
        let settings = place.settings()?;
        let keys = KeyRing::load(&settings.data_dir.join("keys"))
            .context("the key ring")?
            .with_context(|| format!("there is no key ring in {}", settings.data_dir.display()))?;
        let reader = LogReader::open(&settings.store())
            .await
            .context("the database could not be opened for reading")?;
        Ok(Self { reader, keys })
    }
}

impl Audit {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_log();
        match self.what {
            What::Verify { place, checkpoint } => verify(place, checkpoint.as_deref()).await,
            What::Checkpoint { place } => checkpoint(place).await,
            What::ExportEvidence { id, place } => export_evidence(place, id).await,
        }
    }
}

async fn verify(place: Place, kept: Option<&Path>) -> anyhow::Result<ExitCode> {
    let kept = kept.map(read_checkpoint).transpose()?;
    let look = Look::open(place).await?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} rows  {elapsed}",
    )?);
    let report = look
        .reader
        .verify(&look.keys, kept.clone(), |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        })
        .await
        .context("the log could not be judged (`tongban migrate` brings an older database up to date)")?;
    bar.finish_and_clear();
    print(&report, kept.as_ref())?;
    Ok(if report.is_intact() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn print(report: &LogReport, kept: Option<&Checkpoint>) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let word = if report.is_intact() { "intact" } else { "changed" };
    writeln!(out, "verdict: {word}")?;
    for finding in &report.findings {
        writeln!(out, "  {finding}")?;
    }
    if report.more > 0 {
        writeln!(out, "  and {} more", report.more)?;
    }
    writeln!(
        out,
        "rows covered {} waiting {} checkpoints {}",
        report.covered, report.uncovered, report.checkpoints
    )?;
    if let Some(newest) = &report.newest {
        writeln!(
            out,
            "newest checkpoint: {} rows, signed at {} with key {}, root {}",
            newest.size, newest.at, newest.key_id, newest.root
        )?;
    }
    match kept {
        Some(kept) => writeln!(
            out,
            "compared with the checkpoint kept elsewhere: {} rows, signed at {}",
            kept.size, kept.at
        ),
        None => writeln!(
            out,
            "not compared with a checkpoint kept elsewhere: a cut end, or a log signed anew by a thief of the keys, would not show"
        ),
    }
}

fn read_checkpoint(file: &Path) -> anyhow::Result<Checkpoint> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let kept: CheckpointFile =
        serde_json::from_str(&text).with_context(|| format!("{} is not a checkpoint", file.display()))?;
    kept.open()
        .map_err(|reason| anyhow::anyhow!("{} cannot be compared with: {reason}", file.display()))
}

async fn checkpoint(place: Place) -> anyhow::Result<ExitCode> {
    let look = Look::open(place).await?;
    let newest = look
        .reader
        .newest_checkpoint()
        .await?
        .context("nothing has been signed yet: the log has no checkpoint")?;
    anyhow::ensure!(
        newest.is_ours(&look.keys),
        "the latest checkpoint is not signed by a key of this installation; `tongban audit verify` says more"
    );
    let file = newest
        .to_file(&look.keys)
        .context("the key of the latest checkpoint is not in the key ring")?;
    writeln!(
        std::io::stdout().lock(),
        "{}",
        serde_json::to_string_pretty(&file)?
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn export_evidence(place: Place, id: Uuid) -> anyhow::Result<ExitCode> {
    let look = Look::open(place).await?;
    let lines = look
        .reader
        .lines_of(Stream::Evidence, "exchange_read", &id.to_string())
        .await?;
    let line = match lines.into_iter().next() {
        Some(line) => Some(line),
        None => look.reader.line(id).await?,
    };
    let file = line
        .as_ref()
        .and_then(EvidenceFile::of)
        .with_context(|| format!("there is no evidence of a read {id}"))?;
    writeln!(
        std::io::stdout().lock(),
        "{}",
        serde_json::to_string_pretty(&file)?
    )?;
    Ok(ExitCode::SUCCESS)
}
