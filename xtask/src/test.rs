//! `cargo xtask test`: all Rust tests on both databases, then the walks in a real browser.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{bench, end_to_end, postgres, tools};

/// Names the file that tests on real data append a line to, since a runner hides what passing tests print.
const REAL_DATA_VARIABLE: &str = "TONGBAN_REAL_DATA_LOG";

#[derive(Debug, Default, PartialEq)]
struct Options {
    no_browser: bool,
    filter: Vec<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--no-browser" => options.no_browser = true,
                "--" => options.filter = words.by_ref().cloned().collect(),
                other => bail!("test does not know {other}; arguments for the test runner come after --"),
            }
        }
        Ok(options)
    }
}

/// Runs the tests and ends with a summary. A database that cannot be had fails the run; it does not skip.
pub fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let started = Instant::now();
    tools::ensure(&[tools::CHINESE_FONT])?;
    let log = tools::target_directory()?.join("real-data.log");
    let _ = fs::remove_file(&log);

    build(&options)?;
    let building = started.elapsed();
    let rust = rust_tests(&options.filter, &log);
    // Both halves run, so that one run shows all that is wrong.
    let browser = if options.no_browser {
        Ok(())
    } else {
        end_to_end::run(&[])
    };

    println!(
        "\n{}",
        real_data_summary(&fs::read_to_string(&log).unwrap_or_default())
    );
    let took = started.elapsed();
    println!(
        "took {:.1} minutes, {:.1} of them building",
        bench::minutes(took),
        bench::minutes(building)
    );
    rust.context("Rust tests")?;
    if options.filter.is_empty() {
        real_data_was_used(data_folder().as_deref(), fs::read_to_string(&log).ok().as_deref())?;
    }
    browser.context("walks in the browser")?;
    // Only what a whole green run took says anything.
    if options == Options::default() {
        bench::keep_test_minutes(took, building)?;
    }
    Ok(())
}

/// Builds what the run needs, so that the time of building is known apart.
fn build(options: &Options) -> Result<()> {
    let mut tests = runner();
    only(&mut tests, &options.filter);
    tools::run(tests.arg("--no-run")).context("building the tests")?;
    if options.no_browser {
        return Ok(());
    }
    end_to_end::build()
}

/// The whole workspace, unless the filter names packages.
fn only(command: &mut Command, filter: &[String]) {
    if !filter.iter().any(|word| word == "-p" || word == "--package") {
        command.arg("--workspace");
    }
    command.args(filter);
}

fn rust_tests(filter: &[String], log: &Path) -> Result<()> {
    let cluster = postgres::Cluster::given_or_started()?;
    let mut command = runner();
    only(&mut command, filter);
    command
        .env(postgres::VARIABLE, cluster.url())
        .env(REAL_DATA_VARIABLE, log);
    tools::run(&mut command)
}

fn runner() -> Command {
    if tools::output_of("cargo-nextest", &["nextest", "--version"]).is_none() {
        return tools::cargo_build(&["test", "--no-fail-fast"]);
    }
    let mut command = tools::cargo_build(&["nextest", "run"]);
    if tools::on_ci() {
        command.args(["--profile", "ci"]);
    }
    command
}

/// The folder with the real data, as `CONTRIBUTING.md` says where it is looked for; `None` where there is none.
fn data_folder() -> Option<PathBuf> {
    let shared = match env::var_os("TONGBAN_SHARED") {
        Some(named) => PathBuf::from(named),
        None => tools::root().parent()?.join("shared"),
    };
    Some(shared.join("data")).filter(|folder| folder.is_dir())
}

/// Where the data is there, tests on it have run and said so. A log that nobody wrote would read as "nothing to skip".
fn real_data_was_used(folder: Option<&Path>, log: Option<&str>) -> Result<()> {
    let Some(folder) = folder else { return Ok(()) };
    match log {
        None => bail!(
            "no test on real data has said anything, although {} is there",
            folder.display()
        ),
        Some(log) if !log.lines().any(|line| line.starts_with("real-data: ran ")) => bail!(
            "not one test on real data has run, although {} is there",
            folder.display()
        ),
        Some(_) => Ok(()),
    }
}

/// Counts the lines `real-data: ran NAME` and `real-data: skipped NAME: REASON`, and repeats each reason.
fn real_data_summary(log: &str) -> String {
    let mut ran = 0;
    let mut skipped = Vec::new();
    for line in log.lines() {
        if line.starts_with("real-data: ran ") {
            ran += 1;
        } else if let Some(rest) = line.strip_prefix("real-data: skipped ") {
            skipped.push(rest);
        }
    }
    skipped.sort_unstable();
    let mut summary = format!("tests on real data: {ran} ran, {} skipped", skipped.len());
    for reason in skipped {
        summary.push_str("\n  skipped ");
        summary.push_str(reason);
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(Options::parse(&[]).unwrap(), Options::default());
        let options = Options::parse(&words(&["--no-browser", "--", "-p", "tongban-cases"])).unwrap();
        assert_eq!(
            options,
            Options {
                no_browser: true,
                filter: words(&["-p", "tongban-cases"])
            }
        );
        assert!(Options::parse(&words(&["--quick"])).is_err());
    }

    #[test]
    fn data_that_is_there_and_not_used_fails_the_run() {
        let folder = Path::new("/somewhere/data");
        let ran = "real-data: skipped vectors: gone\nreal-data: ran import_guangan\n";
        for (folder, log, good) in [
            (Some(folder), Some(ran), true),
            (Some(folder), Some("real-data: skipped vectors: gone\n"), false),
            (Some(folder), Some(""), false),
            (Some(folder), None, false),
            (None, None, true),
            (None, Some("real-data: skipped vectors: gone\n"), true),
        ] {
            assert_eq!(
                real_data_was_used(folder, log).is_ok(),
                good,
                "{folder:?} {log:?}"
            );
        }
    }

    #[test]
    fn real_data_lines_are_counted() {
        let log = "real-data: ran import_guangan\nreal-data: skipped vectors: no folder named by TONGBAN_SHARED\n\
                   something else\nreal-data: ran search_dev\n";
        assert_eq!(
            real_data_summary(log),
            "tests on real data: 2 ran, 1 skipped\n  skipped vectors: no folder named by TONGBAN_SHARED"
        );
        assert_eq!(real_data_summary(""), "tests on real data: 0 ran, 0 skipped");
    }
}
