//! The command line: one file a command.

mod audit;
mod backup;
mod bar;
mod db;
mod demo;
mod doctor;
mod import;
mod keys;
mod migrate;
mod openapi;
mod resources;
mod restore;
mod serve;
mod staff;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tongban 通办: "Internet + government services" in one program.
#[derive(Debug, Parser)]
#[command(name = "tongban", version)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the demo city on first start and serve it on loopback.
    Demo(demo::Demo),
    /// Serve an installation.
    Serve(serve::Serve),
    /// Bring the database up to date.
    Migrate(migrate::Migrate),
    /// Back up database and files into one file, beside the running program.
    Backup(backup::Backup),
    /// Put a backup into an empty place.
    Restore(restore::Restore),
    /// Move the database between SQLite and PostgreSQL.
    Db(db::Db),
    /// Look over an installation and say what to do.
    Doctor(doctor::Doctor),
    /// Look at the key ring, take new keys, seal everything anew, forget old keys.
    Keys(keys::Keys),
    /// Import a list: regions, organisations, calendar, items, licence-types.
    Import(import::Import),
    /// Accounts of staff: add, list, unlock, give a new password.
    Staff(staff::Staff),
    /// Enter what department systems answer for into the directory of the exchange.
    Resources(resources::Resources),
    /// Judge a licence file, or evidence of a read. Needs no data folder.
    Verify(verify::Verify),
    /// Look at the signed log: verify it, or take a checkpoint to keep elsewhere.
    Audit(audit::Audit),
    /// Print the OpenAPI document.
    Openapi,
}

/// Runs the command and answers its exit code.
pub async fn run(line: CommandLine) -> anyhow::Result<ExitCode> {
    match line.command {
        Command::Demo(command) => command.run().await,
        Command::Serve(command) => command.run().await,
        Command::Migrate(command) => command.run().await,
        Command::Backup(command) => command.run().await,
        Command::Restore(command) => command.run().await,
        Command::Db(command) => command.run().await,
        Command::Doctor(command) => command.run().await,
        Command::Keys(command) => command.run().await,
        Command::Import(command) => command.run().await,
        Command::Staff(command) => command.run().await,
        Command::Resources(command) => command.run().await,
        Command::Verify(command) => command.run(),
        Command::Audit(command) => command.run().await,
        Command::Openapi => openapi::run(),
    }
}

/// Prints log lines to standard error; `RUST_LOG` chooses which.
fn start_log() {
    start_log_from("info");
}

/// As [`start_log`], for commands that say themselves what they did.
fn start_quiet_log() {
    start_log_from("warn");
}

fn start_log_from(level: &str) {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // A second call in one process keeps the first one's choice.
    fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init()
        .ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_and_evidence_are_told_apart_on_the_command_line() {
        let accepted = [
            "tongban verify licence.pdf",
            "tongban verify licence.pdf --trust 0123456789abcdef",
            "tongban verify --trust 0123456789abcdef licence.pdf",
            "tongban verify ./evidence",
            "tongban verify evidence read.json",
            "tongban verify evidence read.json --trust 0123456789abcdef --data-dir data",
            "tongban audit verify --data-dir data",
            "tongban audit verify --config tongban.toml --checkpoint kept.json",
            "tongban audit checkpoint",
            "tongban audit export-evidence 01938d2e-0000-7000-8000-000000000000",
        ];
        for line in accepted {
            let parsed = CommandLine::try_parse_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {:?}", parsed.err());
        }
        let refused = [
            "tongban verify",
            "tongban verify evidence",
            "tongban verify one.pdf two.pdf",
            "tongban audit export-evidence 7",
        ];
        for line in refused {
            assert!(CommandLine::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
