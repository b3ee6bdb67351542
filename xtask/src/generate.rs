//! `cargo xtask gen`: the files that a program writes and people read in review.
//!
//! They are committed, so that a change of a route or a schema shows in the difference, and checked fresh in CI. Add a
//! generated file by adding a line to [`FILES`].

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{postgres, tools};

/// A committed file and the `tongban` arguments that print it.
struct Generated {
    /// Below the repository's root.
    path: &'static str,
    /// What to run; standard output is the file.
    arguments: &'static [&'static str],
}

const FILES: [Generated; 1] = [Generated {
    path: "docs/openapi.json",
    arguments: &["openapi"],
}];

/// Tests that compare a committed file with the running program, and write it when [`WRITE`] is set. Without it they are
/// part of `cargo xtask test`, so `--check` leaves them out.
const TESTS: [&str; 2] = [
    "everybody_is_answered_as_the_matrix_says_on_sqlite",
    "the_data_model_is_what_the_migrations_make",
];
/// Read by `crates/tongban/tests/it/generated.rs`.
const WRITE: &str = "TONGBAN_WRITE_GENERATED";

/// Writes all generated files; with `--check` only says which are stale, and fails when one is.
pub fn run(arguments: &[String]) -> Result<()> {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => bail!("gen takes --check and nothing else"),
    };
    tools::run(&mut tools::cargo_build(&["build", "--package", "tongban"]))?;
    let binary = tools::target_directory()?.join("debug").join("tongban");
    let mut stale = Vec::new();
    for file in &FILES {
        let fresh = printed(&binary, file.arguments)?;
        let path = tools::root().join(file.path);
        if fs::read_to_string(&path).is_ok_and(|committed| committed == fresh) {
            continue;
        }
        if check {
            stale.push(file.path);
        } else {
            fs::write(&path, fresh).with_context(|| format!("writing {}", path.display()))?;
            println!("wrote {}", file.path);
        }
    }
    if !check {
        // of the whole workspace, as every other run: alone the program has other features, and all would be built anew
        let mut command = tools::cargo_build(&["test", "--workspace", "--test", "it", "--"]);
        let cluster = postgres::Cluster::given_or_started()?;
        let command = command.args(TESTS).env(WRITE, "1");
        tools::run(command.env(postgres::VARIABLE, cluster.url()))?;
    }
    if !stale.is_empty() {
        bail!(
            "stale: {}; run `cargo xtask gen` and commit what it writes",
            stale.join(", ")
        );
    }
    Ok(())
}

fn printed(binary: &Path, arguments: &[&str]) -> Result<String> {
    let text = tools::output_of(binary, arguments).unwrap_or_default();
    if text.is_empty() {
        bail!("`tongban {}` printed nothing", arguments.join(" "));
    }
    Ok(format!("{text}\n"))
}
