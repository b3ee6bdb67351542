//! `cargo xtask ci`: what must pass before a change lands, the cheapest first.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{architecture, generate, test, tools};

type Step = fn() -> Result<()>;

/// Runs every check, then the tests. Stops at the first that fails.
pub fn ci(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("ci takes no arguments, not {unknown}");
    }
    let steps: [(&str, Step); 6] = [
        ("format", format),
        ("architecture", || architecture::run(&[])),
        ("dependencies", dependencies),
        ("lints", lints),
        ("generated files", || generate::run(&["--check".to_owned()])),
        ("tests", || test::run(&[])),
    ];
    for (name, step) in steps {
        println!("== {name}");
        let started = Instant::now();
        step()?;
        println!("== {name}: done in {} s", started.elapsed().as_secs());
    }
    Ok(())
}

fn format() -> Result<()> {
    tools::run(&mut tools::cargo(&["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    let mut command = tools::cargo_build(&["clippy", "--workspace", "--all-targets"]);
    command.args(["--", "-D", "warnings"]);
    tools::run(&mut command)
}

/// `deny.toml` in full where cargo-deny is installed; `architecture` holds its bans, licences and sources everywhere.
fn dependencies() -> Result<()> {
    if tools::find_program("cargo-deny").is_none() {
        println!(
            "cargo-deny is not installed: what `architecture` has seen of bans, licences and sources is all"
        );
        return Ok(());
    }
    tools::run(&mut tools::cargo(&[
        "deny",
        "--offline",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}
