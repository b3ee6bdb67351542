//! `tongban import`

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tongban_access::Actor;
use tongban_catalogue::{ItemImport, import_items};
use tongban_directory::{
    import::{Finding, ImportOptions, ImportReport, Outcome, RowFate, Source},
    import_calendar, import_organisations, import_regions,
};
use tongban_licences::import_licence_types;
use tongban_staff::import_staff;
use tongban_store::SystemClock;
use tongban_web::{Locale, Sentence, pages::Texts};

use crate::{settings::Settings, wiring};

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum List {
    Regions,
    Organisations,
    Staff,
    Calendar,
    Items,
    LicenceTypes,
}

/// The language of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Zh,
    En,
}

impl Language {
    fn locale(self) -> Locale {
        match self {
            Self::Zh => Locale::Chinese,
            Self::En => Locale::English,
        }
    }
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
    /// Print every row that was refused or accepted with a warning; a dry run always does.
    #[arg(long)]
    rows: bool,
    /// The sheet of a workbook; the first one where nothing is said.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The language of the sentences about rows.
    #[arg(long, value_enum, default_value_t = Language::Zh)]
    lang: Language,
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
        let texts = Texts::load(settings.web.overlay.as_deref()).context("the texts")?;
        let says = Says {
            texts: &texts,
            locale: self.lang.locale(),
        };
        let source =
            Source::read_sheet(&self.file, self.sheet.as_deref()).map_err(|error| says.error(error))?;
        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        let bar = ProgressBar::with_draw_target(Some(source.rows.len() as u64), ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(
            "{bar:40} {pos}/{len} rows  {elapsed}",
        )?);
        let progress = |done: usize, _all: usize| bar.set_position(done as u64);
        let options = ImportOptions {
            dry_run: self.dry_run,
            progress: &progress,
            ..ImportOptions::silent()
        };
        let actor = Actor::System;
        let report = match self.list {
            List::Regions => import_regions(&store, &actor, &source, &options).await?,
            List::Organisations => import_organisations(&store, &actor, &source, None, &options).await?,
            List::Staff => import_staff(&store, &actor, &source, &options).await?,
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
        print(&source, &report, self.rows || self.dry_run, &says)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Sentences in the language that was asked for.
struct Says<'a> {
    texts: &'a Texts,
    locale: Locale,
}

impl Says<'_> {
    /// What a finding says.
    fn finding(&self, finding: &Finding) -> String {
        let key = format!("finding-{}", finding.code.replace('.', "-"));
        if !self.texts.has(self.locale, &key) {
            return finding.message.clone();
        }
        let sentence = finding
            .args
            .iter()
            .fold(Sentence::key(key), |told, (name, value)| {
                told.with(name, value.clone())
            });
        self.texts.say(self.locale, &sentence)
    }

    /// What a finding says about a row: its verdict, its line, its key, the field, the sentence.
    fn row(&self, fate: &RowFate, finding: &Finding) -> String {
        let words = self.finding(finding);
        let verdict = Sentence::key(format!("desk-rows-{}", fate.verdict().as_str()));
        let line = Sentence::key("import-line")
            .with("verdict", self.texts.say(self.locale, &verdict))
            .with("line", fate.line.to_string())
            .with("key", fate.key.clone())
            .with("field", finding.field.clone())
            .with("words", words);
        self.texts.say(self.locale, &line)
    }

    /// Why a file is not read, as a sentence where there is one.
    fn error(&self, error: tongban_directory::Error) -> anyhow::Error {
        let tongban_directory::Error::Refused(refusal) = &error else {
            return error.into();
        };
        let key = format!("refused-{}", refusal.code.replace('.', "-"));
        if !self.texts.has(self.locale, &key) {
            return error.into();
        }
        let sentence = refusal
            .args
            .iter()
            .fold(Sentence::key(key), |told, (name, value)| {
                told.with(name, value.clone())
            });
        anyhow::anyhow!(self.texts.say(self.locale, &sentence))
    }
}

/// Prints what there is to say about the file, the rows that need a look, how often each finding came, and the line that ends every import.
fn print(source: &Source, report: &ImportReport, rows: bool, says: &Says<'_>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for note in &source.notes {
        writeln!(out, "{}", says.finding(note))?;
    }
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
                writeln!(out, "{}", says.row(fate, finding))?;
            }
        }
    }
    for ((word, code), count) in counts {
        writeln!(out, "{word} {code} {count}")?;
    }
    writeln!(out, "{}", report.summary_line())?;
    Ok(())
}
