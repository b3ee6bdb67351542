//! `cargo xtask`: what a person or a build machine runs in this repository.
//!
//! One module per command. Nothing here is part of the product; the product is the `tongban` binary.

mod architecture;
mod bench;
mod demo;
mod end_to_end;
mod generate;
mod lint;
mod postgres;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  demo [-- ARGUMENTS]         find a Chinese font, build the release binary, run `tongban demo ARGUMENTS`
  test [--no-browser] [-- FILTER]
                              PostgreSQL for the tests, all Rust tests, then the walks in a real browser;
                              FILTER goes to the test runner (for example: -- -p tongban-cases)
  e2e [-- WALK…]              only the walks in a real browser (names of files in e2e/walks, without .mjs)
  bench [NAME…]               the figures of docs/benchmarks.md, release build: submit, search, demo; prints a table and
                              writes target/bench/results.json
  ci                          format, lints, architecture, generated files, then test: what must pass to land
  architecture                the order of rooms and the other rules that ARCHITECTURE.md prints
  gen [--check]               write the generated files that are committed, or say which are stale
  with-postgres COMMAND…      run a command with a throwaway PostgreSQL in TONGBAN_TEST_POSTGRES
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    match command.as_str() {
        "demo" => demo::run(rest),
        "test" => test::run(rest),
        "e2e" => end_to_end::run(rest),
        "bench" => bench::run(rest),
        "ci" => lint::ci(rest),
        "architecture" => architecture::run(rest),
        "gen" => generate::run(rest),
        "with-postgres" => postgres::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("no command called {other}\n\n{HELP}"),
    }
}
