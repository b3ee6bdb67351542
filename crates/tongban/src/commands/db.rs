//! `tongban db copy`

use std::{io::Write as _, process::ExitCode};

use clap::{Args, Subcommand};
use tongban_store::keep::copy_database;

use super::bar::Bar;

/// Work on the database itself.
#[derive(Debug, Args)]
pub struct Db {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Copy all rows into an empty database of either kind. Stop the program first.
    Copy(Copy),
}

/// The files and the key ring stay where they are: only the rows move.
#[derive(Debug, Args)]
struct Copy {
    /// `sqlite:FILE` or `postgres://…`
    #[arg(long)]
    from: String,
    /// `sqlite:FILE` or `postgres://…`, empty
    #[arg(long)]
    to: String,
}

impl Db {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_quiet_log();
        let Work::Copy(command) = self.work;
        let bar = Bar::new()?;
        let copied = copy_database(&command.from, &command.to, crate::migrations::all, &|step| {
            bar.show(step);
        })
        .await;
        bar.clear();
        let copied = copied?;
        let mut out = std::io::stdout().lock();
        for (table, rows) in &copied.tables {
            writeln!(out, "{table:<32} {rows}")?;
        }
        writeln!(
            out,
            "tables {} rows {}, the same on both sides",
            copied.tables.len(),
            copied.rows()
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
