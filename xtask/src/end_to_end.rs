//! `cargo xtask e2e`: the main job in a real browser, against a demo city on a free port.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools;

/// Names the browser, where it is not at one of the usual places.
const BROWSER_VARIABLE: &str = "TONGBAN_CHROMIUM";

/// `cargo xtask e2e [-- WALK…]`
pub fn run(arguments: &[String]) -> Result<()> {
    let walks: Vec<&String> = arguments.iter().skip_while(|word| *word == "--").collect();
    tools::ensure(&[
        tools::NODE,
        tools::NPM,
        tools::PYTHON,
        tools::CHROMIUM,
        tools::CHINESE_FONT,
    ])?;
    let folder = tools::root().join("e2e");
    install_packages(&folder)?;
    let target = tools::target_directory()?;
    let python = python_with_packages(&folder.join("authlib").join("requirements.txt"), &target)?;
    build()?;
    let output = target.join("e2e");
    fs::create_dir_all(&output).with_context(|| format!("making {}", output.display()))?;

    let mut command = Command::new("node");
    command.arg("run.mjs").args(walks).current_dir(&folder);
    command.env("TONGBAN_BINARY", target.join("debug").join("tongban"));
    command.env("TONGBAN_E2E_OUTPUT", &output);
    command.env("TONGBAN_PYTHON", python);
    if let Some(browser) = browser() {
        command.env(BROWSER_VARIABLE, browser);
    }
    tools::run(&mut command)
}

/// The program that is walked.
pub fn build() -> Result<()> {
    tools::run(&mut tools::cargo_build(&["build", "--package", "tongban"]))
}

/// The browser's program, if there is one.
pub fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(BROWSER_VARIABLE) {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| tools::find_program(name))
}

/// `npm ci`, unless the packages of exactly this lock file are already there.
fn install_packages(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("reading e2e/package-lock.json")?;
    let stamp = folder.join("node_modules").join(".installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    tools::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )?;
    fs::write(&stamp, lock).with_context(|| format!("writing {}", stamp.display()))
}

/// A Python of our own with exactly these packages, made anew when the list has changed; answers its program.
fn python_with_packages(list: &Path, target: &Path) -> Result<PathBuf> {
    let wanted = fs::read(list).with_context(|| format!("reading {}", list.display()))?;
    let folder = target.join("e2e-python");
    let python = folder.join("bin").join("python");
    let stamp = folder.join(".installed-requirements.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    tools::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )?;
    tools::run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(list),
    )?;
    fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(python)
}
