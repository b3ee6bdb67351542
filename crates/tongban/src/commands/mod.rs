//! The command line: one file a command.

mod demo;
mod import;
mod migrate;
mod openapi;
mod serve;
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
    /// Import a list: regions, organisations, calendar, items, licence-types.
    Import(import::Import),
    /// Judge a licence file. Needs no data folder.
    Verify(verify::Verify),
    /// Print the OpenAPI document.
    Openapi,
}

/// Runs the command and answers its exit code.
pub async fn run(line: CommandLine) -> anyhow::Result<ExitCode> {
    match line.command {
        Command::Demo(command) => command.run().await,
        Command::Serve(command) => command.run().await,
        Command::Migrate(command) => command.run().await,
        Command::Import(command) => command.run().await,
        Command::Verify(command) => command.run(),
        Command::Openapi => openapi::run(),
    }
}

/// Prints log lines to standard error; `RUST_LOG` chooses which.
fn start_log() {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call in one process keeps the first one's choice.
    fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init()
        .ok();
}
